/* store_inside: what the files of store share; nobody else includes it.
 * Runs: ledger thread. */
#ifndef LAWCAST_LEDGER_STORE_INSIDE_H
#define LAWCAST_LEDGER_STORE_INSIDE_H

#include "gateway/base/json.h"
#include "gateway/model/campaign.h"
#include "gateway/model/delivery.h"
#include "gateway/model/numset.h"
#include "gateway/model/record.h"
#include "gateway/ledger/db.h"
#include "gateway/ledger/evidence.h"
#include "gateway/ledger/leftovers.h"
#include "gateway/ledger/leaves.h"
#include "gateway/ledger/ledger.h"
#include "gateway/ledger/store_sql.h"
#include "gateway/ledger/tally.h"
#include "gateway/ledger/texts.h"
#include "gateway/ledger/usage.h"

/* How far a closing of reports has looked through what is awaited. */
struct store_closing {
    int64_t campaign, before_ms, after;
};

#define STORE_KEYS 8 /* campaigns whose keys are remembered */

struct store_key {
    int64_t campaign; /* 0: a free place */
    struct record_key key;
};

#define STORE_TAGS 4096 /* messages whose tags are remembered */

struct store_tag {
    int64_t delivery; /* 0: a free place */
    struct record_tag tag;
};

#define STORE_TEXT_TAGS 8 /* the same for texts: thousands of messages have the same */

struct store_text_tag {
    int64_t campaign, text; /* campaign 0: a free place */
    struct record_tag tag;
};

struct store {
    struct db *db;
    struct store_tag tags[STORE_TAGS];
    struct store_text_tag text_tags[STORE_TEXT_TAGS];
    struct store_key keys[STORE_KEYS];
    struct tally tally;
    struct texts texts;
    struct usage usage;
    struct leftovers leftovers; /* rows that were due before the start and wait for room in a fetch
                                 */
    struct numset *refused;     /* numbers that want nothing; NULL: not read yet */
    struct store_closing closing;
    char *evidence; /* the folder of pictures (evidence.h) */
    char *copied;   /* what the opening has kept of books of an earlier version; NULL: nothing */
    bool pictured;  /* pictures were kept since the folder was last synced */
    struct leaves leaves;  /* the journal's tree */
    struct signer *signer; /* what signs it (store_keys.c) */
    int64_t at_ms;         /* of the operation that is being carried out */
    bool foreign_zone;     /* local days are not those that the books are kept by */
    int64_t pruned_ms;     /* when old usage was last thrown away; 0: not since the start */
    int64_t swept_ms;      /* same for awaited reports, a few of them */
};

/* Of a message: was it ever unknown? Then it never becomes what says "not sent". Stored in the
 * books: never renumber. */
enum store_doubt {
    DOUBT_NONE = 0,
    DOUBT_OPEN = 1,
    DOUBT_PROVED = 2, /* reported as delivered while a further attempt is in flight */
};

/* A report that is later than this means another message: a text lives as long as its window, and
 * networks report up to two days after. References are 8 bits, so old ones come round. */
#define STORE_REPORT_MAX_MS (INT64_C(72) * 3600 * 1000)

/* A delivery as loaded; store_change keeps state and doubted up to date. */
struct store_item {
    int64_t id, campaign, unit, address, text;
    enum delivery_channel channel;
    enum delivery_state state;
    int32_t route, slot, parts, attempts, device;
    enum store_doubt doubted;
    int64_t from_ms, until_ms, shown_since_ms;
    int64_t shown_ms, shown_until_ms; /* what counts so far, and its latest end */
    enum outcome_level level, need;
};

struct store_items {
    struct store_item *items; /* free them */
    size_t n;
};

/* One change of state. Fields that are DB_NULL leave the delivery's column as it is. */
struct store_change {
    enum delivery_state to;
    enum delivery_cause cause;
    int64_t at_ms;
    int64_t device, code, not_before_ms, level, shown_since_ms, shown_ms, shown_until_ms, up, sim,
        pool;
    const struct record_proof *proof; /* NULL: none */
    const char *detail;               /* NULL: none */
};

#define STORE_CHANGE(state, why, when)                                                             \
    {                                                                                              \
        .to = (state), .cause = (why), .at_ms = (when), .device = DB_NULL, .code = DB_NULL,        \
        .not_before_ms = DB_NULL, .level = DB_NULL, .shown_since_ms = DB_NULL,                     \
        .shown_ms = DB_NULL, .shown_until_ms = DB_NULL, .up = DB_NULL, .sim = DB_NULL,             \
        .pool = DB_NULL, .proof = NULL                                                             \
    }

/* The one function that changes the state of a delivery. item->attempts and item->doubted are
 * written as the caller left them (unknown raises a doubt by itself). Ends the process when the
 * table of states doesn't list the change or the delivery isn't in the state it was loaded in. 0 or
 * -errno. */
int store_change(struct store *store, struct store_item *item, const struct store_change *change);
/* Its companions. Books a further proof of a slogan that was shown, without a change. */
int store_improve(struct store *store, struct store_item *item, const struct store_change *change);
/* Books that a slogan was taken down with its slot still open. */
int store_note_down(struct store *store, struct store_item *item,
                    const struct store_change *change);
/* Books that the report on a sent message is awaited no longer. */
int store_note_closed(struct store *store, struct store_item *item,
                      const struct store_change *change);
/* The journal's line of a delivery that was entered, or of a change. 0 or -errno. */
int store_journal_entry(struct store *store, const struct store_item *item,
                        const struct ledger_new *row, const struct store_change *change);
int store_journal_change(struct store *store, const struct store_item *item,
                         enum delivery_state from, const struct store_change *change);
/* The line that says whose the books are: made: when they were made, in SQL. With a new key of
 * their own, and the time zone of here. 0 or -errno. */
int store_make_meta(struct store *store, const char *origin, const char *made);
/* A new secret key, as the books keep it. */
void store_key_make(char text[static RECORD_TAG_TEXT]);
void store_keys_drop(struct store *store); /* after a rollback */
/* At the opening: if a copy was put back, the journal tells so now, and what may have been sent
 * since the copy was made is in doubt. given_up: what the file beside the books has and they don't;
 * NULL: nothing. 0; 1: nobody has said that this checkpoint may be given up; or -errno. */
int store_restored(struct store *store, const char *given_up, int64_t at_ms);
/* May this campaign have sent in a time that the books have lost? 1, 0 or -errno. */
int store_is_lost(struct store *store, int64_t campaign);
/* What such a campaign enters now may have gone out then. 0 or -errno. */
int store_lose(struct store *store, struct store_item *item, int64_t at_ms);
/* What is in the books and in no record, hashed: the last record of a session. 0 or -errno. */
int store_seal(struct store *store, int64_t at_ms);
/* From here on what the last seal covers may change. 0 or -errno. */
int store_unseal(struct store *store, int64_t at_ms);

/* A line of the journal that is no delivery's: object is consumed. The table that holds the same is
 * the caller's to write, in the same transaction. 0 or -errno. */
int store_fact(struct store *store, enum record_fact fact, struct jv *object, int64_t at_ms);
/* The number of the journal's last line: of the fact or change that was just made. */
int64_t store_line(const struct store *store);
/* The books' own key (who refuses, phones of contacts), and a campaign's. 0; 1: it was erased; or
 * -errno. */
int store_own_key(struct store *store, struct record_key *key);
int store_campaign_key(struct store *store, int64_t campaign, struct record_key *key);

/* Enters a planned delivery. 0: entered, item filled; 1: it was there already.
 */
int store_enter(struct store *store, const struct ledger_new *row, struct store_item *item,
                const struct store_change *change);
/* Loads one delivery; ends the process when there is none. 0 or -errno. */
int store_load(struct store *store, int64_t id, struct store_item *item);
/* Loads the rows of a statement that was started, at most max. 0 or -errno. */
int store_list(struct store *store, enum sql_statement statement, size_t max,
               struct store_items *out);
/* Like the dispatcher wants it, with its text. 0 or -errno. */
int store_row(struct store *store, const struct store_item *item, struct ledger_row *row);
#define STORE_REFERENCE_NONE (-2) /* a report that will never come; real ones are 0..255 */

/* From now on a status report for this part is expected; reference -1: whichever it bears. */
int store_await(struct store *store, const struct store_item *item, int part, int reference,
                int64_t at_ms);
/* No report on it is awaited any more. */
int store_await_none(struct store *store, const struct store_item *item);
/* With 86 before it, if it may be a mobile number of ours: networks leave the country code out as
 * they like, the books never do. */
int64_t store_full_number(int64_t address);
/* Doubt: every part of a message may be reported, under a reference that nobody knows. */
int store_await_all(struct store *store, const struct store_item *item, int64_t at_ms);

/* Books so many parts on the SIM and its group, in the transaction of what claims them. */
void store_use(struct store *store, const struct ledger_meters *meters, int64_t parts);
/* The attempt is over. By an outcome after which the network took nothing for certain (RETURNED,
 * DEFERRED) they are given back; after any other they move to the slot in which it ended, because
 * they may have been sent as late as that. */
void store_used(struct store *store, const struct ledger_meters *meters, int64_t parts,
                const struct outcome *outcome);

/* What becomes of a message that will not be sent any more: to, or unknown if it may have been. */
enum delivery_state store_unsent(const struct store_item *item, enum delivery_state to);
/* The network's last word on a message that is not in flight: delivered or undelivered. device and
 * code may be DB_NULL. */
int store_conclude(struct store *store, struct store_item *item, const struct store_change *change);

/* Does this number want nothing? 1, 0 or -errno. */
int store_is_refused(struct store *store, int64_t address);
/* It does from now on: what is open for it becomes suppressed, or stays in doubt. suppressed: how
 * many. 1; 0: it was refused before, nothing changed; or -errno. */
int store_refuse(struct store *store, int64_t address, int64_t reply, int64_t at_ms,
                 int64_t *suppressed);
/* The same for one message that came to wait just now. 0 or -errno. */
int store_shun(struct store *store, struct store_item *item, int64_t at_ms);
/* Throws away a few of the awaited reports that are too old to come. 0 or -errno. */
int store_awaiting_prune(struct store *store, int64_t at_ms);
void store_refused_drop(struct store *store); /* after a rollback */
/* Makes the answer to a refusal, but never a second one to the same number. 1: made; 0: it was
 * answered before; or -errno. */
int store_answer_add(struct store *store, const struct ledger_op *op, int64_t reply);
/* At the start, before anything is settled: what was in flight may have been sent until now, which
 * counts for limits. 0 or -errno. */
int store_usage_recover(struct store *store, int64_t at_ms);
/* At the start: what was in flight may have been sent. 0 or -errno. */
int store_answer_recover(struct store *store, int64_t at_ms);
/* Does an answer wait for this modem? 1, 0 or -errno. */
int store_answer_waits(struct store *store, int32_t device);

/* The number of a unit, made when new, renamed when it has another name. 0 or -errno. */
int store_unit(struct store *store, const char *code, const char *name, int32_t *number);
/* The same of a board. place: where people see it; NULL: stays as it is. */
int store_board_number(struct store *store, const char *code, int32_t owner, const char *place,
                       int64_t *number);

/* Brings the messages by modem, SIM and day up to date (summary.h), in a transaction of its own. 0,
 * or -errno: readers then add up themselves. */
int store_sum(struct store *store);

/* What a campaign is about, as its facts tell it. */
struct store_content {
    const char *code, *title, *source, *windows, *targets;
    int32_t counts, leftover;
};
/* FACT_CAMPAIGN, FACT_RULES. 0 or -errno. */
int store_tell_content(struct store *store, int64_t campaign, const struct store_content *content,
                       int64_t at_ms);
int store_tell_rules(struct store *store, int64_t campaign, const struct store_content *content,
                     int64_t at_ms);

/* Units and what they owe, as LEDGER_CAMPAIGN and LEDGER_EDIT have them. */
struct store_orders {
    int64_t campaign, at_ms;
    size_t n;
    const char *const *ids, *const *names;
    const int64_t *quotas, *parents;
    bool edit;        /* what is there is changed; else it stays as it is */
    int32_t *numbers; /* out, n */
};
/* Enters units, then orders, and tells what is new or changed, those above before those below: so
 * nobody who reads the records meets a unit below one that isn't told, or below itself. 0 or
 * -errno. */
int store_orders(struct store *store, const struct store_orders *orders);

/* The unit's messages by state, whichever network they go to. 0 or -errno. */
int store_unit_states(struct store *store, int64_t campaign, int64_t unit,
                      int64_t n[DELIVERY_STATES]);
struct store_quota_ask {
    int64_t campaign, unit;
    bool count_sent; /* enum counting */
};
struct store_quota {
    int64_t vacancies; /* how many more living messages the unit may have: not counting those that
                          are only planned. Below 0: the quota was lowered */
    int64_t planned, deferred;
};
int store_quota(struct store *store, const struct store_quota_ask *ask, struct store_quota *out);
/* A campaign that reaches, since an edit or an extension, into a time that the books have lost:
 * what is open may have gone out. Of any other nothing is done. 0 or -errno. */
int store_lose_again(struct store *store, int64_t campaign, int64_t at_ms);

/* The operations. 0 with op->result set, or -errno. */
int store_campaign(struct store *store, struct ledger_op *op);
int store_insert(struct store *store, struct ledger_op *op);
int store_planned(struct store *store, struct ledger_op *op);
int store_fetch(struct store *store, struct ledger_op *op);
int store_claim(struct store *store, struct ledger_op *op);
int store_settle(struct store *store, struct ledger_op *op);
int store_report(struct store *store, struct ledger_op *op);
int store_show(struct store *store, struct ledger_op *op);
int store_withdraw(struct store *store, struct ledger_op *op);
int store_showings(struct store *store, struct ledger_op *op);
int store_expire(struct store *store, struct ledger_op *op);
int store_sim(struct store *store, struct ledger_op *op);
int store_modem(struct store *store, struct ledger_op *op);
int store_recall(struct store *store, struct ledger_op *op);
int store_receive(struct store *store, struct ledger_op *op);
int store_answer(struct store *store, struct ledger_op *op);
int store_answered(struct store *store, struct ledger_op *op);
int store_close_reports(struct store *store, struct ledger_op *op);
int store_boards(struct store *store, struct ledger_op *op);
int store_board(struct store *store, struct ledger_op *op);
int store_release(struct store *store, struct ledger_op *op);
int store_refuse_numbers(struct store *store, struct ledger_op *op);
int store_attach(struct store *store, struct ledger_op *op);
int store_contacts(struct store *store, struct ledger_op *op);
int store_erase(struct store *store, struct ledger_op *op);
int store_cosigned(struct store *store, struct ledger_op *op);
int store_rotate(struct store *store, struct ledger_op *op);
int store_steer(struct store *store, struct ledger_op *op);
int store_steered(struct store *store, struct ledger_op *op);
int store_cancel(struct store *store, struct ledger_op *op);
int store_approve(struct store *store, struct ledger_op *op);
int store_edit(struct store *store, struct ledger_op *op);

#endif
