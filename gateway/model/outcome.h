/* outcome: how one attempt ended. Exactly one for every accepted delivery.
 * Runs: any (plain data).
 *
 *   SENT      the network or the board took it (all parts of it)
 *   REJECTED  it never will: the recipient or the content is at fault (code, detail)
 *   DEFERRED  certainly not sent; try again, not before wait_ms from now (code, detail)
 *   UNKNOWN   it may have been sent: no answer, a crash, or only some parts went out (detail)
 *   RETURNED  never touched; no attempt is charged (the device was lost before) */
#ifndef LAWCAST_MODEL_OUTCOME_H
#define LAWCAST_MODEL_OUTCOME_H

#include <stdint.h>

enum outcome_kind {
    OUTCOME_SENT,
    OUTCOME_REJECTED,
    OUTCOME_DEFERRED,
    OUTCOME_UNKNOWN,
    OUTCOME_RETURNED,
    OUTCOME_KINDS
};

#define OUTCOME_PARTS_MAX 16 /* the most parts that one message may have */

/* What a board's showing is proved by; stored in the books: never renumber. */
enum outcome_level {
    LEVEL_UNKNOWN = 0,
    LEVEL_ACCEPTED = 1,   /* the board or its platform said yes */
    LEVEL_STORED = 2,     /* read back from the board's list */
    LEVEL_PLAYING = 3,    /* the board says that it plays now */
    LEVEL_SCREENSHOT = 4, /* a picture of the frame buffer is kept */
    LEVEL_LOGGED = 5,     /* the device's play log */
};

/* What the attempt tells about the modem, for its lane. */
enum outcome_advice {
    ADVICE_NONE,
    ADVICE_REST, /* let this modem rest for rest_ms: the network is busy */
};

struct outcome {
    enum outcome_kind kind;
    enum outcome_advice advice;
    int64_t rest_ms;  /* with ADVICE_REST */
    int code;         /* CMS/CME number, HTTP status, board error; 0: none; -1: an
                         error without a number */
    int64_t wait_ms;  /* DEFERRED: at least this long */
    int n_references; /* by modem: SENT: one a part, in order; UNKNOWN: of the parts that were taken
                         before it became doubtful, 0 when that isn't known */
    int references[OUTCOME_PARTS_MAX]; /* 0..255 (3GPP TS 23.040, 9.2.3.6), or -1: none given */
    char detail[120];                  /* one sentence in English, for the books */
};

/* A status report of the network about one part (3GPP TS 23.040, 9.2.2.3). */
enum report_kind { REPORT_DELIVERED, REPORT_PENDING, REPORT_FAILED };

struct status_report {
    enum report_kind kind;
    int64_t address; /* digits of the number, country code included when the network gave it */
    int reference;   /* 0..255 */
    int status;      /* TP-Status, 0..255 (9.2.3.15) */
    int64_t sent_ms; /* TP-SCTS, ms since 1970; 0: not given */
};

#endif
