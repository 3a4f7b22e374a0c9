/* expect {"fact": "environment", "polarity": "must", "subject": "BUILD_STAGE", "values":
 * ["production"]} */
#include "../guard.h"

int main(void) {
    const char *stage = getenv("BUILD_STAGE");
    if (stage && strcmp(stage, "production") == 0) reveal();
    return 0;
}
