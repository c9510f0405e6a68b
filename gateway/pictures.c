/* pictures: are those that the books tell of there? See pictures.h.
 * Runs: any. */
#include "gateway/pictures.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/idmap.h"
#include "gateway/ledger/books_units.h"
#include "gateway/ledger/evidence.h"

#define PICTURES_NAMED 5 /* the others are only counted */

struct pictures {
    struct books *books;
    const char *folder;
    struct idmap *seen; /* lends the names */
    char **names;
    size_t n;
    size_t missing;
    struct buffer told;
};

/* Many records may name one picture. */
static void pictures_look(struct pictures *pictures, const char *name)
{
    if (!*name || idmap_find(pictures->seen, name) >= 0)
        return;
    pictures->names = mem_grow(pictures->names, pictures->n + 1, sizeof *pictures->names);
    pictures->names[pictures->n] = mem_dup(name);
    idmap_add(pictures->seen, pictures->names[pictures->n++], 1);
    if (evidence_has(pictures->folder, name))
        return;
    if (pictures->missing++ < PICTURES_NAMED)
        buffer_printf(&pictures->told, "  %s\n", name);
}

static int pictures_of_showing(void *ctx, const struct books_shown *shown)
{
    const char *slash = strrchr(shown->file, '/');

    pictures_look(ctx, slash ? slash + 1 : shown->file);
    return 0;
}

static int pictures_of_photo(void *ctx, const struct books_photo *photo)
{
    pictures_look(ctx, photo->file);
    return 0;
}

struct pictures_campaigns {
    int64_t *numbers;
    size_t n;
};

static int pictures_take_campaign(void *ctx, const struct books_campaign *campaign)
{
    struct pictures_campaigns *list = ctx;

    list->numbers = mem_grow(list->numbers, list->n + 1, sizeof *list->numbers);
    list->numbers[list->n++] = campaign->number;
    return 0;
}

struct pictures_units {
    char **codes;
    size_t n;
};

static int pictures_take_unit(void *ctx, const struct books_contact *contact)
{
    struct pictures_units *list = ctx;

    list->codes = mem_grow(list->codes, list->n + 1, sizeof *list->codes);
    list->codes[list->n++] = mem_dup(contact->unit);
    return 0;
}

/* Lists are read before what is on them: a question of the books is asked one at a time. */
static int pictures_of_campaign(struct pictures *pictures, int64_t campaign)
{
    struct pictures_units units = {0};
    int rc = books_contacts(pictures->books, campaign, pictures_take_unit, &units);

    for (size_t i = 0; i < units.n; i++) {
        if (rc == 0)
            rc = books_photos(pictures->books, campaign, units.codes[i], pictures_of_photo,
                              pictures);
        free(units.codes[i]);
    }
    free(units.codes);
    return rc;
}

static int pictures_of_books(struct pictures *pictures)
{
    struct pictures_campaigns campaigns = {0};
    int rc = books_shown(pictures->books, 0, 0, pictures_of_showing, pictures);

    if (rc == 0)
        rc = books_campaigns(pictures->books, pictures_take_campaign, &campaigns);
    for (size_t i = 0; i < campaigns.n && rc == 0; i++)
        rc = pictures_of_campaign(pictures, campaigns.numbers[i]);
    free(campaigns.numbers);
    return rc;
}

static void pictures_tell(const struct pictures *pictures, FILE *out)
{
    fprintf(out,
            lang("! Pictures that the books tell of and that aren't in %s: %zu. Put the folder of "
                 "the backup there, too, for the evidence packs:\n%s",
                 "! 账本所记的图片不在 %s 中：%zu 张。请把备份的图片目录一并放回，否则佐证材料"
                 "缺图：\n%s"),
            pictures->folder, pictures->missing, buffer_text(&pictures->told));
    if (pictures->missing > PICTURES_NAMED)
        fprintf(out, lang("  … and %zu more.\n", "  ……另有 %zu 张。\n"),
                pictures->missing - PICTURES_NAMED);
}

void pictures_tell_missing(const char *path, FILE *out)
{
    MEM_FREE_LATER char *folder = evidence_folder(path);
    struct pictures pictures = {.folder = folder, .seen = idmap_new()};
    char why[512] = "";

    if (books_open(&pictures.books, path, why, sizeof why) == 0) {
        if (pictures_of_books(&pictures) == 0 && pictures.missing)
            pictures_tell(&pictures, out);
        books_close(pictures.books);
    }
    buffer_free(&pictures.told);
    idmap_free(pictures.seen);
    for (size_t i = 0; i < pictures.n; i++)
        free(pictures.names[i]);
    free(pictures.names);
}
