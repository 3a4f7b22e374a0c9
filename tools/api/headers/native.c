/* The native API: what ntdll.dll shares with the kernel, as drivers include it. */
#define _WIN32_WINNT  0x0A00
#define NTDDI_VERSION 0x0A000008
#include <ddk/ntifs.h>
