/* Headers that do not bear the company of those in user.c: each declares a name that another one
 * there declares differently. */
#define _WIN32_WINNT  0x0A00
#define NTDDI_VERSION 0x0A000008
#include <winsock2.h>
#include <windows.h>
#include <ole2.h>

#if __has_include(<winhttp.h>)
#include <winhttp.h>
#endif
#if __has_include(<http.h>)
#include <http.h>
#endif
#if __has_include(<mapix.h>)
#include <mapi.h>
#include <mapix.h>
#include <mapiutil.h>
#endif
#if __has_include(<iads.h>)
#include <iads.h>
#include <adshlp.h>
#endif
#include <ntstatus.h>
