/* pack_read: an evidence pack out of the books. See pack_data.h.
 * Runs: any (blocks). */
#include "gateway/report/pack_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/base/utf8.h"
#include "gateway/model/phone.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/books_units.h"
#include "gateway/ledger/evidence.h"
#include "gateway/report/picture.h"

#define PACK_FILE_MOST (32 << 20) /* bytes of a picture */
#define PACK_TEXT_MOST 8192       /* bytes of a text that can be drawn */

struct pack_reader {
    const struct pack_setup *setup;
    const char *unit;
    struct pack *pack;
    struct pack_member *member; /* whose photos are read */
    int64_t entered_ms;
};

/* ---- who is responsible, what was handed in ---- */

/* A phone as people may see it. Of what is no mobile number all digits but the last two are hidden.
 */
static char *pack_phone(const char *phone, bool whole)
{
    char masked[24], *text = mem_dup(phone);
    size_t shown = 0;
    int64_t number;

    if (whole)
        return text;
    if (phone_parse(phone, strlen(phone), &number) == PHONE_MOBILE) {
        free(text);
        phone_mask(number, masked);
        return mem_dup(masked);
    }
    for (size_t at = strlen(text); at-- > 0;)
        if (text[at] >= '0' && text[at] <= '9' && shown++ >= 2)
            text[at] = '*';
    return text;
}

static int pack_add_member(void *ctx, const struct books_contact *contact)
{
    struct pack_reader *reader = ctx;
    struct pack *pack = reader->pack;
    struct pack_member *member;

    if (reader->unit && strcmp(reader->unit, contact->unit) != 0)
        return 0;
    pack->members = mem_grow(pack->members, pack->n_members + 1, sizeof *pack->members);
    member = &pack->members[pack->n_members++];
    *member = (struct pack_member){
        .unit = mem_dup(contact->unit),
        .unit_name = mem_dup(contact->unit_name),
        .person = mem_dup(contact->name),
        .position = mem_dup(contact->position),
        .phone = pack_phone(contact->phone, reader->setup->numbers),
        .named_ms = contact->named_ms,
        .standing = contact_stand(contact->named_ms, pack->deadline_ms, reader->entered_ms),
        .held = mem_dup(""),
        .place = mem_dup(""),
        .content = mem_dup(""),
        .participants = -1,
    };
    return 0;
}

static void pack_replace(char **field, const char *text)
{
    free(*field);
    *field = mem_dup(text);
}

static int pack_take_activity(void *ctx, const struct books_activity *activity)
{
    struct pack_member *member = ctx;

    pack_replace(&member->held, activity->held);
    pack_replace(&member->place, activity->place);
    pack_replace(&member->content, activity->content);
    member->participants = activity->participants;
    member->handed_in_ms = activity->at_ms;
    return 0;
}

/* ---- files ---- */

/* Is it the file that was kept under this name, the SHA-256 of what is in it? */
static bool pack_is_genuine(const struct buffer *bytes, const char *name)
{
    struct digest digest = digest_of(DIGEST_SHA256, bytes->data, bytes->length);
    char text[DIGEST_HEX_MOST];

    digest_hex(&digest, text);
    return strncmp(name, text, strlen(text)) == 0;
}

static void pack_load(const char *ledger_path, const char *file, struct pack_picture *picture)
{
    MEM_FREE_LATER char *folder = evidence_folder(ledger_path);
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);

    if (buffer_read_file(&picture->bytes, path, PACK_FILE_MOST))
        picture->state = PACK_PICTURE_GONE;
    else if (!pack_is_genuine(&picture->bytes, name))
        picture->state = PACK_PICTURE_ALTERED;
    else if (canvas_check_picture(picture->bytes.data, picture->bytes.length, &picture->image))
        picture->state = PACK_PICTURE_OTHER;
}

static int pack_take_photo(void *ctx, const struct books_photo *photo)
{
    struct pack_reader *reader = ctx;
    struct pack *pack = reader->pack;
    struct pack_picture *picture;
    char at[20];

    reader->member->photos++;
    if (pack->all || pack->n_photos == LEDGER_PHOTOS)
        return 0;
    picture = &pack->photos[pack->n_photos++];
    clock_format(photo->at_ms, at);
    picture->caption =
        mem_printf(lang("%s, handed in %.16s, SHA-256 %.16s...", "%s，%.16s 报送，SHA-256 %.16s…"),
                   photo->name, at, photo->file);
    pack_load(reader->setup->ledger_path, photo->file, picture);
    return 0;
}

static int pack_read_members(struct pack_reader *reader)
{
    struct books *books = reader->setup->books;
    struct pack *pack = reader->pack;
    int64_t campaign = pack->statement->number;
    int rc = books_deadline(books, campaign, &pack->deadline_ms, &reader->entered_ms);

    if (rc == 0)
        rc = books_contacts(books, campaign, pack_add_member, reader);
    for (size_t i = 0; i < pack->n_members && rc == 0; i++) {
        reader->member = &pack->members[i];
        rc = books_activity(books, campaign, reader->member->unit, pack_take_activity,
                            reader->member);
        if (rc == 0)
            rc = books_photos(books, campaign, reader->member->unit, pack_take_photo, reader);
    }
    return rc ? rc : pack->n_members == 0;
}

/* ---- pictures of boards ---- */

/* The last good picture of each board. */
struct pack_shot {
    char *file, *slogan;
    int64_t at_ms;
};

struct pack_shots {
    const struct pack *pack;
    struct pack_shot *shots; /* by board of the statement */
    size_t at;               /* the board that was told of last */
};

/* Those of the books come board by board, in the statement's order: mostly it is the same one
 * again, or the next. NULL: none of the pack's. */
static struct pack_shot *pack_find_shot(struct pack_shots *shots, const char *board)
{
    const struct statement *statement = shots->pack->statement;

    for (size_t i = 0; i < statement->n_boards; i++) {
        size_t at = (shots->at + i) % statement->n_boards;

        if (strcmp(statement->boards[at].id, board) != 0)
            continue;
        shots->at = at;
        return pack_has_board(shots->pack, &statement->boards[at]) ? &shots->shots[at] : NULL;
    }
    return NULL;
}

static int pack_note_shot(void *ctx, const struct books_shown *shown)
{
    struct pack_shot *shot;

    if (!*shown->file || !shown->counts)
        return 0;
    shot = pack_find_shot(ctx, shown->board);
    if (!shot || shown->until_ms < shot->at_ms)
        return 0;
    pack_replace(&shot->file, shown->file);
    pack_replace(&shot->slogan, shown->text);
    shot->at_ms = shown->until_ms;
    return 0;
}

static void pack_add_shot(struct pack_reader *reader, const struct statement_board *board,
                          const struct pack_shot *shot)
{
    struct pack_picture *picture = &reader->pack->pictures[reader->pack->n_pictures++];
    char at[20];

    clock_format(shot->at_ms, at);
    picture->caption = mem_printf(lang("%s, %.19s, from the device: %s", "%s，%.19s，设备截屏：%s"),
                                  board->id, at, shot->slogan);
    pack_load(reader->setup->ledger_path, shot->file, picture);
}

/* What the board showed longest; NULL: nothing that counts. */
static const char *pack_slogan(const struct statement *statement, const char *board)
{
    const struct shown_day *best = NULL;

    for (size_t i = 0; i < statement->shown.n; i++) {
        const struct shown_day *day = &statement->shown.days[i];

        if (strcmp(day->board, board) == 0 && (!best || day->ms > best->ms))
            best = day;
    }
    return best ? best->slogan : NULL;
}

static const struct board *pack_board(const struct office *office, const char *id)
{
    for (size_t i = 0; office && i < office->n_boards; i++)
        if (strcmp(office->boards[i].id, id) == 0)
            return &office->boards[i];
    return NULL;
}

/* A preview in place of a picture: said to be one. */
static void pack_add_preview(struct pack_reader *reader, const struct statement_board *from)
{
    const struct board *board = pack_board(reader->setup->office, from->id);
    const char *slogan = pack_slogan(reader->pack->statement, from->id);
    struct pack_picture *picture;
    struct picture *drawn;
    char why[256];

    if (!board || !slogan)
        return;
    drawn = picture_draw(board, slogan, why, sizeof why);
    if (!drawn)
        return;
    picture = &reader->pack->pictures[reader->pack->n_pictures++];
    picture->caption = mem_printf(lang("%s, a drawing, not a photo: %s", "%s，示意图，非实拍：%s"),
                                  from->id, slogan);
    buffer_add(&picture->bytes, drawn->bytes, drawn->length);
    if (image_look(picture->bytes.data, picture->bytes.length, &picture->image))
        picture->state = PACK_PICTURE_OTHER;
    picture_free(drawn);
}

static void pack_add_pictures(struct pack_reader *reader, const struct pack_shots *shots)
{
    struct pack *pack = reader->pack;
    const struct statement *statement = pack->statement;

    pack->pictures = mem_array(PACK_PICTURES, struct pack_picture);
    for (size_t i = 0; i < statement->n_boards; i++) {
        const struct statement_board *board = &statement->boards[i];

        if (!pack_has_board(pack, board))
            continue;
        if (pack->n_pictures == PACK_PICTURES)
            pack->left_out++;
        else if (shots->shots[i].file)
            pack_add_shot(reader, board, &shots->shots[i]);
        else
            pack_add_preview(reader, board);
    }
}

static int pack_read_pictures(struct pack_reader *reader)
{
    const struct statement *statement = reader->pack->statement;
    struct pack_shots shots = {.pack = reader->pack};
    int rc;

    shots.shots = mem_array(statement->n_boards, struct pack_shot);
    rc = books_shown_by_board(reader->setup->books, statement->number, pack_note_shot, &shots);
    if (rc == 0)
        pack_add_pictures(reader, &shots);
    for (size_t i = 0; i < statement->n_boards; i++) {
        free(shots.shots[i].file);
        free(shots.shots[i].slogan);
    }
    free(shots.shots);
    return rc;
}

/* ---- the checkpoint ---- */

static int pack_take_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct pack *pack = ctx;

    pack_replace(&pack->note, checkpoint->note);
    pack->signed_ms = checkpoint->at_ms;
    pack->signed_size = checkpoint->size;
    return 0;
}

static void pack_read_root(struct pack *pack)
{
    struct checkpoint checkpoint;
    struct digest root = {.n = MERKLE_HASH};
    char text[DIGEST_HEX_MOST];

    if (checkpoint_read(pack->note, strlen(pack->note), &checkpoint))
        return;
    memcpy(root.bytes, checkpoint.root.bytes, sizeof root.bytes);
    digest_hex(&root, text);
    snprintf(pack->root, sizeof pack->root, "%.16s", text);
    /* With many other offices the last of their lines stay away; what has no line that fits is no
     * checkpoint of ours. */
    (void)qr_make_lines(pack->note, strlen(pack->note), &pack->qr);
}

static int pack_read_log(const struct pack_setup *setup, struct pack *pack)
{
    struct books_log log;
    int rc = books_checkpoints(setup->books, pack_take_checkpoint, pack);

    if (rc == 0)
        rc = books_log(setup->books, &log);
    if (rc == 0)
        pack->records = log.journal;
    if (rc == 0 && *pack->note)
        pack_read_root(pack);
    return rc;
}

/* ---- all of it ---- */

/* What isn't in the statement, and so wasn't looked at. */
static bool pack_is_sane(const struct pack *pack)
{
    for (size_t i = 0; i < pack->n_members; i++) {
        const struct pack_member *member = &pack->members[i];
        const char *const texts[] = {member->unit,     member->unit_name, member->person,
                                     member->position, member->phone,     member->held,
                                     member->place,    member->content};

        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            if (strlen(texts[k]) > PACK_TEXT_MOST || !utf8_is_valid(texts[k], strlen(texts[k])))
                return false;
    }
    for (size_t i = 0; i < pack->n_photos; i++)
        if (strlen(pack->photos[i].caption) > PACK_TEXT_MOST ||
            !utf8_is_valid(pack->photos[i].caption, strlen(pack->photos[i].caption)))
            return false;
    return true;
}

int pack_read(const struct pack_setup *setup, const char *unit, int64_t made_ms, struct pack *out)
{
    struct pack_reader reader = {.setup = setup, .unit = unit, .pack = out};
    int rc;

    *out = (struct pack){.statement = setup->statement,
                         .office = mem_dup(setup->office ? setup->office->name : ""),
                         .all = !unit,
                         .note = mem_dup(""),
                         .made_ms = made_ms};
    rc = pack_read_members(&reader);
    if (rc == 0 && !pack_is_sane(out))
        rc = -EUCLEAN;
    if (rc == 0)
        rc = pack_read_pictures(&reader);
    if (rc == 0)
        rc = pack_read_log(setup, out);
    return rc;
}

static void pack_release_pictures(struct pack_picture *pictures, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(pictures[i].caption);
        buffer_free(&pictures[i].bytes);
    }
}

void pack_release(struct pack *pack)
{
    for (size_t i = 0; i < pack->n_members; i++) {
        const struct pack_member *member = &pack->members[i];

        free(member->unit);
        free(member->unit_name);
        free(member->person);
        free(member->position);
        free(member->phone);
        free(member->held);
        free(member->place);
        free(member->content);
    }
    pack_release_pictures(pack->photos, pack->n_photos);
    pack_release_pictures(pack->pictures, pack->n_pictures);
    free(pack->members);
    free(pack->pictures);
    free(pack->office);
    free(pack->note);
    qr_free(&pack->qr);
    *pack = (struct pack){0};
}
