/* A program in the manner of the published sandbox detectors (al-khaser, pafish, Check Point's
 * catalogue), written for coax: each check says whether the computer that it runs on looks like a
 * real one. One file for each chapter of the catalogue.
 *
 *   selfcheck [CHAPTER...] [-CHECK...] [=CHECK...]
 *
 * prints "CHECK: real machine" or "CHECK: sandbox", a check a line: those of the chapters (of all
 * where none is named), without those behind a minus, and only those behind an equals sign. */
#ifndef SELFCHECK_H
#define SELFCHECK_H

#include <winsock2.h> /* before windows.h */

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `sandbox`: the check found one. */
void check(const char *name, int sandbox);

/* The words that betray a virtual machine where hardware and firmware tell who made them. */
int names_a_machine(const char *text);
int bytes_name_a_machine(const void *bytes, size_t n);

/* Reads a REG_SZ or the first string of a REG_MULTI_SZ; "" where there is none. */
const char *registry_text(HKEY root, const char *key, const char *value, char *out, DWORD room);
int registry_has(HKEY root, const char *key);
DWORD registry_subkeys(HKEY root, const char *key);

/* One of a list that ends in NULL; case does not matter. */
int is_one_of(const char *text, const char *const *list);
int has_one_of(const char *text, const char *const *list);

/* A function of a DLL, which is loaded for it. */
void *function(const char *dll, const char *name);

#define CHAPTERS(X)                                                                                \
    X(cpu)                                                                                         \
    X(filesystem)                                                                                  \
    X(firmware) X(generic) X(objects) X(hardware) X(hooks) X(human) X(network) X(features)         \
        X(processes) X(registry) X(timing) X(ui) X(wmi) X(debugger)
#define DECLARE(chapter) void check_##chapter(void);
CHAPTERS(DECLARE)
#undef DECLARE

#endif
