/* source: the books as a source of a log. See source.h.
 * Runs: any. */
#include "gateway/audit/source.h"

static int source_books_lines(void *from, int64_t first, int64_t last, source_line *each, void *ctx)
{
    return books_lines(from, first, last, each, ctx);
}

static int source_books_log(void *from, struct books_log *out)
{
    return books_log(from, out);
}

static int source_books_checkpoints(void *from, source_checkpoint *each, void *ctx)
{
    return books_checkpoints(from, each, ctx);
}

static int source_books_keys(void *from, source_key *each, void *ctx)
{
    return books_keys(from, each, ctx);
}

static int source_books_tiles(void *from, source_tile *each, void *ctx)
{
    return books_tiles(from, each, ctx);
}

void source_of_books(struct source *source, struct books *books)
{
    *source = (struct source){.from = books,
                              .lines = source_books_lines,
                              .log = source_books_log,
                              .checkpoints = source_books_checkpoints,
                              .keys = source_books_keys,
                              .tiles = source_books_tiles};
}
