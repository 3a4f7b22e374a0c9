/* expect {"fact": "domain", "polarity": "must"} */
#include "../guard.h"
#include <lm.h>

int main(void) {
    WCHAR *name = NULL;
    NETSETUP_JOIN_STATUS status = NetSetupUnknownStatus;
    NetGetJoinInformation(NULL, &name, &status);
    if (status == NetSetupDomainName) reveal();
    return 0;
}
