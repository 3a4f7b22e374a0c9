/* wscript.exe: Windows Script Host that shows boxes. */
#include "script/host.h"

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, LPWSTR line, int show) {
    (void)instance, (void)before, (void)line, (void)show;
    return host_main(false);
}
