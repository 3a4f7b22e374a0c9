/* Opener: files that are no programs, but that Windows opens with one of its own when somebody clicks
 * on them: scripts, batch files. */
#ifndef COAX_ENGINE_OPENER_H
#define COAX_ENGINE_OPENER_H

/* The program, with options behind blanks; NULL: a file of this name and format is not opened. Only
 * text is: what is something else does not become a script by its name. */
const char *opener_of(const char *name, const char *format);

#endif
