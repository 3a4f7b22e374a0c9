/* What differs between the two widths of IActiveScriptParse; no library of mingw-w64 has its ids. */
#ifndef ENGINE_H
#define ENGINE_H

#include "vbs.h"

#include <stddef.h>

static const IID parse_iid =
#ifdef _WIN64
    {0xC7EF7658, 0xE1EE, 0x480E, {0x97, 0xEA, 0xD5, 0x2C, 0xB4, 0xD7, 0x6D, 0x17}};
typedef DWORDLONG Context;
typedef IActiveScriptParse64Vtbl IActiveScriptParseVtbl;
#else
    {0xBB1A2AE2, 0xA4F9, 0x11CF, {0x8F, 0x20, 0x00, 0x80, 0x5F, 0x2C, 0xD0, 0x64}};
typedef DWORD Context;
typedef IActiveScriptParse32Vtbl IActiveScriptParseVtbl;
#endif

#endif
