/* Windows Script Host: what wscript.exe and cscript.exe share. */
#ifndef HOST_H
#define HOST_H

#include "../automation/automation.h"

typedef struct {
    bool console; /* cscript.exe */
    bool quiet;   /* //B: no messages */
    bool logo;
    unsigned timeout; /* seconds; 0: none */
    wchar_t script[MAX_PATH];
    const wchar_t *engine; /* //E, or by the file's extension */
    wchar_t **words;       /* the script's arguments */
    unsigned word_count;
} Host;

/* Runs the script that the command line names; the program's exit code. */
int host_main(bool console);

/* Prints, or shows a box. */
void host_say(const Host *h, const wchar_t *text);

/* WScript, as scripts see it. */
Auto *wscript_new(Host *h);

Auto *arguments_new(wchar_t **words, unsigned n);

/* The text of a script file; NULL where there is none. Free it. */
wchar_t *source_read(const wchar_t *path);

#endif
