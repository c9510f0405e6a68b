/* place: where the books really lie, and the names beside them. See place.h.
 * Runs: any. */
#include "gateway/ledger/place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"

#define PLACE_LINKS 40 /* as many as the system follows */

/* What a link says, which is taken from its own folder; NULL: it is no link. */
static char *place_next(const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    const char *slash = strrchr(path, '/');

    if (length <= 0)
        return NULL;
    target[length] = '\0';
    if (target[0] == '/' || !slash)
        return mem_dup(target);
    return mem_printf("%.*s%s", (int)(slash - path) + 1, path, target);
}

char *place_of(const char *path)
{
    char *place = mem_dup(path);

    for (int i = 0; i < PLACE_LINKS; i++) {
        char *next = place_next(place);

        if (!next)
            break;
        free(place);
        place = next;
    }
    return place;
}

char *place_beside(const char *path, const char *ending)
{
    MEM_FREE_LATER char *place = place_of(path);

    return mem_printf("%s%s", place, ending);
}
