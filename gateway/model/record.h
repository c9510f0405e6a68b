/* record: one leaf of the log: a line of the journal as everybody can read and hash it.
 * Runs: any (pure).
 *
 * A record is a line of fields with a tab between them; "-" is an empty one. Numbers are decimal,
 * times are milliseconds since 1970, tags are 64 lower-case hexadecimal digits. Texts never hold a
 * control character (they become blanks). The first field says what it is:
 *
 *   E  at delivery campaign unit channel route who slot parts alphabet from until need text cause
 *        a delivery was entered into the books
 *   C  at delivery campaign unit who from_state to_state cause device sim code level shown_ms
 *        proof detail
 *        its state changed, or something was noted about it (from_state = to_state)
 *   F  at kind {json}
 *        a fact: who the units are, what was ordered, who refuses, what was erased, ...
 *
 * who is the number of a board in the books, or the tag of a phone number; text a tag too. A tag is
 * a commitment that only who knows the salt can open: tag = SHA-256(salt | data), salt =
 * HMAC-SHA-256(key, data), data = "number:8613800000000" or "text:..." Without the campaign's key
 * nobody can try numbers until one fits; with the salt of one number, this one alone can be shown
 * to be meant. proof of a showing is from_ms:until_ms:counted_ms:level:digest:file. */
#ifndef LAWCAST_MODEL_RECORD_H
#define LAWCAST_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

#define RECORD_NONE     INT64_MIN /* an empty number */
#define RECORD_KEY      32        /* bytes of a campaign's key */
#define RECORD_TAG      32
#define RECORD_TAG_TEXT (2 * RECORD_TAG + 1) /* with its NUL */
#define RECORD_MOST     (64 * 1024)          /* bytes of a line */

struct record_tag {
    unsigned char bytes[RECORD_TAG];
};

/* Secret. A tag costs five rounds of SHA-256. */
struct record_key {
    unsigned char bytes[RECORD_KEY];
};
/* The tag, and its salt unless NULL. */
void record_tag_number(const struct record_key *key, int64_t number, struct record_tag *tag,
                       struct record_tag *salt);
void record_tag_text(const struct record_key *key, const char *text, struct record_tag *tag,
                     struct record_tag *salt);
/* Does the salt open the tag for this number or text? */
bool record_opens_number(const struct record_tag *tag, const struct record_tag *salt,
                         int64_t number);
bool record_opens_text(const struct record_tag *tag, const struct record_tag *salt,
                       const char *text);
void record_tag_hex(const struct record_tag *tag, char text[static RECORD_TAG_TEXT]);
/* 64 lower-case digits. 0, or 1: they are not. */
int record_tag_parse(const char *text, size_t length, struct record_tag *tag);

enum record_kind { RECORD_ENTRY, RECORD_CHANGE, RECORD_FACT };

/* Stored in the journal: never renumber, only append. */
enum record_fact {
    FACT_LOG = 1,  /* {"origin","version","timezone"}: the first record of all */
    FACT_KEY = 2,  /* {"public","note"}: checkpoints are signed by this key from here on; note: the
                      same text signed by the key before, "" of the first one or when the key
                      before was lost ("lost":true) */
    FACT_UNIT = 3, /* {"unit","code","name"}: is made, or gets this name */
    FACT_CAMPAIGN =
        4, /* {"campaign","code","title","windows","targets","source"}: source is the SHA-256 */
    FACT_ORDER = 5,   /* {"campaign","unit","quota","position"} */
    FACT_BOARD = 6,   /* {"board","code","owner","place"}: is made, or changes */
    FACT_DEVICE = 7,  /* {"device","name"} */
    FACT_SIM = 8,     /* {"sim","name"} */
    FACT_PLANNED = 9, /* {"campaign"}: completely entered */
    FACT_REFUSAL =
        10, /* {"who","refuses","source","reply","note"}: tags by the books' own key; note: or "" */
    FACT_RELEASE = 11, /* {"board","released","by"} */
    FACT_STRAY = 12,   /* {"device","reference","status"}: a report that belongs to no message */
    FACT_CONTACT =
        13, /* {"unit","name","position","phone"}: phone: tag by the books' own key, or "" */
    FACT_ACTIVITY = 14, /* {"campaign","unit","held","place","participants","content"} */
    FACT_PHOTO = 15,    /* {"campaign","unit","name","file"}: file: SHA-256 and suffix */
    FACT_ERASED = 16,   /* {"campaign","deliveries","reason","by"} */
    FACT_CLOCK = 17,    /* {"from"}: this record's time lies before that of the last one */
    FACT_RESTORED = 18, /* {"lost","mark","from","until"}: a copy was put back; the checkpoint of
                           what is lost with it, "" when none is known; SHA-256 of the file that was
                           beside the key; ms between which it may have been */
    FACT_UPGRADED = 19, /* {"from","to"}: versions of the books */
    FACT_SEAL = 20,     /* {"tables":{name:sha256,...}}: what is in the books and in no record */
    FACT_DEADLINE =
        21,           /* {"campaign","contacts"}: by when responsible persons are to be named, ms */
    FACT_OPENED = 22, /* {"version"}: a session begins, so the seal before it holds no longer */
    FACT_STEERED = 23, /* {"scope","verb","campaign","name","value","by"}: words of model/steer.h;
                          campaign: its code, "" for all; value: a number or null */
    FACT_APPROVED = 24, /* {"campaign","content","prepared","approver","note"}: codes and names;
                           content: SHA-256; note: signed by the approver's key */
    FACT_EDITED = 25,   /* {"campaign","content","by"}: told before its FACT_CAMPAIGN, FACT_ORDER,
                           FACT_RULES are told anew */
    FACT_RULES = 26,    /* {"campaign","counts","leftover"}: enum counting, enum leftover */
    FACTS
};
const char *record_fact_name(enum record_fact fact);                /* "key"; NULL: no such */
enum record_fact record_fact_find(const char *name, size_t length); /* 0: no such */

struct record_proof {
    bool there;
    int64_t from_ms, until_ms, counted_ms, level;
    const char *digest, *file; /* "": none */
};

struct record_entry {
    int64_t delivery, campaign, unit, channel, route;
    int64_t board;            /* channel display */
    struct record_tag number; /* channel SMS */
    int64_t slot, parts, alphabet, from_ms, until_ms, need;
    struct record_tag text;
    int64_t cause;
};

struct record_change {
    int64_t delivery, campaign, unit;
    bool is_board; /* who: board, or number */
    int64_t board;
    struct record_tag number;
    int64_t from, to, cause;
    int64_t device, sim, code, level, shown_ms; /* RECORD_NONE: nothing told */
    struct record_proof proof;
    const char *detail; /* "" or NULL: none */
};

struct record {
    enum record_kind kind;
    int64_t at_ms;
    union {
        struct record_entry entry;
        struct record_change change;
        struct {
            enum record_fact fact;
            const char *text; /* the JSON object */
        } fact;
    };
};

/* Writes the line, without a line break; what was in the buffer is gone. */
void record_write(const struct record *record, struct buffer *line);
/* Reads one, and refuses whatever record_write would not have written byte for byte. Texts are lent
 * from line's copy in room, which must live as long as the record. 0, or 1: it is none. */
int record_read(const char *line, size_t length, struct buffer *room, struct record *out);

#endif
