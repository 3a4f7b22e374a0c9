/* Wants a member of a domain. */
#include "../lure/guard.h"
#include <lm.h>

int main(void) {
    LPWSTR name = NULL;
    NETSETUP_JOIN_STATUS status = NetSetupUnknownStatus;
    if (NetGetJoinInformation(NULL, &name, &status) == 0 && status == NetSetupDomainName) reveal();
    return 0;
}
