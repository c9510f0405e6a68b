/* webhook_notes: what a webhook remembers of its slogans from request to request. Lost by a
 * restart. Runs: any. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_NOTES_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"
#include "gateway/model/outcome.h"
#include "gateway/model/sight.h"

enum { WEBHOOK_NOTES = 256, WEBHOOK_SEEN = 256 };

struct webhook_note {
    char name[SIGHT_NAME];
    char *id;        /* the platform's own; NULL: not told */
    char *failure;   /* what a call has said; NULL: nothing since it was published */
    int64_t edition; /* 0: the first publication; else when the later one began, s since 1970 */
    bool settled;    /* the next publication is another one, not a repetition */
    enum outcome_level told;    /* by calls, since the last question */
    char told_digest[65];       /* of the call */
    struct buffer told_picture; /* with LEVEL_SCREENSHOT */
};

struct webhook_notes {
    struct webhook_note *items; /* a ring of the last WEBHOOK_NOTES names */
    size_t n, room, next;
    struct digest *seen; /* a ring of what calls were named */
    size_t n_seen, next_seen;
};

void webhook_notes_free(struct webhook_notes *notes);
/* NULL: that name isn't known. Lent until the next make. */
struct webhook_note *webhook_note_find(struct webhook_notes *notes, const char *name);
/* The same, but makes it. */
struct webhook_note *webhook_note_make(struct webhook_notes *notes, const char *name);
void webhook_note_forget_told(struct webhook_note *note);
/* Copies text in place of *which, at most most bytes. */
void webhook_note_set(char **which, const char *text, size_t most);

/* Has a call of that id been here? */
bool webhook_call_is_seen(const struct webhook_notes *notes, const char *id);
void webhook_call_see(struct webhook_notes *notes, const char *id);

#endif
