/* search: when a modem is looked for at the spare devices. See search.h.
 * Runs: any (pure). */
#include "adapters/modem/search.h"

#define SEARCH_LOOKS_MAX 5

bool search_is_due(const struct search *search, int64_t now_ms)
{
    return now_ms >= search->due_ms;
}

void search_fail(struct search *search, int64_t look_ms, int64_t now_ms)
{
    search->pause_ms += look_ms;
    if (search->pause_ms > look_ms * SEARCH_LOOKS_MAX)
        search->pause_ms = look_ms * SEARCH_LOOKS_MAX;
    search->due_ms = now_ms + search->pause_ms;
}
