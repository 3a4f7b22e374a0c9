/* Objects that scripts use, where Wine's lack what scripts ask of them: each completes Wine's own
 * (automation.h), so that a program that is linked with their interfaces finds those. */
#ifndef WSHEXT_H
#define WSHEXT_H

#include "../automation/automation.h"

extern const AutoClass shell_class, network_class, files_class, stream_class, winhttp_class,
    server_request_class;

#endif
