/* attach_line: what a unit hands in, in the words of the control socket.
 * Runs: any (pure).
 *
 *   attach CAMPAIGN UNIT TIME PLACE CONTENT PARTICIPANTS PHOTOS
 *     texts: "=" and their UTF-8 in hexadecimal digits, "-": not told; PARTICIPANTS: decimal, or
 *     "-"; PHOTOS: NAME:FILE, commas between them, or "-". FILE lies in the folder of evidence
 *     already, durable, under its SHA-256 and suffix.
 *
 * answered, once the books have it, by {"ok":"attach", "result", "added"}; result: "taken", "none"
 * (no such campaign, or unit in it) or "full" (too many photos). */
#ifndef LAWCAST_CONTROL_ATTACH_LINE_H
#define LAWCAST_CONTROL_ATTACH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/ledger/ledger.h"

#define ATTACH_WORDS_MOST   200  /* bytes of time, place, a file's name and codes */
#define ATTACH_CONTENT_MOST 8000 /* bytes; a record has room for it */
#define ATTACH_PEOPLE_MOST  10000000

struct attach_line {
    char *campaign, *unit;        /* owned, as the others are */
    char *held, *place, *content; /* NULL: not told */
    int64_t participants;         /* -1: not told */
    char *names[LEDGER_PHOTOS], *files[LEDGER_PHOTOS];
    size_t n;
};

/* Is it text without control characters, at most so many bytes? lines: line breaks are welcome. */
bool attach_text_is_fine(const char *text, size_t most, bool lines);
/* The op's campaign, unit, activity and photos, whose files are set. 0, or 1: a text is not fine.
 */
int attach_line_write(const struct ledger_op *op, struct buffer *line);
/* From words as control.h splits them. 0, or 1: they are not such a line. Release it either way. */
int attach_line_read(size_t n, char *const *words, struct attach_line *out);
void attach_line_release(struct attach_line *line);

#endif
