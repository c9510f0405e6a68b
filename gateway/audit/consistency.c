/* consistency: the proof that one log is the beginning of another. See consistency.h.
 * Runs: any (pure). */
#include "gateway/audit/consistency.h"

#include <string.h>

#include "gateway/base/hex.h"

/* What is left of the text. */
struct consistency_text {
    const char *at, *end;
};

/* The next line without its line break, which must be there. False: there is none. */
static bool consistency_line(struct consistency_text *text, const char **line, size_t *length)
{
    const char *end = memchr(text->at, '\n', (size_t)(text->end - text->at));

    if (!end)
        return false;
    *line = text->at;
    *length = (size_t)(end - text->at);
    text->at = end + 1;
    return true;
}

static bool consistency_origin(struct consistency_text *text, struct consistency *out)
{
    const char *line;
    size_t length;

    if (!consistency_line(text, &line, &length) || !length || length >= sizeof out->early.origin ||
        memchr(line, '\0', length))
        return false;
    memcpy(out->early.origin, line, length);
    memcpy(out->late.origin, line, length);
    return true;
}

/* Digits without a leading zero, as far as they go. */
static bool consistency_number(const char **at, const char *end, uint64_t *out)
{
    const char *p = *at;

    *out = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if ((p > *at && *out == 0) || __builtin_mul_overflow(*out, UINT64_C(10), out) ||
            __builtin_add_overflow(*out, (uint64_t)(*p - '0'), out))
            return false;
    if (p == *at)
        return false;
    *at = p;
    return true;
}

static bool consistency_sizes(struct consistency_text *text, struct consistency *out)
{
    const char *line, *end;
    size_t length;

    if (!consistency_line(text, &line, &length))
        return false;
    end = line + length;
    return consistency_number(&line, end, &out->early.size) && line < end && *line++ == ' ' &&
           consistency_number(&line, end, &out->late.size) && line == end &&
           out->early.size <= out->late.size;
}

static bool consistency_hash(struct consistency_text *text, struct merkle_hash *out)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    const char *line;
    size_t length;

    if (!consistency_line(text, &line, &length) || hex_decode_base64(&bytes, line, length) ||
        bytes.length != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.data, sizeof out->bytes);
    return true;
}

int consistency_read(const char *text, size_t length, struct consistency *out)
{
    const size_t most = sizeof out->proof.hashes / sizeof *out->proof.hashes;
    struct consistency_text rest = {text, text + length};

    *out = (struct consistency){0};
    if (length > CONSISTENCY_MOST || !consistency_origin(&rest, out) ||
        !consistency_sizes(&rest, out) || !consistency_hash(&rest, &out->early.root) ||
        !consistency_hash(&rest, &out->late.root))
        return 1;
    while (rest.at < rest.end)
        if (out->proof.n == most || !consistency_hash(&rest, &out->proof.hashes[out->proof.n++]))
            return 1;
    return 0;
}

static bool consistency_same(const struct checkpoint *a, const struct checkpoint *b)
{
    return a->size == b->size && strcmp(a->origin, b->origin) == 0 &&
           merkle_same(&a->root, &b->root);
}

bool consistency_is_of(const struct consistency *consistency, const struct checkpoint *early,
                       const struct checkpoint *late)
{
    return consistency_same(&consistency->early, early) &&
           consistency_same(&consistency->late, late);
}

/* Everything goes on from an empty log. */
bool consistency_holds(const struct consistency *consistency)
{
    const struct checkpoint *early = &consistency->early, *late = &consistency->late;

    return early->size == 0 || merkle_is_consistent(early->size, &early->root, late->size,
                                                    &late->root, &consistency->proof);
}
