/* cscript.exe: Windows Script Host that prints. */
#include "script/host.h"

int wmain(void) {
    return host_main(true);
}
