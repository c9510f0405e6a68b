/* bundle_edits: random edits of a bundle, by accident and with intent. For tests.
 * Runs: any.
 *
 * An edit tells which record a verifier has to name as the first bad one, if that can be said: who
 * makes the digits before a record right again, and more so who makes the tiles right too, can only
 * be found out by the next hash that he can't make right. */
#ifndef LAWCAST_TESTS_BUNDLE_EDITS_H
#define LAWCAST_TESTS_BUNDLE_EDITS_H

#include "tests/e2e/bundle_kit.h"

#include "gateway/ledger/leaves.h"

#define EDIT_LINES 4096

struct edit {
    const char *folder; /* a copy of the bundle */
    const char *what;   /* for who reads a failure */
    int64_t record;     /* that has to be named; 0: any, or none */
};

/* A file as lines; each with its line break. */
struct edit_lines {
    struct buffer text;
    size_t starts[EDIT_LINES + 1], n;
};

static uint64_t edit_seed = 0x6c617763617374;

static inline size_t edit_random(size_t below)
{
    edit_seed ^= edit_seed << 13;
    edit_seed ^= edit_seed >> 7;
    edit_seed ^= edit_seed << 17;
    return (size_t)(edit_seed % below);
}

static inline void edit_split(struct edit_lines *lines)
{
    lines->n = 0;
    for (size_t at = 0; at < lines->text.length; lines->n++) {
        const char *stop = memchr(lines->text.data + at, '\n', lines->text.length - at);

        assert_in_range(lines->n, 0, EDIT_LINES - 1);
        lines->starts[lines->n] = at;
        at = stop ? (size_t)(stop - lines->text.data) + 1 : lines->text.length;
    }
    lines->starts[lines->n] = lines->text.length;
}

static inline void edit_read(const char *folder, const char *name, struct edit_lines *lines)
{
    bundle_load(folder, name, &lines->text);
    edit_split(lines);
}

/* Puts the lines together again in another order; where order has n, the file ends. */
static inline void edit_arrange(struct edit_lines *lines, const size_t *order, size_t n)
{
    struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < n; i++)
        buffer_add(&text, lines->text.data + lines->starts[order[i]],
                   lines->starts[order[i] + 1] - lines->starts[order[i]]);
    buffer_free(&lines->text);
    lines->text = text;
}

static inline char edit_other(char c)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char other;

    do
        other = letters[edit_random(sizeof letters - 1)];
    while (other == c);
    return other;
}

/* ---- of the records ---- */

static inline void edit_flip(struct edit_lines *lines, struct edit *edit)
{
    size_t at = edit_random(lines->text.length);

    edit->what = "a letter of records.txt";
    for (size_t i = 0; i < lines->n && lines->starts[i] <= at; i++)
        edit->record = (int64_t)i + 1;
    lines->text.data[at] = edit_other(lines->text.data[at]);
}

static inline void edit_delete(struct edit_lines *lines, struct edit *edit)
{
    size_t order[EDIT_LINES], gone = edit_random(lines->n), n = 0;

    edit->what = "a record is taken out";
    edit->record = (int64_t)gone + 1;
    for (size_t i = 0; i < lines->n; i++)
        if (i != gone)
            order[n++] = i;
    edit_arrange(lines, order, n);
}

static inline void edit_insert(struct edit_lines *lines, struct edit *edit)
{
    size_t order[EDIT_LINES + 1], copied = edit_random(lines->n), to = edit_random(lines->n + 1);
    size_t n = 0;

    if (to == copied)
        to++;
    edit->what = "a record is put in";
    edit->record = (int64_t)to + 1;
    for (size_t i = 0; i <= lines->n; i++) {
        if (i == to)
            order[n++] = copied;
        if (i < lines->n)
            order[n++] = i;
    }
    edit_arrange(lines, order, n);
}

static inline void edit_swap(struct edit_lines *lines, struct edit *edit)
{
    size_t order[EDIT_LINES], a = edit_random(lines->n - 1);
    size_t b = a + 1 + edit_random(lines->n - 1 - a);

    edit->what = "two records are exchanged";
    edit->record = (int64_t)a + 1;
    for (size_t i = 0; i < lines->n; i++)
        order[i] = i == a ? b : i == b ? a : i;
    edit_arrange(lines, order, lines->n);
}

static inline void edit_cut(struct edit_lines *lines, struct edit *edit)
{
    size_t at = edit_random(lines->text.length);

    edit->what = "records.txt is cut off";
    for (size_t i = 0; i < lines->n && lines->starts[i] <= at; i++)
        edit->record = (int64_t)i + 1;
    lines->text.length = at;
}

/* A letter of a record, and the digits before it are right again. */
static inline size_t edit_forge_line(struct edit_lines *lines)
{
    size_t i = edit_random(lines->n), from = lines->starts[i] + 9, until = lines->starts[i + 1] - 1;
    size_t at = from + edit_random(until - from);
    struct merkle_hash leaf;
    char digits[16];

    lines->text.data[at] = edit_other(lines->text.data[at]);
    merkle_leaf(lines->text.data + from, until - from, &leaf);
    snprintf(digits, sizeof digits, "%08x", (unsigned)(uint32_t)leaves_mark(&leaf, (int64_t)i + 1));
    memcpy(lines->text.data + lines->starts[i], digits, 8);
    return i;
}

static inline void edit_forge_tile(const struct edit_lines *lines, size_t line, const char *folder)
{
    size_t first = line / MERKLE_TILE * MERKLE_TILE;
    struct edit_lines *tiles = mem_new(struct edit_lines);
    struct merkle tile = {0};
    struct merkle_hash leaf;

    edit_read(folder, "tiles.txt", tiles);
    for (size_t i = first; i < first + MERKLE_TILE && i < lines->n; i++) {
        merkle_leaf(lines->text.data + lines->starts[i] + 9,
                    lines->starts[i + 1] - lines->starts[i] - 10, &leaf);
        merkle_append(&tile, &leaf);
    }
    if (tile.size == MERKLE_TILE) {
        merkle_root(&tile, &leaf);
        for (size_t i = 0; i < MERKLE_HASH; i++) {
            char digits[4];

            snprintf(digits, sizeof digits, "%02x", leaf.bytes[i]);
            memcpy(tiles->text.data + tiles->starts[line / MERKLE_TILE] + 2 * i, digits, 2);
        }
        bundle_store(folder, "tiles.txt", &tiles->text);
    }
    buffer_free(&tiles->text);
    free(tiles);
}

static inline void edit_forge(struct edit_lines *lines, struct edit *edit)
{
    edit_forge_line(lines);
    edit->what = "a record with its digits";
}

static inline void edit_forge_more(struct edit_lines *lines, struct edit *edit)
{
    edit_forge_tile(lines, edit_forge_line(lines), edit->folder);
    edit->what = "a record with its digits and tile";
}

/* ---- of the other files ---- */

static inline bool edit_fits(char c, bool digits)
{
    return digits ? c >= '0' && c <= '9' : c != '\n';
}

/* A letter of a file becomes another one, or a digit another digit. */
static inline void edit_letter(const char *folder, const char *name, bool digits)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    char other;
    size_t at;

    bundle_load(folder, name, &text);
    do
        at = edit_random(text.length);
    while (!edit_fits(text.data[at], digits));
    do
        other = edit_other(text.data[at]);
    while (!edit_fits(other, digits));
    text.data[at] = other;
    bundle_store(folder, name, &text);
}

/* The last of the checkpoints is missing. */
static inline void edit_drop_checkpoint(const char *folder)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    char *last;

    bundle_load(folder, "checkpoints.json", &text);
    last = strstr(text.data, ",\n\"");
    for (char *next = last; next; next = strstr(next + 1, ",\n\""))
        last = next;
    assert_non_null(last);
    text.length = (size_t)(last - text.data);
    buffer_add_text(&text, "\n]\n");
    bundle_store(folder, "checkpoints.json", &text);
}

#endif
