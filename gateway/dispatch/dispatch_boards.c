/* dispatch_boards: all screens together: starting, stepping, stopping them in slices, the owners'
 * wishes, and the devices' calls.
 * Runs: loop.
 *
 * What concerns ten thousand boards at once is done a few milliseconds a turn of the loop, so that
 * modems and the books are never held up for long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/dispatch_inside.h"

#define DISPATCH_SLICE_US 5000
#define DISPATCH_AT_ONCE  16 /* screens between two looks at the clock */

/* ---- rounds ---- */

static void dispatch_screen_stopped(void *ctx)
{
    struct dispatch *dispatch = ctx;

    LOG_ASSERT(dispatch->running > 0);
    dispatch->running--;
}

static void dispatch_round_start(struct dispatch *dispatch, size_t i)
{
    struct screen *screen = dispatch->screens[i];
    size_t at = (size_t)(screen_board(screen) - dispatch->setup.office->boards);

    dispatch->running +=
        screen_start(screen, &dispatch->boards[at], dispatch_screen_stopped, dispatch);
}

static void dispatch_round_step(struct dispatch *dispatch, size_t i)
{
    struct screen *screen = dispatch->screens[i];

    if (screen_is_spent(screen))
        screen_stop(screen);
    else if (screen_is_due(screen, clock_steady_ms()))
        screen_step(screen);
}

static void dispatch_round_clear(struct dispatch *dispatch, size_t i)
{
    screen_clear(dispatch->screens[i]);
}

static void dispatch_round_stop(struct dispatch *dispatch, size_t i)
{
    screen_stop(dispatch->screens[i]);
}

/* Showings that could not be withdrawn end here; the books keep them as they are. */
static void dispatch_round_free(struct dispatch *dispatch, size_t i)
{
    const struct board *board = screen_board(dispatch->screens[i]);

    dispatch->screen_of[board - dispatch->setup.office->boards] = NULL;
    screen_free(dispatch->screens[i]);
    dispatch->screens[i] = NULL;
}

static void (*const dispatch_rounds[DISPATCH_ROUNDS])(struct dispatch *, size_t) = {
    [ROUND_START] = dispatch_round_start, [ROUND_STEP] = dispatch_round_step,
    [ROUND_CLEAR] = dispatch_round_clear, [ROUND_STOP] = dispatch_round_stop,
    [ROUND_FREE] = dispatch_round_free,
};

bool dispatch_round_is_on(const struct dispatch *dispatch, enum dispatch_round round)
{
    return dispatch->rounds[round].on;
}

/* Goes on with a round. false: its time is up. */
static bool dispatch_go_round(struct dispatch *dispatch, enum dispatch_round round,
                              int64_t until_us)
{
    size_t *at = &dispatch->rounds[round].at;

    while (*at < dispatch->n_screens) {
        if (*at % DISPATCH_AT_ONCE == 0 && clock_mono_us() >= until_us)
            return false;
        dispatch_rounds[round](dispatch, (*at)++);
    }
    dispatch->rounds[round].on = false;
    if (round == ROUND_FREE)
        dispatch->n_screens = 0;
    return true;
}

static void dispatch_on_slice(uv_idle_t *slice)
{
    struct dispatch *dispatch = slice->data;
    int64_t until_us = clock_mono_us() + DISPATCH_SLICE_US;

    for (int round = 0; round < DISPATCH_ROUNDS; round++)
        if (dispatch->rounds[round].on &&
            !dispatch_go_round(dispatch, (enum dispatch_round)round, until_us))
            return;
    uv_idle_stop(slice);
}

/* A round that is on goes on: those that come after its place are served by it. */
void dispatch_begin_round(struct dispatch *dispatch, enum dispatch_round round)
{
    if (dispatch->rounds[round].on || !dispatch->n_screens)
        return;
    dispatch->rounds[round].on = true;
    dispatch->rounds[round].at = 0;
    if (!dispatch_go_round(dispatch, round, clock_mono_us() + DISPATCH_SLICE_US))
        uv_idle_start(&dispatch->slice, dispatch_on_slice);
}

void dispatch_end_round(struct dispatch *dispatch, enum dispatch_round round)
{
    dispatch->rounds[round].on = false;
}

bool dispatch_boards_are_clear(const struct dispatch *dispatch)
{
    if (dispatch->rounds[ROUND_CLEAR].on)
        return false;
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (!screen_is_clear(dispatch->screens[i]))
            return false;
    return true;
}

bool dispatch_screens_are_still(const struct dispatch *dispatch)
{
    if (dispatch->rounds[ROUND_FREE].on)
        return false;
    for (size_t i = 0; i < dispatch->n_screens; i++)
        if (!screen_is_still(dispatch->screens[i]))
            return false;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        for (size_t k = 0; k < dispatch->works[i].n_boards; k++)
            if (dispatch->works[i].boards[k].fetching)
                return false;
    return true;
}

void dispatch_wake_screens(struct dispatch *dispatch)
{
    for (size_t i = 0; i < dispatch->n_screens && dispatch->phase < DISPATCH_DRAINING; i++)
        screen_wake(dispatch->screens[i]);
}

/* ---- making them ---- */

static bool *dispatch_used_boards(const struct dispatch_setup *setup)
{
    bool *used = mem_array(setup->office->n_boards + 1, bool);

    for (size_t i = 0; i < setup->n_campaigns; i++)
        for (size_t d = 0; d < setup->campaigns[i]->n_displays; d++) {
            const struct display *display = &setup->campaigns[i]->displays[d];

            for (size_t k = 0; k < display->n_boards; k++)
                used[display->boards[k]] = true;
        }
    return used;
}

static struct screen *dispatch_make_screen(const struct dispatch_setup *setup, size_t board,
                                           bool leftover, char *why, size_t why_size)
{
    const struct board *of = &setup->office->boards[board];
    struct screen_setup one = {.adapter = adapter_find(of->kind->name),
                               .env = {.loop = setup->loop, .http = setup->http, .board = of},
                               .board = board,
                               .office = setup->office,
                               .ledger = setup->ledger,
                               .campaigns = setup->campaigns,
                               .n_campaigns = setup->n_campaigns,
                               .leftover = leftover,
                               .picture_of = setup->picture_of,
                               .picture_ctx = setup->ctx};

    struct screen *screen;
    char said[200] = "";

    LOG_ASSERT(one.adapter && setup->http);
    if (setup->callback_of)
        one.env.callback = setup->callback_of(setup->ctx, of);
    screen = screen_new(&one, said, sizeof said);
    if (!screen)
        snprintf(why, why_size, lang("Board %s: %s", "显示屏 %s：%s"), of->id, said);
    return screen;
}

static int dispatch_compare_ids(const void *a, const void *b)
{
    return strcmp(screen_board(*(struct screen *const *)a)->id,
                  screen_board(*(struct screen *const *)b)->id);
}

static void dispatch_sort_screens(struct dispatch *dispatch)
{
    if (dispatch->n_screens)
        qsort(dispatch->screens, dispatch->n_screens, sizeof(struct screen *),
              dispatch_compare_ids);
}

bool dispatch_add_screens(struct dispatch *dispatch, char *why, size_t why_size)
{
    const struct dispatch_setup *setup = &dispatch->setup;
    size_t n_boards = setup->office->n_boards;
    bool *used = dispatch_used_boards(setup);
    struct screen *screen = NULL;
    size_t i;

    dispatch->screens = mem_array(n_boards, struct screen *);
    dispatch->screen_of = mem_array(n_boards, struct screen *);
    for (i = 0; i < n_boards; i++) {
        if (!used[i])
            continue;
        screen = dispatch_make_screen(setup, i, false, why, why_size);
        if (!screen)
            break;
        dispatch->screen_of[i] = dispatch->screens[dispatch->n_screens++] = screen;
    }
    free(used);
    dispatch_sort_screens(dispatch);
    return i == n_boards;
}

/* Boards that no campaign uses now and on which the books say something of ours may be are cleared.
 * Before any screen is started. */
static void dispatch_add_leftovers(struct dispatch *dispatch)
{
    const struct dispatch_setup *setup = &dispatch->setup;
    struct screen *screen;
    char why[256];

    for (size_t i = 0; i < setup->office->n_boards; i++) {
        if (dispatch->screen_of[i] || !dispatch->boards[i].up)
            continue;
        screen = dispatch_make_screen(setup, i, true, why, sizeof why);
        if (screen)
            dispatch->screen_of[i] = dispatch->screens[dispatch->n_screens++] = screen;
        else
            log_error("board=%s can't be cleared: %s", setup->office->boards[i].id, why);
    }
    dispatch_sort_screens(dispatch);
}

struct screen *dispatch_screen(const struct dispatch *dispatch, const char *id)
{
    size_t from = 0, to = dispatch->n_screens;

    if (dispatch->rounds[ROUND_FREE].on)
        return NULL;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(id, screen_board(dispatch->screens[middle])->id);

        if (!order)
            return dispatch->screens[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

/* ---- what the books know of them ---- */

static void dispatch_boards_recalled(struct ledger_op *op)
{
    struct dispatch *dispatch = op->owner;

    dispatch->recalling_boards = false;
    free(dispatch->codes);
    free(dispatch->used);
    dispatch->codes = NULL;
    dispatch->used = NULL;
    if (op->result || dispatch->phase != DISPATCH_RUNNING)
        return;
    dispatch->boards_known = true;
    dispatch_add_leftovers(dispatch);
    dispatch_begin_round(dispatch, ROUND_START);
}

/* One question for all of the office: their numbers, which belong to their owners alone for now,
 * and where something may be up. */
void dispatch_recall_boards(struct dispatch *dispatch)
{
    const struct office *office = dispatch->setup.office;
    size_t n = office->n_boards;

    if (!n || !dispatch->setup.http)
        return;
    dispatch->boards = mem_array(n, struct ledger_board);
    dispatch->codes = mem_array(3 * n, const char *);
    for (size_t i = 0; i < n; i++) {
        const struct board *board = &office->boards[i];

        dispatch->codes[i] = board->id;
        dispatch->codes[n + i] = office->units[board->owner].id;
        dispatch->codes[2 * n + i] = office->units[board->owner].name;
    }
    dispatch->used = dispatch_used_boards(&dispatch->setup);
    dispatch->recalling_boards = true;
    dispatch->recall_boards = (struct ledger_op){
        .kind = LEDGER_BOARDS,
        .done = dispatch_boards_recalled,
        .owner = dispatch,
        .boards = {.codes = dispatch->codes,
                   .owners = dispatch->codes + n,
                   .owner_names = dispatch->codes + 2 * n,
                   .used = dispatch->used,
                   .boards = dispatch->boards,
                   .n = n},
    };
    ledger_post(dispatch->setup.ledger, &dispatch->recall_boards);
}

/* ---- owners and devices ---- */

struct dispatch_wish {
    struct ledger_op op;
    struct dispatch *dispatch;
    struct dispatch_release release; /* its texts are gone */
};

static void dispatch_release_done(struct ledger_op *op)
{
    struct dispatch_wish *wish = op->owner;

    wish->dispatch->releases--;
    if (wish->release.booked)
        wish->release.booked(wish->release.ctx, op->result >= 0);
    free(wish);
}

static const struct board *dispatch_find_board(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_boards; i++)
        if (strcmp(office->boards[i].id, id) == 0)
            return &office->boards[i];
    return NULL;
}

bool dispatch_release_board(struct dispatch *dispatch, const struct dispatch_release *release)
{
    const struct office *office = dispatch->setup.office;
    const struct board *board = dispatch_find_board(office, release->id);
    struct screen *screen = dispatch_screen(dispatch, release->id);
    struct dispatch_wish *wish;

    if (!board || dispatch->phase == DISPATCH_NEW || dispatch->phase == DISPATCH_OVER ||
        uv_is_closing((uv_handle_t *)&dispatch->tick))
        return false;
    wish = mem_new(struct dispatch_wish);
    wish->dispatch = dispatch;
    wish->release = *release;
    wish->op = (struct ledger_op){.kind = LEDGER_RELEASE,
                                  .done = dispatch_release_done,
                                  .owner = wish,
                                  .release = {.code = board->id,
                                              .owner = office->units[board->owner].id,
                                              .owner_name = office->units[board->owner].name,
                                              .released = release->released}};
    snprintf(wish->op.release.by, sizeof wish->op.release.by, "%s", release->by);
    dispatch->releases++;
    ledger_post(dispatch->setup.ledger, &wish->op);
    if (screen)
        screen_release(screen, release->released);
    return true;
}

/* A board without a screen: the books said at the start that something may be up there, or haven't
 * answered yet. */
static bool dispatch_look_at_books(const struct dispatch *dispatch, const char *id,
                                   struct dispatch_board *out)
{
    const struct office *office = dispatch->setup.office;
    const struct board *board = dispatch_find_board(office, id);

    if (!board || !dispatch->boards ||
        (dispatch->boards_known && !dispatch->boards[board - office->boards].up))
        return false;
    *out = (struct dispatch_board){
        .state = LANE_DOWN, .why = "no campaign of this run uses it", .up = true};
    return true;
}

bool dispatch_look_at_board(const struct dispatch *dispatch, const char *id,
                            struct dispatch_board *out)
{
    const struct screen *screen = dispatch_screen(dispatch, id);

    if (!screen)
        return dispatch_look_at_books(dispatch, id, out);
    *out = (struct dispatch_board){.state = screen_state(screen),
                                   .why = screen_why(screen),
                                   .released = screen_is_released(screen),
                                   .quiet = screen_is_quiet_time(screen),
                                   .by_person = screen_is_paused(screen),
                                   .up = screen_is_up(screen) || screen_is_unsure(screen)};
    return true;
}

bool dispatch_hear(struct dispatch *dispatch, const char *id, const struct adapter_call *call,
                   struct adapter_answer *answer)
{
    struct screen *screen = dispatch_screen(dispatch, id);

    if (!screen)
        return false;
    screen_hear(screen, call, answer);
    return true;
}
