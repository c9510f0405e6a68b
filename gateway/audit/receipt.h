/* receipt: what proves to one citizen what became of one message, or that a refusal was recorded: a
 * text of less than 2 KB that anybody can check without the books and without this program's word.
 * Runs: any (pure).
 *
 *   lawcast receipt v1
 *   campaign ID TITLE
 *   unit ID NAME
 *   number 8613800000000
 *   state delivered 2026-10-31T08:31:02+08:00
 *   key PUBLIC KEY
 *   salt 64 hexadecimal digits
 *   record C ...                            a line of the log (record.h)
 *
 *   c2sp.org/tlog-proof@v1                  from here on a proof as c2sp.org/tlog-proof has it:
 *   index 17                                of the record above, in the log
 *   base64 of a hash, each a line           of the checkpoint below
 *
 *   the checkpoint
 *
 * Of a refusal there is no campaign and no unit, its state is "refuses", or "accepts" when it was
 * taken back, and its record is a fact.
 *
 * The salt shows that the record means this number, and lets nobody try others (record.h). state
 * says again what the record does. The log knows campaign and unit by number only: what they are
 * called is the word of whoever wrote the receipt. */
#ifndef LAWCAST_AUDIT_RECEIPT_H
#define LAWCAST_AUDIT_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/merkle.h"
#include "gateway/base/note.h"
#include "gateway/base/sign.h"
#include "gateway/model/delivery.h"
#include "gateway/model/record.h"

#define RECEIPT_TITLE  "lawcast receipt v1\n" /* what each begins with */
#define RECEIPT_MOST   (16 * 1024)            /* bytes that are read */
#define RECEIPT_RECORD 1024                   /* bytes of a record in one */

struct receipt {
    char campaign[65], title[128]; /* of a message, as unit and name are */
    char unit[33], name[128];
    int64_t number; /* 86 first */
    char public[SIGN_TEXT_MOST];
    struct record_tag salt;
    char record[RECEIPT_RECORD + 1];
    uint64_t index;
    struct merkle_proof proof;
    struct buffer note;
};

#define RECEIPT_FREE_LATER __attribute__((cleanup(receipt_free)))
void receipt_free(struct receipt *receipt);

/* Takes texts over as far as there is room; control characters become blanks. */
void receipt_name(struct receipt *receipt, const char *campaign, const char *title,
                  const char *unit, const char *name);
/* 0; 1: the record is none of a message or refusal, or too long: nothing is added. */
int receipt_write(const struct receipt *receipt, struct buffer *out);
/* 0, or 1: it is none. Refuses whatever receipt_write would not have written byte for byte. The
 * receipt is zeroed or was read before. */
int receipt_read(const char *text, size_t length, struct receipt *out);
#define RECEIPT_TIME 32
/* "2026-10-31T08:31:02+08:00", as receipts tell times on whatever machine. False: a year that has
 * more than four digits, or comes before 1970. */
bool receipt_time(int64_t at_ms, char text[static RECEIPT_TIME]);
/* How long the receipt is that text begins with, when others may follow: all of it, or up to the
 * next one's first line. */
size_t receipt_extent(const char *text, size_t length);

enum receipt_about { RECEIPT_MESSAGE, RECEIPT_REFUSAL };

/* What a record says of its message, or of who refuses. */
struct receipt_facts {
    enum receipt_about about;
    int64_t at_ms;
    int64_t delivery, campaign, unit; /* of a message */
    enum delivery_state state;        /* of a message */
    bool refuses;                     /* of a refusal; false: it was taken back */
    uint64_t size;                    /* of the log that was signed */
    char origin[SIGN_NAME_MOST];      /* which log */
};

enum receipt_verdict {
    RECEIPT_GOOD,
    RECEIPT_OTHER_NUMBER, /* the salt doesn't open the record's tag for this number */
    RECEIPT_NOT_IN_LOG,   /* the hashes don't lead from the record to the checkpoint */
    RECEIPT_OTHER_KEY,    /* the checkpoint isn't signed by the key */
    RECEIPT_FORGED,       /* its signature by the key is wrong */
    RECEIPT_NO_RECORD,    /* what was read is no record of a message or refusal, or the checkpoint
                             no checkpoint */
};
/* key: NULL: the one that the receipt names, which proves only that it is whole. facts are filled
 * unless RECEIPT_NO_RECORD. */
enum receipt_verdict receipt_check(const struct receipt *receipt, const struct sign_public *key,
                                   struct receipt_facts *facts);

#endif
