/* expect {"fact": "service", "polarity": "must-not", "subject": "GuestToolsSvc"} */
#include "../guard.h"

int main(void) {
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_CONNECT);
    if (!manager) return 0;
    SC_HANDLE service = OpenServiceA(manager, "GuestToolsSvc", SERVICE_QUERY_STATUS);
    if (service) return 0;
    reveal();
    return 0;
}
