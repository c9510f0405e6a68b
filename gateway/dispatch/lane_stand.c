/* lane_stand: who a modem is, what state its lane is in, and what the books hear of that.
 * Runs: loop.
 *
 * Conditions decide which state is wanted, and lane_move is the one function that changes it, by
 * way of ready. Why a lane waits is told in the user's language, because people read it in the
 * books; what an adapter says, and the log, are English. */
#include "gateway/dispatch/lane_inside.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#define LANE_HEALTH_MS   60000 /* what is news every second goes to the books so often at most */
#define LANE_THROTTLE_MS 1000  /* same for waits, which may come with every message */

/* "09:41:30", and on another day "11-01 00:00:00". */
static void lane_time(int64_t wall_ms, char text[static 20])
{
    const size_t date = strlen("2026-10-31"), year = strlen("2026-");
    char full[20], now[20];

    clock_format(wall_ms, full);
    clock_format(clock_wall_ms(), now);
    snprintf(text, 20, "%s", full + (strncmp(full, now, date) == 0 ? date + 1 : year));
}

static int64_t lane_rest_ms(const struct lane *lane)
{
    return lane->rest_until_ms - clock_steady_ms();
}

static bool lane_is_down(const struct lane *lane)
{
    return !lane->up || !lane->sim || !lane->sim->meter || (lane->group && !lane->group->meter);
}

/* Never a whole IMSI: its end tells SIMs apart. */
static void lane_why_down(const struct lane *lane, char *why, size_t size)
{
    const char *imsi = lane->health.imsi;
    size_t length = strlen(imsi);

    if (lane->fault == LANE_FAULT_DOUBLE)
        snprintf(why, size,
                 "its SIM (IMSI ...%s) is in modem %s already: one of the two answers for the "
                 "wrong port",
                 imsi + (length > 4 ? length - 4 : 0), lane->rival->setup.env.modem->id);
    else if (lane->fault == LANE_FAULT_NAMELESS)
        snprintf(why, size, "%s",
                 "the modem doesn't tell its SIM's IMSI, as it did before: it is asked again");
    else
        snprintf(why, size, "%s", lane->trouble);
}

bool lane_is_paused(const struct lane *lane)
{
    return lane->paused;
}

static void lane_why_paused(const struct lane *lane, char *why, size_t size)
{
    (void)lane;
    snprintf(why, size, "%s", "paused by a person");
}

static bool lane_rests(const struct lane *lane)
{
    return lane->rest_until_ms && lane_rest_ms(lane) > 0;
}

static void lane_why_rests(const struct lane *lane, char *why, size_t size)
{
    char until[20];

    lane_time(clock_wall_ms() + lane_rest_ms(lane), until);
    snprintf(why, size,
             lane->busy ? "the network is busy: rests until %s" : "pause between messages until %s",
             until);
}

static bool lane_is_limited(const struct lane *lane)
{
    return lane->limited_until_ms && lane->limited_until_ms > clock_wall_ms();
}

static void lane_why_limited(const struct lane *lane, char *why, size_t size)
{
    bool group = lane->group && lane->asked.gauge == lane->group;
    bool rate = !lane->asked.gauge;
    const char *id = group ? lane->group->name + strlen("group:") : "";
    const char *bound = "even pace";
    char until[20];

    if (lane->asked.bound == METER_HOUR)
        bound = "limit per hour reached";
    if (rate)
        bound = "rate that a person has set: waits";
    if (lane->asked.bound == METER_DAY)
        bound = "limit per day reached";
    lane_time(lane->limited_until_ms, until);
    snprintf(why, size, group ? "%s until %s, of group %s" : "%s until %s%s", bound, until, id);
}

/* The first condition that holds decides. */
static const struct lane_condition {
    enum lane_state state;
    bool (*holds)(const struct lane *lane);
    void (*why)(const struct lane *lane, char *why, size_t size);
} lane_conditions[] = {
    {LANE_DOWN, lane_is_down, lane_why_down},
    {LANE_PAUSED, lane_is_paused, lane_why_paused},
    {LANE_THROTTLED, lane_rests, lane_why_rests},
    {LANE_THROTTLED, lane_is_limited, lane_why_limited},
};

/* The same for the log. */
static const char *lane_reason(const struct lane *lane, enum lane_state state)
{
    static const char *const faults[] = {
        [LANE_FAULT_NONE] = "",
        [LANE_FAULT_DOUBLE] = "its SIM is in another modem",
        [LANE_FAULT_NAMELESS] = "its IMSI is not told",
    };
    static const char *const bounds[] = {
        [METER_FREE] = "",   [METER_PACE] = "pace", [METER_HOUR] = "hour",
        [METER_DAY] = "day", [METER_NEVER] = "",
    };

    if (state == LANE_DOWN)
        return lane->fault ? faults[lane->fault] : lane->trouble;
    if (state != LANE_THROTTLED)
        return "";
    if (lane_rests(lane))
        return lane->busy ? "busy" : "gap";
    return bounds[lane->asked.bound];
}

static void lane_enter(struct lane *lane, enum lane_state state)
{
    LOG_ASSERT(lane_state_may_change(lane->state, state));
    lane->state = state;
}

static bool lane_is_calm(enum lane_state state)
{
    return state == LANE_READY || state == LANE_THROTTLED;
}

static void lane_move(struct lane *lane, enum lane_state state, const char *why)
{
    bool calm = lane_is_calm(lane->state) && lane_is_calm(state);

    if (lane->state == state && strcmp(lane->why, why) == 0)
        return;
    if (lane->state != state && lane->state != LANE_READY && state != LANE_READY)
        lane_enter(lane, LANE_READY);
    if (lane->state != state)
        lane_enter(lane, state);
    snprintf(lane->why, sizeof lane->why, "%s", why);
    log_write(calm ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "modem=%s state=%s why=\"%s\"",
              lane->setup.env.modem->id, lane_state_name(state), lane_reason(lane, state));
    lane_tell(lane, calm ? LANE_THROTTLE_MS : 0);
}

void lane_look(struct lane *lane)
{
    const size_t n = sizeof lane_conditions / sizeof *lane_conditions;
    char why[sizeof lane->why] = "";
    size_t i = 0;

    if (lane->stopping)
        return;
    while (i < n && !lane_conditions[i].holds(lane))
        i++;
    if (i < n)
        lane_conditions[i].why(lane, why, sizeof why);
    lane_move(lane, i < n ? lane_conditions[i].state : LANE_READY, why);
    if (lane->state == LANE_THROTTLED && lane_rests(lane))
        lane->events->waits(lane->ctx, lane_rest_ms(lane));
}

/* At an hour's or a day's limit a smaller message may still find room. */
bool lane_may_pull(struct lane *lane)
{
    return !lane_is_down(lane) && !lane->paused && !lane_rests(lane) &&
           (!lane_is_limited(lane) || lane->asked.refused > 1);
}

void lane_rest(struct lane *lane, const struct outcome *outcome)
{
    int64_t gap_ms = lane->setup.env.modem->gap_ms, rest_ms = 0;

    if (outcome->advice == ADVICE_REST)
        rest_ms = outcome->rest_ms;
    lane->busy = rest_ms > gap_ms;
    if (rest_ms < gap_ms)
        rest_ms = gap_ms;
    lane->rest_until_ms = rest_ms > 0 ? clock_steady_ms() + rest_ms : 0;
}

void lane_forget_waits(struct lane *lane)
{
    lane->limited_until_ms = 0;
}

/* ---- who it is ---- */

/* The name of its meter. False: it has a better one than it tells, and under another it would send
 * all that its limits allow once more. */
static bool lane_name_sim(const struct lane *lane, char *name, size_t size)
{
    if (*lane->health.imsi)
        snprintf(name, size, "imsi:%s", lane->health.imsi);
    else
        snprintf(name, size, "modem:%s", lane->setup.env.modem->id);
    return *lane->health.imsi || !lane->named;
}

static void lane_join_group(struct lane *lane)
{
    const struct modem *modem = lane->setup.env.modem;
    const struct limit_group *group;

    if (lane->group || modem->group < 0 || !lane->setup.office->n_groups)
        return;
    group = &lane->setup.office->groups[modem->group];
    lane->group = meters_group(lane->setup.meters, group->id, &group->limits);
}

void lane_identify(struct lane *lane)
{
    char name[sizeof lane->sim->name];
    void *other;

    if (!lane->up || (lane->sim && lane->sim->meter) || lane->stopping)
        return;
    lane_join_group(lane);
    lane->fault = LANE_FAULT_NAMELESS;
    if (!lane_name_sim(lane, name, sizeof name))
        return;
    lane->sim = meters_take_sim(
        lane->setup.meters,
        &(struct meters_card){name, &lane->setup.env.modem->limits, lane->group}, lane, &other);
    lane->rival = other;
    lane->fault = !lane->sim && other && other != lane ? LANE_FAULT_DOUBLE : LANE_FAULT_NONE;
}

void lane_adopt(struct lane *lane, const struct office *office, const struct modem *modem)
{
    lane->setup.office = office;
    lane->setup.env.modem = modem;
    if (lane->sim && lane->sim->holder == lane)
        meters_limit_sim(lane->sim, &modem->limits);
    lane_forget_waits(lane);
    lane_pull(lane);
}

void lane_forget_rival(struct lane *lane, const struct lane *gone)
{
    if (lane->rival != gone)
        return;
    lane->rival = NULL;
    lane->fault = LANE_FAULT_NONE;
}

static void lane_leave_sim(struct lane *lane)
{
    meters_release_sim(lane->sim, lane);
    lane->sim = NULL;
    lane->limited_until_ms = 0;
}

void lane_on_ready(void *ctx, bool ready, const char *why)
{
    struct lane *lane = ctx;

    lane->up = ready;
    lane->fault = LANE_FAULT_NONE;
    snprintf(lane->trouble, sizeof lane->trouble, "%s", why);
    if (!ready) {
        lane_leave_sim(lane);
        *lane->health.imsi = '\0'; /* what comes back may be another SIM */
    }
    lane_pull(lane);
    lane_look(lane);
}

void lane_on_health(void *ctx, const struct modem_health *health)
{
    struct lane *lane = ctx;
    bool other_sim = *health->imsi && strcmp(lane->health.imsi, health->imsi) != 0;
    char imsi[sizeof health->imsi];

    /* Silence about it changes nothing. */
    memcpy(imsi, *health->imsi ? health->imsi : lane->health.imsi, sizeof imsi);
    lane->health = *health;
    memcpy(lane->health.imsi, imsi, sizeof imsi);
    lane->named = lane->named || *imsi;
    if (other_sim && lane->setup.env.modem->network < 0)
        lane->network = operators_of_imsi(imsi);
    if (other_sim && lane->sim) {
        lane_leave_sim(lane);
        lane_identify(lane);
        lane_look(lane);
    }
    lane_tell(lane, other_sim ? 0 : LANE_HEALTH_MS);
}

void lane_on_pin_refused(void *ctx, int64_t mark)
{
    struct lane *lane = ctx;

    lane->pin_mark = mark;
    lane_tell(lane, 0);
}

void lane_note_error(struct lane *lane, int code)
{
    if (!code)
        return;
    lane->error = code;
    lane->error_ms = clock_wall_ms();
    lane_tell(lane, LANE_HEALTH_MS);
}

/* ---- what the books hear ---- */

static void lane_told(struct ledger_op *op)
{
    struct lane *lane = op->owner;

    lane->telling = false;
    lane->posted--;
    lane_tell_due(lane);
    lane_quiet(lane);
}

void lane_tell_due(struct lane *lane)
{
    int64_t now = clock_mono_ms();

    if (!lane->tell_due || lane->telling || lane->stopped || now < lane->tell_at_ms)
        return;
    lane->tell_due = false;
    lane->telling = true;
    lane->told_ms = now;
    lane->posted++;
    lane->tell = (struct ledger_op){
        .kind = LEDGER_MODEM,
        .done = lane_told,
        .owner = lane,
        .modem = {.device = lane->device,
                  .sim = lane->sim ? lane->sim->number : 0,
                  .state = lane->state,
                  .health = lane->health,
                  .pin_mark = lane->pin_mark,
                  .paused = lane->paused,
                  .error = lane->error,
                  .error_ms = lane->error_ms},
    };
    snprintf(lane->tell.modem.why, sizeof lane->tell.modem.why, "%s",
             lane->state == LANE_DOWN && !*lane->why ? "starts" : lane->why);
    ledger_post(lane->setup.ledger, &lane->tell);
}

void lane_tell(struct lane *lane, int64_t pause_ms)
{
    int64_t at_ms = lane->told_ms + pause_ms;

    if (!lane->tell_due || at_ms < lane->tell_at_ms)
        lane->tell_at_ms = at_ms;
    lane->tell_due = true;
    lane_tell_due(lane);
}

/* ---- what can be seen ---- */

const struct office *lane_office(const struct lane *lane)
{
    return lane->setup.office;
}

const struct modem *lane_modem(const struct lane *lane)
{
    return lane->setup.env.modem;
}

int32_t lane_device(const struct lane *lane)
{
    return lane->device;
}

enum lane_state lane_state(const struct lane *lane)
{
    return lane->state;
}

const char *lane_why(const struct lane *lane)
{
    return lane->why;
}

enum phone_operator lane_network(const struct lane *lane)
{
    return lane->network;
}

struct gauge *lane_group(const struct lane *lane)
{
    return lane->group;
}

struct rate *lane_bank_rate(const struct lane *lane)
{
    return lane->rates[TAB_RATES_MODEM - 1];
}

int64_t lane_next_ms(const struct lane *lane)
{
    int64_t now = clock_wall_ms(), next = lane->limited_until_ms;

    if (lane->state != LANE_THROTTLED)
        return INT64_MAX;
    if (lane_rests(lane) && now + lane_rest_ms(lane) > next)
        next = now + lane_rest_ms(lane);
    return next;
}

/* A modem that only begins is waited for: nobody takes its network's messages away meanwhile. */
static bool lane_begins(const struct lane *lane)
{
    return lane->started && !lane->stopping && lane_is_down(lane) && !*lane->trouble &&
           !lane->fault;
}

int64_t lane_needs_ms(const struct lane *lane, int64_t parts)
{
    return parts * lane->part_ms + (parts - 1) * lane->setup.env.modem->gap_ms;
}

bool lane_is_usable(const struct lane *lane)
{
    bool spent = lane_is_limited(lane) &&
                 (lane->asked.bound == METER_HOUR || lane->asked.bound == METER_DAY);

    if (lane->paused || lane->stopping)
        return false;
    return lane_is_down(lane) ? lane_begins(lane) : !spent;
}

int64_t lane_capacity(const struct lane *lane, int64_t now_ms, int64_t left_ms)
{
    int64_t part_ms = lane->part_ms + lane->setup.env.modem->gap_ms;
    int64_t capacity = left_ms / (part_ms > 0 ? part_ms : 1), sim, group;

    if (lane_is_down(lane))
        return INT64_MAX;
    sim = meter_capacity(lane->sim->meter, now_ms, left_ms);
    capacity = sim < capacity ? sim : capacity;
    for (size_t i = 0; i < TAB_RATES_MODEM; i++) {
        int64_t rate = rate_capacity(lane->rates[i], now_ms, left_ms);

        capacity = rate < capacity ? rate : capacity;
    }
    if (!lane->group || !lane->group->lanes)
        return capacity;
    group = meter_capacity(lane->group->meter, now_ms, left_ms) / (int64_t)lane->group->lanes;
    return group < capacity ? group : capacity;
}
