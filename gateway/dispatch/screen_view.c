/* screen_view: what should be on a board, when it is due next, and what can be seen of it.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/desired.h"
#include "gateway/dispatch/screen_inside.h"
#include "gateway/model/share.h"

#define SCREEN_EXTEND_MS   3000  /* so long before a device ends it, it is asked to go on */
#define SCREEN_LOOK_MS     10000 /* looked at again at the latest, whatever was planned */

static int64_t screen_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- what should be on it ---- */

void screen_look_at_quiet(struct screen *screen)
{
    const struct quiet *quiet = &screen->setup.env.board->quiet;
    int64_t now = clock_wall_ms();

    if (screen->quiet_until_ms && now >= screen->quiet_at_ms && now < screen->quiet_until_ms)
        return;
    screen->quiet_at_ms = now;
    screen->quiet = quiet->n && quiet_at(quiet, now);
    screen->quiet_until_ms = quiet->n ? quiet_next_ms(quiet, now) : INT64_MAX;
}

static struct showing *screen_open_showing(const struct screen *screen, const struct work *work)
{
    struct showing *found = NULL;

    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        if (showing->work == work && !showing->leaving && !showing_is_over(showing) &&
            (!found || showing->up))
            found = showing;
    }
    return found;
}

/* The end of the slot that the stake's campaign has open, 0: none. */
static int64_t stake_claims(const struct stake *stake, const struct showing *showing, int64_t now)
{
    const struct ledger_row *row;

    if (stake->bar != SCREEN_OPEN)
        return 0;
    if (showing)
        return now + showing_left_ms(showing);
    if (stake->known != STAKE_KNOWN || !work_is_open(stake->work))
        return 0;
    row = queue_peek(stake->queue);
    return row && row->until_ms - now >= SCREEN_SHORTEST_MS ? row->until_ms : 0;
}

void screen_desire(struct screen *screen)
{
    const struct board *board = screen->setup.env.board;
    struct showing *showings[SHARE_CLAIMS_MOST];
    struct stake *stakes[SHARE_CLAIMS_MOST];
    struct desired_claim claims[SHARE_CLAIMS_MOST];
    struct desired_ask ask = {.released = screen->released || screen->paused,
                              .quiet = screen->quiet,
                              .quiet_until_ms = screen->quiet_until_ms,
                              .turn_ms = board->turn_s * 1000,
                              .claims = claims,
                              .now_ms = clock_wall_ms()};
    struct desired desired;

    for (size_t i = 0; i < screen->n_stakes && ask.n < SHARE_CLAIMS_MOST; i++) {
        struct stake *stake = &screen->stakes[i];
        struct showing *showing = screen_open_showing(screen, stake->work);
        int64_t until_ms = stake_claims(stake, showing, ask.now_ms);

        if (!until_ms)
            continue;
        stakes[ask.n] = stake;
        showings[ask.n] = showing;
        claims[ask.n++] = (struct desired_claim){stake->weight, until_ms};
    }
    desired = desired_now(&ask);
    screen->wanted = desired.claim == DESIRED_NOTHING ? NULL : showings[desired.claim];
    screen->wanted_stake =
        desired.claim == DESIRED_NOTHING || screen->wanted ? NULL : stakes[desired.claim];
    screen->wanted_until_ms = desired.until_ms;
    screen->waits = ask.n > 0 && desired.claim == DESIRED_NOTHING;
}

int64_t screen_left_ms(const struct screen *screen, const struct showing *showing)
{
    int64_t left_ms = showing_left_ms(showing);

    if (showing->work->held)
        return left_ms;
    return screen_sooner(left_ms, screen->wanted_until_ms - clock_wall_ms());
}

struct showing *screen_unwelcome(const struct screen *screen)
{
    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        if (showing->up && !showing->leaving && (screen->clearing || showing != screen->wanted))
            return showing;
    }
    return NULL;
}

bool screen_ends_by_itself(const struct screen *screen)
{
    const struct board *board = screen->setup.env.board;
    const struct traits *traits = screen->adapter->kind.traits;

    return traits->window_s &&
           traits->window_s(board->options, board->render == RENDER_PICTURE) > 0;
}

bool screen_is_in_the_way(const struct screen *screen)
{
    if (!screen->lent || screen->job.verb == ADAPTER_WITHDRAW)
        return false;
    return screen_unwelcome(screen) ||
           (screen->job.verb == ADAPTER_SUBMIT && screen->task != screen->wanted);
}

/* When the device must be asked again to show it, because it was asked to end it then. */
static int64_t screen_extend_ms(const struct screen *screen, const struct showing *showing)
{
    if (showing->work->held || showing->told_until_ms >= showing->row.until_ms ||
        showing->told_until_ms >= screen->wanted_until_ms)
        return INT64_MAX;
    return showing->told_until_ms - SCREEN_EXTEND_MS;
}

bool screen_must_publish(const struct screen *screen, const struct showing *showing)
{
    return !showing->up || showing->missing || clock_wall_ms() >= screen_extend_ms(screen, showing);
}

bool screen_may_probe(const struct screen *screen)
{
    return screen->ready && !screen->clearing &&
           (!screen->probed || screen->blind || !screen_is_up(screen));
}

/* ---- when it is due ---- */

/* In how many ms the books may have something of the stake. */
static int64_t stake_due_in_ms(const struct stake *stake, int64_t now)
{
    const struct campaign *campaign = stake->work->campaign;
    const struct ledger_row *row = queue_peek(stake->queue);
    const struct window *window;

    if (stake->work->held || stake->work->stopping || stake->bar == SCREEN_BARRED)
        return INT64_MAX;
    if (!work_is_open(stake->work)) {
        window = window_after(campaign->windows, campaign->n_windows, now);
        return window ? window->from_ms - now : INT64_MAX;
    }
    if (stake->queue->fetching)
        return INT64_MAX;
    if (row)
        return row->until_ms - now;
    return queue_next_ms(stake->queue) == INT64_MAX ? INT64_MAX : queue_next_ms(stake->queue) - now;
}

/* In how many ms something is to be done with the device. */
static int64_t screen_act_in_ms(const struct screen *screen, int64_t now)
{
    const struct showing *gone = screen_unwelcome(screen), *wanted = screen->wanted;
    int64_t steady = clock_steady_ms(), extend_ms;

    if (screen_is_in_the_way(screen) && !screen->broken_off)
        return screen->lent_ms + SCREEN_HUNG_MS - steady;
    if (!screen->ready || screen->claiming || screen->lent)
        return INT64_MAX;
    if (gone)
        return gone->retry_ms - steady;
    if (screen->clearing)
        return INT64_MAX;
    if (screen->wanted_stake)
        return screen->publish_at_ms - steady;
    if (!wanted)
        return INT64_MAX;
    if (screen_must_publish(screen, wanted))
        return wanted->retry_ms - steady;
    extend_ms = screen_extend_ms(screen, wanted);
    return screen_sooner(showing_read_in_ms(wanted, screen_left_ms(screen, wanted)),
                         extend_ms == INT64_MAX ? INT64_MAX : extend_ms - now);
}

static int64_t screen_change_in_ms(const struct screen *screen, int64_t now)
{
    int64_t in_ms = screen_act_in_ms(screen, now);

    for (size_t i = 0; i < screen->n_stakes; i++)
        in_ms = screen_sooner(in_ms, stake_due_in_ms(&screen->stakes[i], now));
    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        int64_t left_ms = showing_left_ms(LIST_ELEMENT(at, struct showing, link));

        if (left_ms > 0)
            in_ms = screen_sooner(in_ms, left_ms);
    }
    if ((screen->wanted || screen->wanted_stake || screen->waits) &&
        screen->wanted_until_ms != INT64_MAX)
        in_ms = screen_sooner(in_ms, screen->wanted_until_ms - now);
    return in_ms;
}

void screen_plan(struct screen *screen)
{
    int64_t now = clock_wall_ms(), steady = clock_steady_ms();
    int64_t in_ms = screen_change_in_ms(screen, now), look_ms = SCREEN_LOOK_MS;

    screen->next_ms = in_ms == INT64_MAX ? INT64_MAX : now + (in_ms > 0 ? in_ms : 0);
    if (screen_may_probe(screen) && !screen->lent && !screen->claiming)
        in_ms = screen_sooner(in_ms, screen->probe_at_ms - steady);
    /* Ten thousand that were planned together don't look together for ever. */
    look_ms += (int64_t)(screen->setup.board % 64) * SCREEN_LOOK_MS / 64;
    in_ms = screen_sooner(in_ms, look_ms);
    screen->due_ms = steady + (in_ms > 0 ? in_ms : 0);
}

bool screen_is_due(const struct screen *screen, int64_t steady_ms)
{
    return steady_ms >= screen->due_ms;
}

void screen_wake(struct screen *screen)
{
    screen->due_ms = 0;
    screen->quiet_until_ms = 0;
}

int64_t screen_next_ms(const struct screen *screen)
{
    return screen->next_ms;
}

/* ---- what can be seen ---- */

const struct board *screen_board(const struct screen *screen)
{
    return screen->setup.env.board;
}

enum lane_state screen_state(const struct screen *screen)
{
    if (!screen->ready)
        return LANE_DOWN;
    return screen->released || screen->quiet || screen->paused ? LANE_PAUSED : LANE_READY;
}

const char *screen_why(const struct screen *screen)
{
    if (!screen->ready)
        return screen->why;
    if (screen->released)
        return "released to its owner";
    if (screen->paused)
        return "paused by a person";
    return screen->quiet ? "quiet time of its owner" : screen->trouble;
}

bool screen_is_leftover(const struct screen *screen)
{
    return screen->setup.leftover;
}

bool screen_is_released(const struct screen *screen)
{
    return screen->released;
}

bool screen_is_paused(const struct screen *screen)
{
    return screen->paused;
}

bool screen_is_quiet_time(const struct screen *screen)
{
    return screen->quiet;
}

bool screen_is_up(const struct screen *screen)
{
    if (screen->lent && screen->job.verb == ADAPTER_SUBMIT)
        return true;
    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next)
        if (LIST_ELEMENT(at, struct showing, link)->up)
            return true;
    return false;
}

bool screen_is_given_back(const struct screen *screen)
{
    return (screen->released || screen->quiet || screen->paused) && !screen_is_up(screen);
}

bool screen_is_skewed(const struct screen *screen)
{
    return screen->skewed;
}

size_t screen_showing(const struct screen *screen)
{
    size_t n = 0;

    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next)
        n += LIST_ELEMENT(at, struct showing, link)->seen;
    return n;
}

bool screen_is_still(const struct screen *screen)
{
    return !screen->claiming && !screen->lent && screen->posted == 0;
}

bool screen_is_clear(const struct screen *screen)
{
    return list_is_empty(&screen->showings) && screen_is_still(screen);
}
