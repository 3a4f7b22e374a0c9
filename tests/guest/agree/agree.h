/* One fact, asked by every way that Windows has: what each says must be the same. A file a family of
 * facts; a row of the output is a fact, its value, and how many ways agree on it, or what each said. */
#ifndef AGREE_H
#define AGREE_H

#include <winsock2.h> /* before windows.h */

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A new fact; what was said of the one before is told. NULL: that was the last. */
void fact(const char *name);
/* What one way says of it. */
void said(const char *way, const char *format, ...) __attribute__((format(printf, 2, 3)));
void said_wide(const char *way, const wchar_t *text);

/* A value of the registry as text, numbers in decimal; "" where there is none. Valid until the next call. */
const char *registry(HKEY root, const char *key, const char *value);
const char *machine(const char *key, const char *value);
/* A property of the first object of a class of WMI that has a value, with ` where COND` or without. */
const char *wmi(const char *from, const char *property);
/* What stands behind `label` in what a command prints: the rest of that line without blanks around. */
const char *command(const char *line, const char *label);
/* All that a command prints. */
const char *output(const char *line);
const char *variable(const char *name);

void check_who(void);
void check_system(void);
void check_hardware(void);
void check_network(void);
void check_clock(void);

#endif
