/* expect {"fact": "user", "polarity": "must", "values": ["dispatcher"]} */
#include "../guard.h"

static void NTAPI before_main(void *module, DWORD reason, void *reserved) {
    char user[64];
    DWORD n = sizeof user;
    (void)module, (void)reserved;
    if (reason != DLL_PROCESS_ATTACH) return;
    GetUserNameA(user, &n);
    if (lstrcmpiA(user, "dispatcher") == 0) reveal();
}

__attribute__((section(".CRT$XLC"), used)) static PIMAGE_TLS_CALLBACK callback = before_main;

int main(void) {
    (void)callback;
    return 0;
}
