/* meters: what every SIM and every limit group has sent. See meters.h.
 * Runs: loop. */
#include "gateway/dispatch/meters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/hours.h"

#define TAB_AGAIN_MS 1000 /* what is in flight over midnight soon ends */

struct meters {
    struct ledger *ledger;
    void (*loaded)(void *ctx, struct gauge *gauge);
    void *ctx;
    struct gauge **gauges; /* each at an address of its own: lanes keep pointers */
    size_t n, room, asking;
};

struct meters *meters_new(struct ledger *ledger, void (*loaded)(void *ctx, struct gauge *gauge),
                          void *ctx)
{
    struct meters *meters = mem_new(struct meters);

    meters->ledger = ledger;
    meters->loaded = loaded;
    meters->ctx = ctx;
    return meters;
}

void meters_free(struct meters *meters)
{
    if (!meters)
        return;
    LOG_ASSERT(!meters->asking);
    for (size_t i = 0; i < meters->n; i++) {
        LOG_ASSERT(!meters->gauges[i]->open);
        meter_free(meters->gauges[i]->meter);
        free(meters->gauges[i]);
    }
    free(meters->gauges);
    free(meters);
}

bool meters_are_quiet(const struct meters *meters)
{
    return !meters->asking;
}

static struct gauge *meters_find(struct meters *meters, const char *name)
{
    struct gauge *gauge;

    for (size_t i = 0; i < meters->n; i++)
        if (strcmp(meters->gauges[i]->name, name) == 0)
            return meters->gauges[i];
    if (meters->n == meters->room) {
        meters->room = meters->room ? 2 * meters->room : 64;
        meters->gauges = mem_grow(meters->gauges, meters->room, sizeof(struct gauge *));
    }
    gauge = meters->gauges[meters->n++] = mem_new(struct gauge);
    snprintf(gauge->name, sizeof gauge->name, "%s", name);
    gauge->meters = meters;
    return gauge;
}

static void meters_answered(struct ledger_op *op)
{
    struct gauge *gauge = op->owner;
    struct meters *meters = gauge->meters;

    gauge->asking = false;
    meters->asking--;
    if (op->result < 0) {
        free(op->sim.uses); /* of a batch that was given up */
        log_error("sim=%s: the books don't say what it has sent", gauge->name);
        return;
    }
    gauge->number = op->sim.number;
    gauge->meter = meter_new(&gauge->limits);
    meter_load(gauge->meter, op->sim.uses, op->sim.n);
    if (op->sim.joined && gauge->group->meter)
        meter_load(gauge->group->meter, op->sim.uses, op->sim.n);
    free(op->sim.uses);
    meters->loaded(meters->ctx, gauge);
}

static void meters_ask(struct gauge *gauge)
{
    if (gauge->meter || gauge->asking)
        return;
    gauge->asking = true;
    gauge->meters->asking++;
    gauge->op = (struct ledger_op){
        .kind = LEDGER_SIM,
        .done = meters_answered,
        .owner = gauge,
        .sim = {.name = gauge->name,
                .group = gauge->group ? gauge->group->name : NULL,
                .since_ms = clock_wall_ms() - METER_LOAD_MS},
    };
    ledger_post(gauge->meters->ledger, &gauge->op);
}

static bool meters_same_limits(const struct meter_limits *a, const struct meter_limits *b)
{
    return a->per_hour == b->per_hour && a->per_day == b->per_day;
}

static bool gauge_fits(const struct gauge *gauge, const struct meters_card *card)
{
    return meters_same_limits(&gauge->limits, card->limits) && gauge->group == card->group;
}

/* In another modem a SIM may have other limits, or another group: its meter is made anew from the
 * books, once they have answered all that the old one knows. */
static void gauge_fit(struct gauge *gauge, const struct meters_card *card)
{
    if (gauge_fits(gauge, card) || gauge->asking || gauge->open)
        return;
    meter_free(gauge->meter);
    gauge->meter = NULL;
    gauge->limits = *card->limits;
    gauge->group = card->group;
}

struct gauge *meters_take_sim(struct meters *meters, const struct meters_card *card, void *holder,
                              void **other)
{
    struct gauge *gauge = meters_find(meters, card->name);

    *other = gauge->holder;
    if (gauge->holder && gauge->holder != holder)
        return NULL;
    gauge_fit(gauge, card);
    if (!gauge_fits(gauge, card))
        return NULL;
    gauge->holder = holder;
    meters_ask(gauge);
    return gauge;
}

void meters_release_sim(struct gauge *gauge, const void *holder)
{
    if (gauge && gauge->holder == holder)
        gauge->holder = NULL;
}

struct gauge *meters_group(struct meters *meters, const char *id, const struct meter_limits *limits)
{
    MEM_FREE_LATER char *name = mem_printf("group:%s", id);
    struct gauge *gauge = meters_find(meters, name);

    gauge->limits = *limits;
    meters_ask(gauge);
    return gauge;
}

void meters_limit_sim(struct gauge *gauge, const struct meter_limits *limits)
{
    gauge->limits = *limits;
    if (gauge->meter)
        meter_limit(gauge->meter, limits);
}

void meters_limit_group(struct meters *meters, const char *id, const struct meter_limits *limits)
{
    MEM_FREE_LATER char *name = mem_printf("group:%s", id);

    for (size_t i = 0; i < meters->n; i++)
        if (strcmp(meters->gauges[i]->name, name) == 0)
            meters_limit_sim(meters->gauges[i], limits);
}

/* What was claimed yesterday and is still in flight may be sent today. */
static void gauge_turn(struct gauge *gauge, int64_t now_ms)
{
    if (now_ms >= gauge->day_from_ms && now_ms < gauge->day_to_ms)
        return;
    gauge->day_to_ms = hours_next(now_ms, 0);
    gauge->day_from_ms = now_ms;
    gauge->day++;
    gauge->late += gauge->flying;
    gauge->flying = 0;
}

static uint32_t gauge_lift(struct gauge *gauge, int64_t slot, int32_t parts, int64_t now_ms)
{
    gauge_turn(gauge, now_ms);
    meter_add(gauge->meter, slot, parts);
    gauge->flying += parts;
    gauge->open++;
    return gauge->day;
}

static void gauge_land(struct gauge *gauge, uint32_t day, int32_t parts)
{
    int64_t *held = day == gauge->day ? &gauge->flying : &gauge->late;

    LOG_ASSERT(*held >= parts);
    *held -= parts;
}

static enum meter_bound gauge_ask(struct gauge *gauge, int64_t now_ms, int64_t open_ms,
                                  int64_t parts, int64_t *again_ms)
{
    enum meter_bound bound;

    gauge_turn(gauge, now_ms);
    bound = meter_ask(gauge->meter, now_ms, open_ms, parts, again_ms);
    if (bound != METER_FREE || !gauge->late || !gauge->limits.per_day ||
        meter_day_parts(gauge->meter, now_ms) + gauge->late + parts <= gauge->limits.per_day)
        return bound;
    *again_ms = now_ms + TAB_AGAIN_MS;
    return METER_DAY;
}

static enum meter_bound tab_ask_gauges(const struct tab *tab, int64_t now_ms, int64_t open_ms,
                                       int64_t *again_ms, const struct gauge **which)
{
    int64_t group_again_ms = 0;
    enum meter_bound bound, group_bound;

    *again_ms = 0;
    *which = tab->sim;
    bound = gauge_ask(tab->sim, now_ms, open_ms, tab->parts, again_ms);
    if (!tab->group)
        return bound;
    group_bound = gauge_ask(tab->group, now_ms, open_ms, tab->parts, &group_again_ms);
    if (group_bound == METER_FREE || (bound != METER_FREE && *again_ms >= group_again_ms))
        return bound;
    *again_ms = group_again_ms;
    *which = tab->group;
    return group_bound;
}

enum meter_bound tab_ask(const struct tab *tab, int64_t now_ms, int64_t open_ms, int64_t *again_ms,
                         const struct gauge **which)
{
    enum meter_bound bound = tab_ask_gauges(tab, now_ms, open_ms, again_ms, which);

    for (size_t i = 0; i < TAB_RATES; i++) {
        int64_t rate_again_ms;
        enum meter_bound rate = rate_ask(tab->rates[i], now_ms, tab->parts, &rate_again_ms);

        if (rate == METER_FREE || (bound != METER_FREE && *again_ms >= rate_again_ms))
            continue;
        bound = rate;
        *again_ms = rate_again_ms;
        *which = NULL;
    }
    return bound;
}

void tab_open(struct tab *tab, int64_t now_ms)
{
    tab->slot = meter_slot(now_ms);
    for (size_t i = 0; i < TAB_RATES; i++)
        tab->used[i] = rate_take(tab->rates[i], tab->slot, tab->parts);
    tab->sim_day = gauge_lift(tab->sim, tab->slot, tab->parts, now_ms);
    if (tab->group)
        tab->group_day = gauge_lift(tab->group, tab->slot, tab->parts, now_ms);
}

void tab_add_rates(struct tab *tab, struct rate *const rates[static TAB_RATES - TAB_RATES_MODEM])
{
    for (size_t i = TAB_RATES_MODEM; i < TAB_RATES; i++) {
        tab->rates[i] = rates[i - TAB_RATES_MODEM];
        tab->used[i] = rate_take(tab->rates[i], tab->slot, tab->parts);
    }
}

struct ledger_meters tab_meters(const struct tab *tab)
{
    return (struct ledger_meters){
        .sim = tab->sim->number, .group = tab->group ? tab->group->number : 0, .slot = tab->slot};
}

static bool tab_is_returned(const struct outcome *outcome)
{
    return (outcome->kind == OUTCOME_RETURNED || outcome->kind == OUTCOME_DEFERRED) &&
           outcome->n_references == 0;
}

/* Added before it is taken back, so that the pace feels nothing of it. */
static void tab_move(const struct tab *tab, int64_t slot)
{
    meter_add(tab->sim->meter, slot, tab->parts);
    meter_take_back(tab->sim->meter, tab->slot, tab->parts);
    if (!tab->group)
        return;
    meter_add(tab->group->meter, slot, tab->parts);
    meter_take_back(tab->group->meter, tab->slot, tab->parts);
}

static void tab_land(const struct tab *tab)
{
    gauge_land(tab->sim, tab->sim_day, tab->parts);
    if (tab->group)
        gauge_land(tab->group, tab->group_day, tab->parts);
}

static void tab_take_back(const struct tab *tab)
{
    meter_take_back(tab->sim->meter, tab->slot, tab->parts);
    if (tab->group)
        meter_take_back(tab->group->meter, tab->slot, tab->parts);
    for (size_t i = 0; i < TAB_RATES; i++)
        rate_give_back(&tab->used[i], tab->slot, tab->parts);
}

void tab_give_back(const struct tab *tab)
{
    tab_land(tab);
    tab_take_back(tab);
}

void tab_end(const struct tab *tab, const struct outcome *outcome, int64_t now_ms,
             struct ledger_meters *meters)
{
    *meters = tab_meters(tab);
    meters->end_slot = meter_slot(now_ms);
    tab_land(tab);
    if (tab_is_returned(outcome))
        tab_take_back(tab);
    else if (meters->end_slot > tab->slot)
        tab_move(tab, meters->end_slot);
}

void tab_close(struct tab *tab)
{
    LOG_ASSERT(tab->sim->open > 0);
    tab->sim->open--;
    if (tab->group) {
        LOG_ASSERT(tab->group->open > 0);
        tab->group->open--;
    }
    *tab = (struct tab){0};
}
