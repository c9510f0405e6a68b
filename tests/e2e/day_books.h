/* day_books: the chain of journal lines of every delivery, held against the simulator's log.
 * Runs: any (blocks; for tests).
 *
 * What the books have to explain: each message that the network took lies within one claim of its
 * delivery, by the modem that the claim names, between the claim's line and the next one; each
 * chain is without a gap, in allowed steps, and ends in the state that the books tell. */
#ifndef LAWCAST_TESTS_E2E_DAY_BOOKS_H
#define LAWCAST_TESTS_E2E_DAY_BOOKS_H

#include "gateway/base/json.h"
#include "gateway/ledger/books_records.h"
#include "gateway/model/record.h"
#include "tests/e2e/day_kit.h"

#define CHAIN_CLAIMS  4
#define CHAIN_DEVICES 16
#define CHAINS_MOST   20000
#define CHAIN_NAME    sizeof((struct books_delivery *)0)->device

struct chain_claim {
    int64_t from_ms, until_ms; /* until: the next line; NEVER: there is none */
    int64_t device;
};

struct chain {
    int lines, unit; /* lines 0: there is no such delivery */
    enum delivery_channel channel;
    enum delivery_state state;
    int64_t at_ms, cause, address;
    struct chain_claim claims[CHAIN_CLAIMS];
    int n_claims;
    bool taken, doubted;
};

struct chains {
    const struct day *day;
    struct books *books;
    struct chain *chains; /* by the delivery's number */
    int64_t n;
    char devices[CHAIN_DEVICES][CHAIN_NAME];
    size_t steered, edited, reserve;
};

static inline struct chain *chain_of(struct chains *chains, int64_t delivery)
{
    assert_in_range(delivery, 1, CHAINS_MOST - 1);
    if (delivery > chains->n)
        chains->n = delivery;
    return &chains->chains[delivery];
}

static inline void chain_enter(struct chains *chains, const struct record *record)
{
    const struct record_entry *entry = &record->entry;
    struct chain *chain = chain_of(chains, entry->delivery);

    assert_int_equal(chain->lines, 0);
    *chain = (struct chain){.lines = 1,
                            .unit = DAY_ALL,
                            .channel = (enum delivery_channel)entry->channel,
                            .at_ms = record->at_ms,
                            .cause = entry->cause};
}

/* Messages are claimed inside windows only. */
static inline void chain_claim(const struct chains *chains, struct chain *chain,
                               const struct record *record)
{
    const struct day_plan *plan = &chains->day->plan;
    bool inside = chain->channel != CHANNEL_SMS;

    for (size_t w = 0; w < DAY_WINDOWS; w++)
        inside = inside || (record->at_ms >= plan->windows[w].from_ms &&
                            record->at_ms < plan->windows[w].to_ms);
    if (!inside)
        fail_msg("delivery %lld was claimed outside the windows",
                 (long long)record->change.delivery);
    assert_in_range(chain->n_claims, 0, CHAIN_CLAIMS - 1);
    chain->claims[chain->n_claims++] =
        (struct chain_claim){record->at_ms, DAY_NEVER_MS, record->change.device};
}

/* What a killed gateway left in the air may arrive when the next one has begun. */
static inline void chain_settle(struct chain *chain, const struct record *record)
{
    bool killed = record->change.cause == CAUSE_RESTART;

    chain->claims[chain->n_claims - 1].until_ms = record->at_ms + (killed ? DAY_SOON_MS : 0);
    chain->doubted = chain->doubted || killed;
}

static inline void chain_change(struct chains *chains, const struct record *record)
{
    const struct record_change *change = &record->change;
    struct chain *chain = chain_of(chains, change->delivery);

    assert_true(chain->lines++ > 0);
    if (change->from != (int64_t)chain->state)
        fail_msg("delivery %lld was %s, and changes from %lld", (long long)change->delivery,
                 delivery_state_name(chain->state), (long long)change->from);
    assert_true(record->at_ms >= chain->at_ms);
    chain->at_ms = record->at_ms;
    if (chain->state == DELIVERY_INFLIGHT && change->from != change->to &&
        chain->channel == CHANNEL_SMS)
        chain_settle(chain, record);
    if (change->from == change->to)
        return;
    assert_true(
        delivery_may_change((enum delivery_state)change->from, (enum delivery_state)change->to));
    chain->state = (enum delivery_state)change->to;
    chain->cause = change->cause;
    chains->reserve += change->cause == CAUSE_RESERVE;
    if (chain->state == DELIVERY_INFLIGHT && chain->channel == CHANNEL_SMS)
        chain_claim(chains, chain, record);
}

/* Devices by their numbers; and who said what is told. */
static inline void chain_fact(struct chains *chains, const struct record *record)
{
    const char *text = record->fact.text;
    struct jv *fact = jv_parse(text, strlen(text), NULL);
    int64_t device = jv_number(jv_member(fact, "device"), 0);
    const char *by = jv_text(jv_member(fact, "by"));

    assert_non_null(fact);
    if (record->fact.fact == FACT_DEVICE) {
        assert_in_range(device, 1, CHAIN_DEVICES - 1);
        snprintf(chains->devices[device], CHAIN_NAME, "%s", jv_text(jv_member(fact, "name")));
    }
    if (record->fact.fact == FACT_STEERED || record->fact.fact == FACT_EDITED) {
        assert_non_null(by);
        if (strncmp(by, "user ", 5) != 0)
            fail_msg("a word by \"%s\"", by);
        chains->steered += record->fact.fact == FACT_STEERED;
        chains->edited += record->fact.fact == FACT_EDITED;
    }
    jv_free(fact);
}

static inline int chain_line(void *ctx, const struct books_line *line)
{
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct record record;

    assert_non_null(line->line);
    assert_int_equal(record_read(line->line, line->length, &room, &record), 0);
    if (record.kind == RECORD_ENTRY)
        chain_enter(ctx, &record);
    else if (record.kind == RECORD_CHANGE)
        chain_change(ctx, &record);
    else
        chain_fact(ctx, &record);
    return 0;
}

/* The cause that a message's end must have. */
static inline void chain_explain(const struct chain *chain, int64_t id)
{
    bool explained = true;

    switch (chain->state) {
    case DELIVERY_SENT:
        explained = chain->cause == CAUSE_OUTCOME;
        break;
    case DELIVERY_DELIVERED:
    case DELIVERY_UNDELIVERED:
        explained = chain->cause == CAUSE_REPORT;
        break;
    case DELIVERY_REJECTED:
        explained = chain->cause == CAUSE_OUTCOME;
        break;
    case DELIVERY_UNKNOWN:
        explained = chain->cause == CAUSE_RESTART;
        break;
    case DELIVERY_EXPIRED:
        explained = chain->cause == CAUSE_WINDOW && chain->unit != DAY_NORTH;
        break;
    case DELIVERY_CANCELLED:
        explained = chain->cause == CAUSE_CANCEL && chain->unit == DAY_NORTH;
        break;
    case DELIVERY_PLANNED: /* of the reserve, when nobody failed */
    default:
        explained = false;
    }
    if (!explained)
        fail_msg("delivery %lld of unit %d ended %s by %s", (long long)id, chain->unit,
                 delivery_state_name(chain->state),
                 delivery_cause_name((enum delivery_cause)chain->cause));
}

static inline int chain_delivery(void *ctx, const struct books_delivery *delivery)
{
    struct chains *chains = ctx;
    struct chain *chain = chain_of(chains, delivery->id);

    assert_true(chain->lines > 0);
    assert_int_equal(chain->state, delivery->state);
    assert_int_equal(chain->channel, delivery->channel);
    assert_int_equal(chain->at_ms, delivery->changed_ms);
    if (delivery->channel != CHANNEL_SMS)
        return 0;
    chain->address = delivery->address;
    chain->unit = day_unit_of(chains->day, delivery->address);
    assert_in_range(chain->unit, 0, DAY_UNITS - 1);
    assert_string_equal(delivery->unit, chains->day->plan.units[chain->unit].id);
    chain_explain(chain, delivery->id);
    return 0;
}

static inline struct chain *chain_find(struct chains *chains, int64_t address)
{
    for (int64_t id = 1; id <= chains->n; id++)
        if (chains->chains[id].address == address)
            return &chains->chains[id];
    fail_msg("the books don't know %lld", (long long)address);
    return NULL;
}

/* Modem K of the simulator by our name: bank a begins with the first, bank b with the third. */
static inline int chain_modem(const char *device)
{
    return (*device == 'a' ? 0 : 2) + atoi(device + 2);
}

static inline void chain_take(struct chains *chains, const struct sim_event *event)
{
    struct chain *chain = chain_find(chains, event->number);
    const struct chain_claim *claim = NULL;

    if (chain->taken)
        fail_msg("%lld got two messages", (long long)event->number);
    chain->taken = true;
    for (int i = 0; i < chain->n_claims; i++)
        if (event->t >= chain->claims[i].from_ms && event->t <= chain->claims[i].until_ms)
            claim = &chain->claims[i];
    if (!claim)
        fail_msg("%lld got a message that nobody had claimed", (long long)event->number);
    assert_in_range(claim->device, 1, CHAIN_DEVICES - 1);
    assert_int_equal(chain_modem(chains->devices[claim->device]), event->modem);
}

static inline void chains_compare(struct chains *chains)
{
    struct sim_events events = sim_client_events(chains->day->sim);
    int64_t unknown = 0, doubted = 0, taken = 0;

    for (size_t i = 0; i < events.n; i++)
        if (strcmp(events.items[i].event, "accepted") == 0)
            chain_take(chains, &events.items[i]);
    sim_events_free(&events);
    for (int64_t id = 1; id <= chains->n; id++) {
        const struct chain *chain = &chains->chains[id];
        bool sent = chain->state == DELIVERY_SENT || chain->state == DELIVERY_DELIVERED ||
                    chain->state == DELIVERY_UNDELIVERED;

        if (!chain->lines || chain->channel != CHANNEL_SMS)
            continue;
        unknown += chain->state == DELIVERY_UNKNOWN;
        doubted += chain->doubted;
        taken += chain->taken;
        if (chain->state != DELIVERY_UNKNOWN && sent != chain->taken)
            fail_msg("%lld is %s in the books", (long long)chain->address,
                     delivery_state_name(chain->state));
    }
    print_message("%lld deliveries, %lld taken by the network, %lld once in doubt, %lld still\n",
                  (long long)chains->n, (long long)taken, (long long)doubted, (long long)unknown);
    assert_in_range(doubted, unknown, DAY_MODEMS); /* one kill */
}

/* Of campaign 1. */
static inline void chains_check(struct chains *chains, const struct day *day)
{
    char why[256];

    *chains = (struct chains){.day = day, .chains = mem_array(CHAINS_MOST, struct chain)};
    assert_int_equal(books_open(&chains->books, day->stage.books, why, sizeof why), 0);
    assert_int_equal(books_lines(chains->books, 1, INT64_MAX, chain_line, chains), 0);
    assert_int_equal(books_deliveries(chains->books, 1, chain_delivery, chains), 0);
    books_close(chains->books);
    chains_compare(chains);
    free(chains->chains);
}

#endif
