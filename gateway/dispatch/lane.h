/* lane: one modem at work: it pulls a message, claims it, sends it, and books the outcome.
 * Runs: loop.
 *
 * The claim is durable before the modem is asked.
 * Work is pulled by the lane that is free, so a hung or slow modem never holds messages that
 * another could send. The claim of the next message and the outcome of the last one share a commit.
 *
 * What holds a lane back decides its state (model/lane_state.h), which goes into the books. It is
 * ready only when the books have said what its SIM has sent lately, and a message is claimed only
 * when the meters of its SIM and of its group have room. */
#ifndef LAWCAST_DISPATCH_LANE_H
#define LAWCAST_DISPATCH_LANE_H

#include "gateway/model/lane_state.h"
#include "adapters/adapter.h"
#include "gateway/dispatch/meters.h"
#include "gateway/dispatch/work.h"

/* A message on its way, and where it came from. */
struct lane_task {
    struct work *work;
    struct queue *queue;
    struct rate *rates[2]; /* the campaign's, its unit's */
    struct ledger_row row;
};

struct lane; /* opaque */

struct lane_events {
    /* The next message for this lane; false: nothing now (lane_pull is called when there is). */
    bool (*next)(void *ctx, struct lane *lane, struct lane_task *task);
    /* An outcome, a report, a part that came in, or the end of an answer is in the books. */
    void (*settled)(void *ctx, struct queue *queue, enum delivery_state state);
    void (*reported)(void *ctx, int result, enum delivery_state state);
    void (*received)(void *ctx, bool refusal);
    void (*answered)(void *ctx);
    /* Call lane_pull in so many ms. */
    void (*waits)(void *ctx, int64_t ms);
    void (*stopped)(void *ctx);
};

/* What is true for all lanes, kept by the caller. */
struct lane_day {
    int64_t open_ms;          /* campaigns may still send for so long today */
    int64_t answers_until_ms; /* answers to refusals may be sent until then; 0: not now */
    bool shut;                /* nobody takes a message now */
};

struct lane_setup {
    const struct adapter *adapter;
    struct adapter_env env; /* events and ctx are the lane's */
    const struct office *office;
    struct ledger *ledger;
    struct meters *meters;
    const struct lane_day *day;
};

/* NULL with a sentence in why when the adapter refuses its configuration. */
struct lane *lane_new(const struct lane_setup *setup, char *why, size_t why_size);
/* memory: what the books know of it. false: it can't be started (logged); stopped does not follow
 * then. */
bool lane_start(struct lane *lane, const struct ledger_memory *memory,
                const struct lane_events *events, void *ctx);
/* Takes the next message if it is free. */
void lane_pull(struct lane *lane);
/* Looks at the clock and tells the books what they should know, about every 200 ms. */
void lane_tick(struct lane *lane);
/* At once, and for good once the books have it. */
void lane_pause(struct lane *lane, bool paused);
/* At most so many parts an hour: its own rate, its bank's; lent until it is freed. NULL: none. */
void lane_rate(struct lane *lane, struct rate *own, struct rate *bank);
/* The system's clock was set, or a rate: what it said about waiting is void. */
void lane_forget_waits(struct lane *lane);
void lane_stop(struct lane *lane); /* stopped follows */
/* Another configuration, whose modem is this one but for its limits (model/modem_change.h). */
void lane_adopt(struct lane *lane, const struct office *office, const struct modem *modem);
bool lane_is_leaving(const struct lane *lane); /* it was stopped */
bool lane_is_over(const struct lane *lane);    /* and may be freed */
void lane_forget_rival(struct lane *lane, const struct lane *gone); /* before that one is freed */
/* Stops it, and doesn't wait for what the modem has: the modem is ended, and its message is in doubt
 * unless the answer was on its way. true: it had one, and this is the first time. */
bool lane_abandon(struct lane *lane);
/* So it was, and its message is in doubt. */
bool lane_is_doubted(const struct lane *lane);
void lane_free(struct lane *lane); /* after stopped, or never started */

const struct modem *lane_modem(const struct lane *lane);
const struct office *lane_office(const struct lane *lane); /* that the modem is of */
int32_t lane_device(const struct lane *lane); /* its number in the books */
bool lane_is_paused(const struct lane *lane); /* by a person */
enum lane_state lane_state(const struct lane *lane);
/* Why it is not ready; "" when it is, and while it starts. */
const char *lane_why(const struct lane *lane);
/* The network of its SIM. */
enum phone_operator lane_network(const struct lane *lane);
/* Nothing is lent to the modem, nothing of this lane is on its way to the books. */
bool lane_is_quiet(const struct lane *lane);
/* Nothing but what is lent to the modem keeps it from being quiet. */
bool lane_is_settled(const struct lane *lane);
bool lane_has_lent(const struct lane *lane);
int64_t lane_heard(const struct lane *lane); /* status reports, until now */
/* The wall time at which it stops waiting; INT64_MAX: it doesn't wait for a time. */
int64_t lane_next_ms(const struct lane *lane);

/* While it asks for the next message: may it send so many parts? */
enum meter_bound lane_ask(struct lane *lane, int64_t parts);
/* How long it will take to send a message of so many parts. */
int64_t lane_needs_ms(const struct lane *lane, int64_t parts);
/* It sends, or soon will: neither paused nor at the limit of an hour or a day; down only while it
 * begins. */
bool lane_is_usable(const struct lane *lane);
/* Its limit group; NULL: none, or not known yet. */
struct gauge *lane_group(const struct lane *lane);
struct rate *lane_bank_rate(const struct lane *lane); /* NULL: none */
/* Of a usable one: parts that it can still carry when left_ms of sending time are left; INT64_MAX:
 * it only begins, so that isn't known. */
int64_t lane_capacity(const struct lane *lane, int64_t now_ms, int64_t left_ms);

#endif
