/* The C run-time library as ucrtbase.dll exports it, where it differs from msvcrt.dll. */
#define _UCRT
#include <conio.h>
#include <math.h>
#include <mbstring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
