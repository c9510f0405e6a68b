/* inclusion: proofs about the log in the books. See inclusion.h.
 * Runs: any (blocks). */
#include "gateway/audit/inclusion.h"

#include <stdlib.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books_records.h"

struct inclusion {
    struct books *books;
    struct merkle_hash *tiles; /* those from 0 without a gap */
    uint64_t n, room;
};

static int inclusion_take_tile(void *ctx, int64_t number, const struct merkle_hash *root)
{
    struct inclusion *inclusion = ctx;

    if (number < 0 || (uint64_t)number != inclusion->n)
        return 0;
    if (inclusion->n == inclusion->room) {
        inclusion->room = inclusion->room ? 2 * inclusion->room : 64;
        inclusion->tiles = mem_grow(inclusion->tiles, inclusion->room, sizeof *inclusion->tiles);
    }
    inclusion->tiles[inclusion->n++] = *root;
    return 0;
}

int inclusion_open(struct inclusion **out, struct books *books)
{
    struct inclusion *inclusion = mem_new(struct inclusion);
    int rc;

    inclusion->books = books;
    rc = books_tiles(books, inclusion_take_tile, inclusion);
    if (rc < 0) {
        inclusion_close(inclusion);
        inclusion = NULL;
    }
    *out = inclusion;
    return rc < 0 ? rc : 0;
}

void inclusion_close(struct inclusion *inclusion)
{
    if (!inclusion)
        return;
    free(inclusion->tiles);
    free(inclusion);
}

struct inclusion_run {
    struct merkle tree;
    int64_t next; /* record that must come now */
};

static int inclusion_take_line(void *ctx, const struct books_line *line)
{
    struct inclusion_run *run = ctx;
    struct merkle_hash leaf;

    if (!line->line || line->id != run->next)
        return 1;
    merkle_leaf(line->line, line->length, &leaf);
    merkle_append(&run->tree, &leaf);
    run->next++;
    return 0;
}

/* A run of more than one tile begins where a tile does. */
static int inclusion_range(void *ctx, uint64_t from, uint64_t until, struct merkle_hash *out)
{
    struct inclusion *inclusion = ctx;
    struct inclusion_run run = {.next = (int64_t)from + 1};
    uint64_t at = from;
    int rc = 0;

    while (at % MERKLE_TILE == 0 && until - at >= MERKLE_TILE && rc == 0) {
        if (at / MERKLE_TILE >= inclusion->n)
            return 1;
        merkle_append_tile(&run.tree, &inclusion->tiles[at / MERKLE_TILE]);
        at += MERKLE_TILE;
    }
    run.next = (int64_t)at + 1;
    if (at < until)
        rc = books_lines(inclusion->books, (int64_t)at + 1, (int64_t)until, inclusion_take_line,
                         &run);
    if (rc == 0 && run.next != (int64_t)until + 1 && at < until)
        rc = 1;
    merkle_root(&run.tree, out);
    return rc;
}

int inclusion_prove(struct inclusion *inclusion, uint64_t index, uint64_t size,
                    struct merkle_proof *out)
{
    return merkle_prove_inclusion(index, size, inclusion_range, inclusion, out);
}
