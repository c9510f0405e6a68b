/* devices: "/dev/ttyUSB[0-63]" as single paths. See devices.h.
 * Runs: any (pure). */
#include "gateway/config/devices.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define DEVICES_DIGITS 6 /* of FROM or TO: keeps them far from any overflow */

struct devices_range {
    int head; /* bytes before [ */
    unsigned from, to;
    int width;
    const char *tail; /* behind ] */
};

/* The number at *at, which moves behind it; -1: no digits, or too many. */
static long devices_number(const char **at)
{
    const char *start = *at;

    while (isdigit((unsigned char)**at))
        ++*at;
    if (*at == start || *at - start > DEVICES_DIGITS)
        return -1;
    return strtol(start, NULL, 10);
}

/* open: the [ in pattern. */
static int devices_parse(const char *pattern, const char *open, struct devices_range *range)
{
    const char *at = open + 1;
    long from, to;

    from = devices_number(&at);
    range->width = open[1] == '0' ? (int)(at - open - 1) : 0;
    if (from < 0 || *at++ != '-')
        return DEVICES_PATTERN;
    to = devices_number(&at);
    if (to < 0 || *at++ != ']' || strpbrk(at, "[]"))
        return DEVICES_PATTERN;
    if (from > to)
        return DEVICES_DOWNWARD;
    range->head = (int)(open - pattern);
    range->from = (unsigned)from;
    range->to = (unsigned)to;
    range->tail = at;
    return 0;
}

static void devices_add(struct option_strings *out, char *path)
{
    out->items = mem_grow(out->items, out->n + 1, sizeof *out->items);
    out->items[out->n++] = path;
}

int devices_expand(const char *pattern, size_t limit, struct option_strings *out)
{
    const char *open = strchr(pattern, '[');
    struct devices_range range;
    int rc;

    if (*pattern != '/')
        return DEVICES_RELATIVE;
    if (!open) {
        if (strchr(pattern, ']'))
            return DEVICES_PATTERN;
        if (out->n >= limit)
            return DEVICES_TOO_MANY;
        devices_add(out, mem_dup(pattern));
        return 0;
    }
    rc = devices_parse(pattern, open, &range);
    if (rc)
        return rc;
    if (out->n + (range.to - range.from) >= limit)
        return DEVICES_TOO_MANY;
    for (unsigned i = range.from; i <= range.to; i++)
        devices_add(out, mem_printf("%.*s%0*u%s", range.head, pattern, range.width, i, range.tail));
    return 0;
}

/* Digits run back from text[end); where they begin. */
static size_t devices_digits_before(const char *text, size_t end)
{
    while (end > 0 && isdigit((unsigned char)text[end - 1]))
        end--;
    return end;
}

bool devices_looks_like_range(const char *pattern)
{
    size_t length = strlen(pattern), to = devices_digits_before(pattern, length), from;

    if (to == length || to == 0 || pattern[to - 1] != '-' || strchr(pattern, '['))
        return false;
    from = devices_digits_before(pattern, to - 1);
    return from < to - 1 && from > 0 && isalpha((unsigned char)pattern[from - 1]);
}
