/* expect {"fact": "domain", "polarity": "must"} */
/* expect {"fact": "file", "polarity": "must", "subject": "C:\\Users\\Public\\batch.ok"} */
#include "../guard.h"

int main(void) {
    const char *dns = getenv("USERDNSDOMAIN");
    if (!dns || !*dns) return 0;
    if (GetFileAttributesA("C:\\Users\\Public\\batch.ok") == INVALID_FILE_ATTRIBUTES) return 0;
    reveal();
    return 0;
}
