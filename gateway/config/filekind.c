/* filekind: files of another kind. See filekind.h.
 * Runs: any (pure). */
#include "gateway/config/filekind.h"

#include <string.h>
#include <strings.h>

bool filekind_is_workbook(const char *bytes, size_t length)
{
    static const char zip[] = "PK\3\4", compound[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

    return (length >= sizeof zip - 1 && memcmp(bytes, zip, sizeof zip - 1) == 0) ||
           (length >= sizeof compound - 1 && memcmp(bytes, compound, sizeof compound - 1) == 0);
}

static bool filekind_ends_in_csv(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcasecmp(dot, ".csv") == 0;
}

/* What begins a comment, an include or a setting's value in a configuration. */
static bool filekind_sets_something(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr("=:{#/@", line[i]))
            return true;
    return false;
}

bool filekind_is_csv(const char *path, const char *bytes, size_t length)
{
    const char *end;

    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    while (length && strchr(" \t\r\n", *bytes)) {
        bytes++;
        length--;
    }
    end = memchr(bytes, '\n', length);
    if (end)
        length = (size_t)(end - bytes);
    if (!length || memchr(bytes, '\0', length) || filekind_sets_something(bytes, length))
        return false;
    return filekind_ends_in_csv(path) || memchr(bytes, ',', length) || memchr(bytes, '\t', length);
}
