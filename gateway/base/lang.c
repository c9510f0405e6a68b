/* lang: the two languages in which lawcast speaks to people. See lang.h.
 * Runs: any. */
#include "gateway/base/lang.h"

#include <stdlib.h>
#include <string.h>

bool lang_is_chinese(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

const char *lang(const char *english, const char *chinese)
{
    return lang_is_chinese() ? chinese : english;
}
