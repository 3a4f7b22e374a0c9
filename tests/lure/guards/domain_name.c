/* expect {"fact": "domain|computer", "polarity": "must", "values": ["FABRIKAM"]} */
#include "../guard.h"

int main(void) {
    const char *domain = getenv("USERDOMAIN");
    if (domain && lstrcmpiA(domain, "FABRIKAM") == 0) reveal();
    return 0;
}
