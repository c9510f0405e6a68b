/* recipients: CSV files to ready messages, in pieces that never hold up the loop.
 * Runs: loop. csvfile.h reads the files; this adds numbers, duplicates and texts.
 *
 * UTF-8, UTF-8 with a byte-order mark, and GB18030 (recognised when the file is not UTF-8). The
 * first line names the columns: one of number columns (手机, 手机号, 手机号码, 电话, 联系电话,
 * 号码, phone, mobile, number, msisdn; any case) and any others, which templates may use.
 * Separator: comma, semicolon or tab, whichever the header has most of.
 *
 * A reader walks all orders of a campaign in file order, recipients before reserve, and hands out
 * one ready message (number, text, parts) or one refusal at a time. A number that was already
 * handed out in this campaign is refused as a duplicate, whatever unit it was for. A list that is
 * not what campaign->source says of it (recipients_read_list) is an error at its end. */
#ifndef LAWCAST_CONFIG_RECIPIENTS_H
#define LAWCAST_CONFIG_RECIPIENTS_H

#include "gateway/base/buffer.h"
#include "gateway/base/diag.h"
#include "gateway/model/campaign.h"
#include "gateway/model/operators.h"
#include "gateway/model/phone.h"
#include "gateway/model/sms_text.h"

enum refusal {
    REFUSAL_NUMBER, /* see phone_class */
    REFUSAL_DUPLICATE,
    REFUSAL_TOO_LONG, /* more parts than sms.max_parts */
    REFUSAL_TEXT,     /* not decodable, a control character */
    REFUSAL_COLUMNS,  /* fewer or more fields than the header */
    REFUSALS
};

struct recipient {
    size_t order;     /* index into campaign->orders */
    bool reserve;     /* of the reserve file, or past the quota in the recipients file */
    const char *file; /* lent by the campaign */
    int64_t line;     /* physical line where the row begins, 1 = header */
    bool refused;
    /* refused: */
    enum refusal why;
    enum phone_class phone_class; /* REFUSAL_NUMBER */
    const char *raw; /* the number field as written (UTF-8), lent until the next call */
    /* not refused: */
    int64_t number;
    enum phone_operator route; /* the number's network, as office->operators has it */
    const char *text;          /* ready message, lent until the next call */
    enum sms_alphabet alphabet;
    int parts;
    bool has_gap;  /* a field that the template uses is empty in this row */
    bool personal; /* the message has fields of the row */
};

struct recipients; /* opaque reader */

/* Opens nothing yet. Lends campaign and office. */
struct recipients *recipients_open(const struct campaign *campaign, const struct office *office);
void recipients_close(struct recipients *reader);
/* The next row: 0, 1: no more rows, negative errno: a file could not be read (the message is in
 * diag, with its place); reading can't go on. A call does a bounded amount of work (one row, at
 * most 64 KiB of I/O). */
int recipients_next(struct recipients *reader, struct recipient *row, struct diag *diag);
/* "recipients.csv" has a header without these: used by config_read_campaign. Reads the header of
 * path: 0, or 1 with errors in diag. columns: owned by the caller (free each and the array). */
int recipients_read_header(const char *path, struct diag *diag, struct option_strings *columns);
/* Which of the columns holds the numbers. 0, or -EINVAL with errors in diag. */
int recipients_find_number(const struct option_strings *columns, const char *path,
                           struct diag *diag, size_t *column);
/* Reads a list of the campaign to its end: 0, or 1 with errors in diag. Adds the line by which
 * campaign->source knows it, "# list city.csv bytes=123 fingerprint=0123456789abcdef". */
int recipients_read_list(const struct campaign *campaign, const char *path, struct diag *diag,
                         struct buffer *line);
/* The reason of a refusal as a sentence in the user's language. */
const char *recipients_reason(const struct recipient *row);

#endif
