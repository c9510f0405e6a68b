/* line: the language of the loop and its modem agents, one line of ASCII text each.
 * Runs: any (pure).
 *
 *   to the agent    pin DIGITS                              the answer to needpin
 *                   send ID NUMBER REPORT SECONDS HEX       HEX is the text in UTF-8
 *                   forget PLACE                            delete it from the SIM
 *   from the agent  health REGISTRATION DBM CDMA IMEI IMSI SMSC HEX HEX     network and model in
 *                                                           hexadecimal; "-" when not known
 *                   ready                                   after the first health, as are
 *                                                           reports and what came in
 *                   beat                                    still here
 *                   sent ID REFERENCE,REFERENCE...          one a part, -1: none given
 *                   deferred ID CODE WAIT_MS DETAIL
 *                   rejected|returned ID CODE DETAIL
 *                   unknown ID CODE REFERENCES DETAIL       of the parts that were taken, "-": none
 *                   report NUMBER REFERENCE STATUS SENT_MS  NUMBER 0: it was unreadable
 *                   inbound PLACE SENDER SENT_MS REFERENCE TOTAL SEQ HEX
 *                                                           SENDER and text in hexadecimal
 *                   doubt WHAT                              the modem said what fits no message
 *                   needpin                                 the SIM asks for it, --pin was given
 *                   tookpin                                 it is the right one
 *                   badpin                                  the SIM refused the PIN; barred follows
 *                   down WHY                                takes nothing any more
 *                   barred WHY                              same, and trying again soon is no use
 *
 * Words are parted by one space; DETAIL, WHAT and WHY are the rest of the line. A line that is
 * anything else is refused as a whole: whoever reads it ends the conversation, because the two
 * sides no longer agree about what was said. The agent ends when its input ends. After "down" and
 * "barred" the agent answers each send that crossed it with "returned", so that a message isn't in
 * doubt for want of a microsecond. */
#ifndef LAWCAST_MODEM_LINE_H
#define LAWCAST_MODEM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/model/health.h"
#include "gateway/model/inbound.h"
#include "gateway/model/outcome.h"

#define LINE_TEXT_MAX   5000  /* bytes of UTF-8: more than OUTCOME_PARTS_MAX parts can hold */
#define LINE_LENGTH_MAX 10240 /* bytes of a line, its end not counted */

#define LINE_BEAT_MS 20000 /* an agent says something at least so often, but while it sends */

enum line_kind {
    LINE_PIN,
    LINE_SEND,
    LINE_FORGET,
    LINE_HEALTH,
    LINE_READY,
    LINE_BEAT,
    LINE_RESULT,
    LINE_REPORT,
    LINE_INBOUND,
    LINE_DOUBT,
    LINE_NEED_PIN,
    LINE_TOOK_PIN,
    LINE_BAD_PIN,
    LINE_DOWN,
    LINE_BARRED,
};

struct line_send {
    uint64_t id;
    int64_t number; /* 86... */
    bool want_report;
    int64_t valid_s;  /* how long the network may try; 0: as long as it likes */
    const char *text; /* valid UTF-8, 1..LINE_TEXT_MAX bytes */
    size_t length;
};

/* Points into itself: not to be copied. */
struct line {
    enum line_kind kind;
    struct line_send send;
    uint64_t id;            /* RESULT */
    struct outcome outcome; /* RESULT */
    struct status_report report;
    struct modem_health health;   /* HEALTH */
    struct inbound inbound;       /* INBOUND; ticket: the place in the SIM's memory */
    uint32_t place;               /* FORGET */
    char pin[9];                  /* PIN */
    char why[160];                /* DOUBT, DOWN, BARRED */
    char text[LINE_TEXT_MAX + 1]; /* what send.text points at */
};

/* Each adds one line with its end. text: at most LINE_TEXT_MAX bytes. Control characters in a
 * sentence become spaces. */
void line_add_send(struct buffer *out, const struct line_send *send);
void line_add_pin(struct buffer *out, const char *pin); /* 4 to 8 digits */
void line_add_forget(struct buffer *out, uint32_t place);
void line_add_health(struct buffer *out, const struct modem_health *health);
/* READY, BEAT, NEED_PIN, TOOK_PIN, BAD_PIN: lines of one word. */
void line_add_word(struct buffer *out, enum line_kind kind);
void line_add_inbound(struct buffer *out, const struct inbound *inbound);
void line_add_result(struct buffer *out, uint64_t id, const struct outcome *outcome);
void line_add_report(struct buffer *out, const struct status_report *report);
void line_add_doubt(struct buffer *out, const char *what);
void line_add_down(struct buffer *out, const char *why);
void line_add_barred(struct buffer *out, const char *why);

/* Understands one line without its end. 0, or 1: nonsense. */
int line_parse(const char *text, size_t length, struct line *line);

enum line_take { LINE_TAKEN = 0, LINE_NONE = 1, LINE_NONSENSE = 2 };
/* Takes the first whole line off in. LINE_NONE: there is none yet. */
enum line_take line_take(struct buffer *in, struct line *line);

#endif
