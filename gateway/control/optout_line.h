/* optout_line: refusals in the words of the control socket.
 * Runs: any (pure).
 *
 *   optout add|lift|import NOTE NUMBERS     NOTE: its UTF-8 in hexadecimal digits, "-": none;
 *                                           NUMBERS: full ones, commas between them
 *
 * answered, once the books have it, by {"ok":"optout", "numbers", "changed", "suppressed"}. */
#ifndef LAWCAST_CONTROL_OPTOUT_LINE_H
#define LAWCAST_CONTROL_OPTOUT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/ledger/ledger.h"

#define OPTOUT_NOTE_MAX 300 /* bytes */

struct optout_line {
    bool lift;
    enum refusal_source source;
    char *note;       /* "": none; owned */
    int64_t *numbers; /* owned */
    size_t n;
};

/* Text without control characters, not too long. */
bool optout_note_is_fine(const char *note);
/* Writes a line with as many numbers from the first on as it has room for; that many, at least one.
 */
size_t optout_line_write(const struct optout_line *what, struct buffer *line);
/* From words as control.h splits them. 0, or 1: they are not such a line. Release it either way. */
int optout_line_read(size_t n, char *const *words, struct optout_line *out);
void optout_line_release(struct optout_line *line);

#endif
