/* TextStream of Windows Script Host over a handle: a standard handle, or an end of a pipe. */
#ifndef TEXT_STREAM_H
#define TEXT_STREAM_H

#include "automation.h"

/* Takes over the handle where `owned`. NULL where memory is short. */
Auto *text_stream_new(HANDLE handle, bool owned);

#endif
