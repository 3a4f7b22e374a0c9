/* A DLL of our own inside a program of our own: dropped to a file when it is wanted. */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "guest.h"

/* The file PLUGIN_FILE, which the build names. */
extern const unsigned char plugin_bytes[], plugin_bytes_end[];

#ifdef _WIN64
#define PLUGIN_LABEL(name) #name ":\n"
#else
#define PLUGIN_LABEL(name) "_" #name ":\n"
#endif

__asm__(".section .rdata\n" PLUGIN_LABEL(plugin_bytes) ".incbin \"" PLUGIN_FILE "\"\n" PLUGIN_LABEL(
    plugin_bytes_end) ".text\n");

static inline void drop_plugin(const char *name) {
    DWORD n = 0;
    HANDLE f = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(f, plugin_bytes, (DWORD)(plugin_bytes_end - plugin_bytes), &n, NULL);
    CloseHandle(f);
}

#endif
