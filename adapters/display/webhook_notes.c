/* webhook_notes: what a webhook remembers of its slogans. See webhook_notes.h.
 * Runs: any. */
#include "adapters/display/webhook_notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

static void webhook_note_clear(struct webhook_note *note)
{
    free(note->id);
    free(note->failure);
    buffer_free(&note->told_picture);
    *note = (struct webhook_note){0};
}

void webhook_notes_free(struct webhook_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++)
        webhook_note_clear(&notes->items[i]);
    free(notes->items);
    free(notes->seen);
    *notes = (struct webhook_notes){0};
}

struct webhook_note *webhook_note_find(struct webhook_notes *notes, const char *name)
{
    for (size_t i = 0; i < notes->n; i++)
        if (strcmp(notes->items[i].name, name) == 0)
            return &notes->items[i];
    return NULL;
}

/* The place of a new note: a free one, or that of the oldest. */
static struct webhook_note *webhook_note_place(struct webhook_notes *notes)
{
    struct webhook_note *note;

    if (notes->n < WEBHOOK_NOTES) {
        if (notes->n == notes->room) {
            notes->room = notes->room ? 2 * notes->room : 2;
            notes->items = mem_grow(notes->items, notes->room, sizeof *notes->items);
        }
        note = &notes->items[notes->n++];
        *note = (struct webhook_note){0};
        return note;
    }
    note = &notes->items[notes->next];
    notes->next = (notes->next + 1) % WEBHOOK_NOTES;
    webhook_note_clear(note);
    return note;
}

struct webhook_note *webhook_note_make(struct webhook_notes *notes, const char *name)
{
    struct webhook_note *note = webhook_note_find(notes, name);

    if (note)
        return note;
    LOG_ASSERT(strlen(name) < sizeof note->name);
    note = webhook_note_place(notes);
    snprintf(note->name, sizeof note->name, "%s", name);
    return note;
}

void webhook_note_forget_told(struct webhook_note *note)
{
    note->told = LEVEL_UNKNOWN;
    note->told_digest[0] = '\0';
    buffer_free(&note->told_picture);
}

void webhook_note_set(char **which, const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length > most)
        length = utf8_bad_at(text, most);
    free(*which);
    *which = mem_dup_n(text, length);
}

/* As digests: ids are the platform's words, of any length. */
bool webhook_call_is_seen(const struct webhook_notes *notes, const char *id)
{
    struct digest digest = digest_of(DIGEST_SHA256, id, strlen(id));

    for (size_t i = 0; i < notes->n_seen; i++)
        if (memcmp(notes->seen[i].bytes, digest.bytes, digest.n) == 0)
            return true;
    return false;
}

void webhook_call_see(struct webhook_notes *notes, const char *id)
{
    if (!notes->seen)
        notes->seen = mem_array(WEBHOOK_SEEN, struct digest);
    notes->seen[notes->next_seen] = digest_of(DIGEST_SHA256, id, strlen(id));
    notes->next_seen = (notes->next_seen + 1) % WEBHOOK_SEEN;
    if (notes->n_seen < WEBHOOK_SEEN)
        notes->n_seen++;
}
