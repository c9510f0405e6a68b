/* ledger: the books. What is true is here, on disk; everything else is a window onto it.
 * Runs: loop (this interface); the work is done by the ledger thread, the only thread of lawcast.
 *
 * The loop posts operations into a mailbox. The thread takes all that is there, carries it out in
 * order in one transaction, commits it durably (SQLite: WAL, synchronous=FULL), and hands the
 * operations back; done is called on the loop, in the order of posting. A commit in progress is the
 * time in which the next batch gathers: there is no timer. When done is called, what the operation
 * wrote survives a power cut.
 *
 * When a commit fails (disk full, disk gone, books moved away), the thread undoes the batch, has
 * trouble called (see ledger_open), waits a second and tries the same batch again, until it works
 * or the ledger is closed. Nothing is lost and, because a claim isn't answered before it is
 * durable, nothing is sent meanwhile.
 *
 * Every change of state goes through one function that checks delivery_may_change, keeps the counts
 * per campaign, unit, channel and state, and writes the journal, all in the same transaction. */
#ifndef LAWCAST_LEDGER_LEDGER_H
#define LAWCAST_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/list.h"
#include "gateway/base/option.h"
#include "gateway/base/sign.h"
#include "gateway/model/delivery.h"
#include "gateway/model/health.h"
#include "gateway/model/inbound.h"
#include "gateway/model/lane_state.h"
#include "gateway/model/meter.h"
#include "gateway/model/outcome.h"
#include "gateway/model/sight.h"
#include "gateway/model/steer.h"

enum ledger_op_kind {
    LEDGER_CAMPAIGN, /* enter a campaign, or find it */
    LEDGER_INSERT,   /* a chunk of planned deliveries */
    LEDGER_PLANNED,  /* the campaign is completely entered */
    LEDGER_FETCH,    /* planned, deferred -> due: the dispatcher's window, refilled */
    LEDGER_CLAIM,    /* due -> inflight; result -EALREADY: a report about an earlier attempt has
                        settled the message meanwhile, or its recipient has refused: it must not be
                        sent (nothing changed) */
    LEDGER_SETTLE,   /* inflight -> by outcome */
    LEDGER_REPORT,   /* a status report: sent, unknown -> delivered, undelivered; also of a message
                        that waits for its next attempt after an unknown one */
    LEDGER_SHOW,     /* sent, unknown -> shown: a slogan was read back from its board; and each
                        further proof of it, also of one that is withdrawn (a play log comes late) */
    LEDGER_WITHDRAW, /* sent, shown -> withdrawn; of others only noted that they are not up. open:
                        sent and shown stay so, because their slot isn't over: noted in the journal,
                        and the next LEDGER_SHOWINGS brings them back */
    LEDGER_SHOWINGS, /* slogans of a board that may still be up, and those that were taken down
                        open (row.up false): unless their slot is over meanwhile, the books take
                        them for up from then on. campaign 0: whatever may be up, in any state,
                        and nothing else */
    LEDGER_EXPIRE,   /* planned, due, deferred -> expired, a chunk; unknown if it ever was */
    LEDGER_SIM,      /* find or make a SIM or a limit group, with what it has sent lately */
    LEDGER_RECALL,   /* the numbers of modems, made when new, and what is remembered of each */
    LEDGER_MODEM,    /* how a modem stands, for `lawcast modems` and the next start */
    LEDGER_RECEIVE,  /* a part of a message that came in; a refusal suppresses at once */
    LEDGER_ANSWER,   /* take the next answer to a refusal that this modem has to send */
    LEDGER_ANSWERED, /* and how that ended */
    LEDGER_BOARDS,   /* the numbers of boards, made when new and used, which are released, and
                        where something may be up */
    LEDGER_BOARD,    /* how a board stands, for `lawcast boards` */
    LEDGER_RELEASE,  /* a board is its owner's alone from now on, or ours again */
    LEDGER_CLOSE,    /* stop awaiting reports that are too old (sms.report_close), a chunk */
    LEDGER_REFUSE,   /* numbers want nothing any more, or take that back: by hand or from a list */
    LEDGER_ATTACH,   /* what a unit hands in after the day: when, where, who, photos */
    LEDGER_CONTACTS, /* who is responsible in each unit; noted when it has changed */
    LEDGER_ERASE,    /* numbers and personal texts of a campaign that is over, out of the books */
    LEDGER_COSIGNED, /* a checkpoint that another office has signed, too */
    LEDGER_ROTATE,   /* checkpoints are signed by another key from now on */
    LEDGER_STEER,    /* a person's word about a campaign, unit, modem or board, for ever */
    LEDGER_STEERED,  /* all such words about campaigns and units that are still in force */
    LEDGER_CANCEL,   /* planned, due, deferred -> cancelled, a chunk; unknown if it ever was */
    LEDGER_APPROVE,  /* a second person has approved this content of a campaign */
    LEDGER_EDIT,     /* a campaign gets another content: windows, quotas, lists, rules */
    LEDGER_OPS
};

/* One delivery as the dispatcher needs it. text is owned by the row. */
struct ledger_row {
    int64_t id;
    int64_t address; /* number, or the board's number in the books */
    char *text;
    int32_t parts;
    int32_t attempts; /* so far */
    int32_t device;   /* of the last attempt; 0: none yet */
    int32_t slot;     /* boards: number of the slot in the campaign */
    int64_t from_ms, until_ms;
    enum delivery_state state; /* SHOWINGS: sent, shown; unknown, expired, rejected: in doubt since
                                  a crash or an UNKNOWN, so it may be up */
    int64_t shown_since_ms;    /* SHOWINGS: 0 unless shown */
    bool up;                   /* SHOWINGS: it may be on the board now; false: taken down open */
    enum outcome_level level;
    enum outcome_level need; /* boards: what proves less doesn't count */
    int64_t campaign;        /* SHOWINGS with campaign 0: which one; else 0 */
    char *code;              /* same: its id in the campaign file, owned by the row; else NULL */
};

struct ledger_new {
    int32_t unit; /* the unit's number in the books (LEDGER_CAMPAIGN hands them out) */
    enum delivery_channel channel;
    int64_t address; /* number, or the board's number in the books */
    int32_t slot;    /* messages: 0 */
    char *text;      /* owned by the op */
    int32_t parts;
    int32_t alphabet; /* enum sms_alphabet */
    int64_t from_ms, until_ms;
    bool reserve;  /* kept apart, drawn when one of the unit's messages fails */
    bool personal; /* the text has fields of this recipient: it goes when the campaign is erased */
    int32_t route; /* messages: enum phone_operator of the number; boards: 0 */
    int32_t need;  /* boards: enum outcome_level (display.level); messages: 0 */
};

/* What a claim uses up, each in its own slot (model/meter.h); 0: nothing is metered there. */
struct ledger_meters {
    int32_t sim, group; /* numbers from LEDGER_SIM */
    int64_t slot;       /* of the claim */
    int64_t end_slot; /* SETTLE, ANSWERED: in which the attempt ended: its parts move there, unless
                         they are given back or it is no later than slot */
};

/* What the books know of a board at the start. */
struct ledger_board {
    int64_t number; /* from 1; 0: not known, and not made either */
    bool released;
    bool up; /* the books call something up there, of whichever campaign */
};

/* What the books remember of a modem. */
struct ledger_memory {
    int32_t device;   /* its number, from 1 */
    bool paused;      /* by a person */
    bool answers;     /* some wait for it */
    int64_t pin_mark; /* of a PIN that must not be tried; 0: none */
    char imsi[24];    /* last seen in it; "": none */
    int32_t error;    /* see modem.error */
    int64_t error_ms;
};

/* Stored in the books: never renumber. */
enum refusal_source { REFUSAL_REPLY = 0, REFUSAL_COMMAND = 1, REFUSAL_IMPORT = 2 };

#define LEDGER_PHOTOS 3 /* a unit hands in for a campaign, at most */

struct ledger_photo {
    const char *name; /* of the file, without folders */
    const char *data;
    size_t length;
    const char *type; /* "jpg", "png" */
    const char *file; /* its name in the folder of evidence, where it is already; NULL: data is
                         told, and goes there */
};

struct ledger_op;
typedef void ledger_done(struct ledger_op *op);

struct ledger_op {
    enum ledger_op_kind kind;
    int result; /* 0, a positive code of the kind, below, or negative: not done, see ledger_close */
    int64_t at_ms;     /* wall time that goes into the journal; set by ledger_post */
    ledger_done *done; /* on the loop; may free or post the op again */
    void *owner;
    struct list link; /* the ledger's while posted */
    int64_t campaign; /* its number in the books; CAMPAIGN: out; SHOWINGS: 0 means any */
    union {
        struct { /* result LEDGER_CHANGED: known with another source; nothing done */
            const char *id, *title, *source, *windows; /* windows: JSON of [[from_ms,to_ms],...] */
            size_t n_units;
            const char *const *unit_ids, *const *unit_names;
            const int64_t *quotas;  /* 0 for units without an order */
            const int64_t *parents; /* index into unit_ids: whose figures include the unit's; -1:
                                       nobody's. No circles. NULL: all -1. Told when new */
            int32_t *unit_numbers;  /* out, n_units */
            size_t n_boards;
            const char *const *board_ids;
            const int32_t *board_owners;     /* index into unit_ids */
            int64_t *board_numbers;          /* out, n_boards */
            const char *const *board_places; /* n_boards; where people see it */
            const char *targets;      /* JSON of [[unit code or "", places, items, minutes],...] */
            int32_t counts, leftover; /* enum counting, enum leftover; told when new */
            bool resend;              /* what a restart left unknown goes on to deferred, */
            int32_t attempts_max;     /* ... but for its last attempt; 0: no limit */
            bool planned;             /* out: LEDGER_PLANNED was done before */
        } campaign_is;
        struct {
            struct ledger_new *rows;
            size_t n;
            size_t inserted; /* out: fewer than n when some were there already */
        } insert;
        struct {
            int32_t unit;  /* sms: only this unit's; display: not looked at */
            int32_t route; /* sms: only this network's; display: not looked at */
            enum delivery_channel channel;
            int64_t address;    /* display: only this board's; sms: not looked at */
            int32_t parts_most; /* sms: rows with more parts stay as they are; 0: no bound */
            bool count_sent;    /* enum counting: undelivered ones call no reserve */
            bool again; /* also rows that are due already: first fetch after a start. Those that
                           find no room come first in the following fetches */
            size_t max; /* 0: only asks (next_ms, awaiting) and changes nothing */
            struct ledger_row
                *rows; /* room for max; out. Slots that passed are expired, not handed out; due
                          rows only with again: otherwise the dispatcher holds them */
            size_t n;  /* out */
            int64_t next_ms; /* out: when the next pending row may be fetched; 0: now; INT64_MAX:
                                none */
            size_t awaiting; /* out: messages of the unit and route that are sent; with max 0 only
                                those on which a report is still awaited */
            bool oversize;   /* out: such rows are open */
            int64_t open_parts; /* out: planned, due, in flight and deferred, unit and route */
            int64_t
                taken; /* out, sms: the unit's, whichever network: tried, and not waiting again */
        } fetch;
        struct {
            int64_t id;
            int32_t device; /* see LEDGER_RECALL */
            struct ledger_meters meters;
        } claim;
        struct {
            int64_t id;
            int32_t device;
            struct outcome outcome;
            bool resend;          /* unknown goes on to deferred, but for the last attempt */
            int32_t attempts_max; /* deferred for the last time becomes expired, or unknown if it
                                     ever was; 0: no limit */
            struct ledger_meters meters; /* as in the claim, with end_slot; given back by RETURNED
                                            and DEFERRED, when the network took nothing for
                                            certain */
            enum outcome_level level;
            int32_t state; /* out: enum delivery_state */
        } settle;
        struct { /* result LEDGER_UNMATCHED, LEDGER_PENDING (nothing changed) */
            int32_t device;
            int32_t sim;   /* that it came to; 0: its number isn't known (yet) */
            char imsi[24]; /* of that SIM, for then; "": not known either */
            struct status_report report;
            int64_t id;    /* out: which delivery, 0: none */
            int32_t state; /* out: its state now (sent while parts are missing, inflight when an
                              earlier attempt is meant: counted when this one ends) */
        } report;
        struct {
            int64_t id;
            enum outcome_level level;
            /* SHOW: it was on the screen from from_ms to until_ms (wall time), proved at both ends
             * by at least level; equal: nothing is proved but the level. An interval that is known
             * already (same delivery, beginning and level) changes nothing. Intervals below the
             * delivery's need are booked and don't count, and no time counts twice. One that can't
             * be (negative, longer than a week) proves only the level. A proof of a slogan whose
             * publication isn't settled, or that was written off, changes nothing. */
            int64_t from_ms, until_ms;
            struct evidence evidence; /* SHOW: lent until done. A picture is written durably to the
                                         folder <books>.evidence, under its SHA-256, before the
                                         commit; one that can't be written is left out (logged) and
                                         the level becomes LEVEL_PLAYING at most. Without a picture
                                         (a screen gives only some, screen.h) the digest is all
                                         that is kept */
            bool open;                /* WITHDRAW: its slot isn't over */
            int32_t code;
            char detail[120];
        } show;
        struct { /* all lent until done */
            const char *const *codes;
            const char *const *owners; /* unit codes, made when new with the name of units */
            const char *const *owner_names;
            const bool *used;            /* others aren't made; NULL: all are used */
            struct ledger_board *boards; /* out, n */
            size_t n;
        } boards;
        struct {
            int64_t number;
            enum lane_state state; /* paused: released or quiet time; down before that */
            bool clear; /* released or quiet, and nothing of ours is on it, whatever is open */
            char why[160];
            struct sight sight; /* what isn't told stays as it was */
            int64_t
                seen_ms; /* wall time of the last answer; 0: none in this run, stays as it was */
        } board;
        struct {
            const char *code; /* lent until done; a board that the books don't know is made */
            const char *owner, *owner_name;
            bool released;
            char by[80]; /* who: "command", "owner weather (HTTP 192.0.2.7)" */
        } release;
        struct {                    /* arrays lent until done */
            const int64_t *numbers; /* full ones, 86 first */
            size_t n;
            bool lift;                  /* they want messages again */
            enum refusal_source source; /* by command or from a list */
            const char *note;           /* evidence: who asked how; "": none. Lent until done */
            size_t changed;             /* out: the others were so already */
            int64_t suppressed;         /* out: messages that were open for them */
        } refuse;
        struct { /* all lent until done; result LEDGER_NONE: no such campaign or unit in it,
                    LEDGER_FULL: too many photos, LEDGER_OPEN: a file isn't there */
            const char *campaign, *unit; /* codes */
            bool activity;               /* the next four are told */
            const char *held, *place, *content;
            int64_t participants; /* -1: not known */
            const struct ledger_photo *photos;
            size_t n_photos;
            size_t added; /* out: photos that weren't there */
        } attach;
        struct { /* all lent until done; empty name: nobody is named */
            const char *const *units, *const *names, *const *positions, *const *phones; /* codes */
            size_t n;
            int64_t deadline_ms; /* by which they had to be named for the campaign; 0: none */
        } contacts;
        struct { /* result LEDGER_NONE: no such campaign, LEDGER_OPEN: something is open still,
                    LEDGER_KNOWN: it was erased before */
            const char *campaign, *reason, *by; /* lent until done */
            int64_t
                strangers_ms;   /* replies of before that belong to no campaign go, too; 0: none */
            int64_t deliveries; /* out */
            int64_t strangers;  /* out: such replies */
        } erase;
        struct {              /* result LEDGER_NONE: the books have no such checkpoint */
            const char *note; /* lent until done; verified by the caller */
        } cosigned;
        struct {
            const struct sign_key
                *key; /* lent until done; its file is the caller's business. The
                         ledger signs no more: close it, rename the file, open it */
        } rotate;
        struct {
            int64_t address;
            int64_t after; /* campaign 0: only greater ids */
            size_t max;
            struct ledger_row *rows;
            size_t n;
        } showings;
        struct {
            size_t max;
            size_t n; /* out: written off now; less than max: no more */
        } expire;
        struct {
            const char *name;  /* "imsi:460...", "modem:bank-a/17", "group:pool" */
            const char *group; /* of a SIM: what it has sent since since_ms counts there too, once,
                                  when it was in another before; NULL: none. Lent until done */
            int64_t since_ms;  /* older slots aren't wanted */
            bool joined;       /* out: that was done now */
            int32_t number;    /* out, from 1 */
            struct meter_use *uses; /* out; free them */
            size_t n;
        } sim;
        struct { /* both lent until done */
            const char *const *names;
            struct ledger_memory *memories; /* out, n */
            size_t n;
        } recall;
        struct {
            int32_t device;
            int32_t sim; /* 0: not known yet; what isn't known of health neither ("") stays */
            enum lane_state state;
            char why[160];
            struct modem_health health;
            int64_t pin_mark; /* of a PIN that must not be tried; 0: none */
            bool paused;      /* by a person */
            int32_t error;    /* the last error code of an outcome; 0: none ever */
            int64_t error_ms;
        } modem;
        struct { /* result LEDGER_KNOWN: it was there already, nothing changed */
            int32_t device;
            struct inbound inbound;
            const struct option_strings *refusal_words; /* lent until done */
            const char *answer; /* to a refusal; NULL: none; lent until done */
            bool refusal;       /* out: it was one, and the number is suppressed now */
            bool answered;      /* out: an answer waits for this modem */
            int64_t suppressed; /* out: messages that will not be sent */
        } receive;
        struct { /* result LEDGER_NONE: there is none, or what waited is a day old and given up */
            int32_t device;
            struct ledger_meters meters; /* of one part */
            int64_t id;                  /* out */
            int64_t address;             /* out */
            char *text;                  /* out, owned by the op's owner; NULL with LEDGER_NONE */
        } answer;
        struct {
            int64_t id;
            int32_t device;
            struct ledger_meters meters;
            struct outcome outcome; /* RETURNED: it waits again; DEFERRED: same, up to the fifth
                                       attempt; all others end it */
        } answered;
        struct {
            int64_t before_ms; /* sent earlier than this */
            size_t max;
            size_t n; /* out */
        } close;
        struct { /* result LEDGER_NONE: no such campaign in the books */
            struct steer steer;
            char by[80]; /* who: "command user:lo", "window" */
        } steer;
        struct {                  /* campaign 0: of all */
            struct steer *steers; /* out, oldest first; what is superseded is left out; free them */
            size_t n;
        } steered;
        struct {
            int32_t unit;                  /* 0: of all; for boards see channel and address */
            enum delivery_channel channel; /* 0: of both */
            int64_t address;               /* display: only this board's, 0: all */
            size_t max;
            size_t n; /* out: done now; less than max: no more */
        } cancel;
        struct { /* all lent until done; the note was verified by the caller. LEDGER_KNOWN: the same
                    approver has approved the same content before */
            const char *campaign; /* code; the books needn't know it yet */
            const char *content;  /* 64 hexadecimal digits */
            const char *prepared, *approver, *note;
        } approve;
        struct { /* all lent until done; result LEDGER_NONE: no such campaign; LEDGER_FULL: a quota
                    is lower than what the unit has sent already (nothing changed) */
            const char *id, *title, *source, *windows, *targets, *content, *by;
            size_t n_units;
            const char *const *unit_ids, *const *unit_names;
            const int64_t *quotas;  /* 0 for units without an order; an order can't go */
            const int64_t *parents; /* as in campaign_is; NULL: as they were */
            int32_t counts, leftover;
        } edit;
    };
};

enum {
    LEDGER_OK = 0,
    LEDGER_CHANGED = 1,
    LEDGER_UNMATCHED = 2,
    LEDGER_PENDING = 3,
    LEDGER_KNOWN = 4,
    LEDGER_NONE = 5,
    LEDGER_FULL = 6,
    LEDGER_OPEN = 7,
};

struct ledger;

/* What the opening found and did about what was in flight when the books were last closed. */
struct ledger_recovery {
    int64_t unknown;  /* messages now in doubt */
    int64_t repeated; /* slogans that go out again (idempotent) */
};

/* Opens or makes the books, settles what was in flight, starts the thread. 0, or -errno with a
 * sentence in the user's language in why (a path that can't be opened, another program's file,
 * books of a newer version, damaged ones; -EAGAIN: in use by another gateway). trouble: called on
 * the loop when writing fails (message) and when it works again (NULL). */
int ledger_open(struct ledger **out, uv_loop_t *loop, const char *path,
                void (*trouble)(void *ctx, const char *message), void *ctx,
                struct ledger_recovery *recovery, char *why, size_t why_size);
/* Hands op over until its done. */
void ledger_post(struct ledger *ledger, struct ledger_op *op);
size_t ledger_pending(const struct ledger *ledger); /* operations whose done was not called yet */
/* Stops waiting for a disk that can't be written: what fails now, and all that comes after it, is
 * given up (result -ECANCELED, as in ledger_close). For an operator who doesn't want to wait any
 * longer. */
void ledger_resign(struct ledger *ledger);
/* Ends the thread after the mailbox is empty, closes the books, then calls closed (on the loop).
 * Nothing may be posted any more. With trouble, what could not be written is tried once more and
 * then given up: its done is called with result -ECANCELED (free it, believe nothing of it), and
 * the next opening treats it as a crash does. */
void ledger_close(struct ledger *ledger, void (*closed)(void *ctx), void *ctx);

void ledger_row_release(struct ledger_row *row); /* frees its text and code */

#endif
