/* catalog: the messages of one language, from a .mo file. See catalog.h.
 * Runs: any.
 *
 * The form is told in the manual of GNU gettext, "The Format of GNU MO Files": a header of words,
 * two tables of (length, offset), texts that end with a NUL. Either byte order is read. Its own
 * hash table is optional and not used; neither are its system-dependent strings (minor revision 1),
 * which our texts don't need (see gateway/po/mark_texts.py). */
#include "gateway/base/catalog.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/langfmt.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#define CATALOG_MAGIC   UINT32_C(0x950412de)
#define CATALOG_SWAPPED UINT32_C(0xde120495)
#define CATALOG_HEADER  28 /* bytes of it that every revision has */

struct catalog_entry {
    const char *original; /* NULL: free */
    const char *translation;
};

struct catalog {
    struct buffer file;
    bool swapped;
    struct catalog_entry *slots; /* open addressing; a power of two, at most half full */
    size_t mask;
    size_t refused;
};

/* The caller has made sure that there are four bytes. */
static uint32_t catalog_word(const struct catalog *catalog, size_t at)
{
    uint32_t word;

    memcpy(&word, catalog->file.data + at, sizeof word);
    return catalog->swapped ? __builtin_bswap32(word) : word;
}

/* FNV-1a. */
static size_t catalog_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

/* Where the text is, or would be. */
static struct catalog_entry *catalog_slot(const struct catalog *catalog, const char *original)
{
    size_t i = catalog_hash(original) & catalog->mask;

    while (catalog->slots[i].original && strcmp(catalog->slots[i].original, original) != 0)
        i = (i + 1) & catalog->mask;
    return &catalog->slots[i];
}

/* The text that the table has at this place; NULL when it isn't inside the file, with its end. */
static const char *catalog_text(const struct catalog *catalog, size_t at, size_t *length)
{
    size_t room = catalog->file.length, offset = catalog_word(catalog, at + 4);

    *length = catalog_word(catalog, at);
    if (offset >= room || *length >= room - offset || catalog->file.data[offset + *length])
        return NULL;
    return catalog->file.data + offset;
}

/* A text with a NUL inside is one with plurals, of which we have none. */
static bool catalog_is_usable(const struct catalog_entry *entry, size_t original_length,
                              size_t translation_length)
{
    return strlen(entry->original) == original_length &&
           strlen(entry->translation) == translation_length &&
           utf8_is_valid(entry->translation, translation_length) &&
           langfmt_fits(entry->original, entry->translation);
}

static int catalog_fill(struct catalog *catalog, size_t n)
{
    size_t originals = catalog_word(catalog, 12), translations = catalog_word(catalog, 16);
    size_t room = catalog->file.length;

    if (originals > room || translations > room || n > (room - originals) / 8 ||
        n > (room - translations) / 8)
        return CATALOG_MALFORMED;
    for (size_t i = 0; i < n; i++) {
        size_t from, to;
        struct catalog_entry entry = {catalog_text(catalog, originals + 8 * i, &from),
                                      catalog_text(catalog, translations + 8 * i, &to)};

        if (!entry.original || !entry.translation)
            return CATALOG_MALFORMED;
        if (!from || !to)
            continue; /* the file's description of itself; nothing translated */
        if (catalog_is_usable(&entry, from, to))
            *catalog_slot(catalog, entry.original) = entry;
        else
            catalog->refused++;
    }
    return CATALOG_FINE;
}

static int catalog_index(struct catalog *catalog)
{
    uint32_t magic;
    size_t n, slots = 16;

    if (catalog->file.length < CATALOG_HEADER)
        return CATALOG_MALFORMED;
    magic = catalog_word(catalog, 0);
    catalog->swapped = magic == CATALOG_SWAPPED;
    if (!catalog->swapped && magic != CATALOG_MAGIC)
        return CATALOG_MALFORMED;
    n = catalog_word(catalog, 8);
    if (catalog_word(catalog, 4) >> 16 > 1 || n > CATALOG_ENTRIES)
        return CATALOG_MALFORMED;
    while (slots < 2 * n)
        slots *= 2;
    catalog->slots = mem_array(slots, struct catalog_entry);
    catalog->mask = slots - 1;
    return catalog_fill(catalog, n);
}

/* Takes the catalogue over. */
static int catalog_finish(struct catalog *catalog, struct catalog **out)
{
    int rc = catalog_index(catalog);

    *out = rc ? NULL : catalog;
    if (rc)
        catalog_free(catalog);
    return rc;
}

int catalog_parse(struct catalog **out, const char *bytes, size_t length)
{
    struct catalog *catalog = mem_new(struct catalog);

    buffer_add(&catalog->file, bytes, length);
    return catalog_finish(catalog, out);
}

int catalog_read(struct catalog **out, const char *path)
{
    struct catalog *catalog = mem_new(struct catalog);
    int rc = buffer_read_file(&catalog->file, path, CATALOG_LIMIT);

    if (!rc)
        return catalog_finish(catalog, out);
    catalog_free(catalog);
    *out = NULL;
    return rc;
}

void catalog_free(struct catalog *catalog)
{
    if (!catalog)
        return;
    free(catalog->slots);
    buffer_free(&catalog->file);
    free(catalog);
}

const char *catalog_find(const struct catalog *catalog, const char *original)
{
    return catalog_slot(catalog, original)->translation;
}

size_t catalog_refused(const struct catalog *catalog)
{
    return catalog->refused;
}
