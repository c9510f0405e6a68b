/* show: what a running gateway shows. See show.h.
 * Runs: loop. */
#include "gateway/show.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/board_why.h"
#include "adapters/modem/why.h"
#include "gateway/dispatch/outlook.h"
#include "gateway/ledger/books.h"
#include "gateway/report/progress.h"
#include "gateway/report/strip.h"
#include "gateway/report/status_json.h"

#define SHOW_MS 250

struct show {
    struct show_setup setup;
    uv_timer_t timer;
    struct books *books;       /* NULL: nobody is shown anything */
    struct progress *progress; /* same */
    struct outlook *outlook;   /* NULL: a rehearsal */
    struct problems problems;
    char *trouble;              /* why the books can't be written, or NULL */
    char *sentence;             /* what to know first of all, as of the last look; or NULL */
    struct buffer lanes;        /* as of the last look */
    int64_t looked_ms, settled; /* steady */
    double rate;
    bool *warned; /* which units were going to miss, when that was last known */
    size_t n_warned;
};

/* ---- a look ---- */

/* Modems that are not down: a pause or a limit is no trouble. */
static size_t show_usable(const struct dispatch_view *view)
{
    return view->modems_ready + view->modems_paused + view->modems_throttled;
}

/* What the person in front of it should know: books first, then modems, then boards. */
static char *show_sentence(const struct show *show, const struct dispatch_view *view)
{
    if (show->trouble)
        return mem_dup(show->trouble);
    if (view->modem_trouble)
        return mem_printf(lang("Modems that are down: %zu; %s: %s", "%zu 台短信设备不可用；%s：%s"),
                          view->modems - show_usable(view), view->modem_trouble_id,
                          why_label(view->modem_trouble));
    if (view->board_trouble)
        return mem_printf(
            lang("Boards that don't answer: %zu; %s: %s", "%zu 块显示屏不可用；%s：%s"),
            view->boards - view->boards_ready - view->boards_paused, view->board_trouble_id,
            board_why_label(view->board_trouble));
    if (view->skewed_id)
        return mem_printf(lang("Boards whose clock is wrong: %zu, such as %s. Set it.",
                               "%zu 块显示屏的时钟不准（如 %s），请校时"),
                          view->boards_skewed, view->skewed_id);
    return NULL;
}

static void show_see_modem(void *ctx, const char *id, enum lane_state state, const char *why)
{
    struct show *show = ctx;

    buffer_add_char(&show->lanes, strip_letter(state));
    if (state == LANE_DOWN && *why)
        problems_see(&show->problems, clock_wall_ms(), id, why_label(why));
}

static void show_see_board(void *ctx, const char *id, enum lane_state state, const char *why)
{
    struct show *show = ctx;

    if (state == LANE_DOWN && *why)
        problems_see(&show->problems, clock_wall_ms(), id, board_why_label(why));
}

static void show_rate(struct show *show, int64_t settled)
{
    int64_t now = clock_steady_ms();
    double seconds = (double)(now - show->looked_ms) / 1000, rate;

    if (seconds <= 0.1)
        return;
    rate = (double)(settled - show->settled) / seconds;
    show->rate = show->rate > 0 ? 0.7 * show->rate + 0.3 * rate : rate;
    show->looked_ms = now;
    show->settled = settled;
}

static void show_look(struct show *show, struct dispatch_view *view)
{
    dispatch_view(show->setup.dispatch, view);
    show_rate(show, view->settled);
    free(show->sentence);
    show->sentence = show_sentence(show, view);
    buffer_clear(&show->lanes);
    problems_begin(&show->problems);
    outlook_each_modem(show->setup.dispatch, show_see_modem, show);
    outlook_each_board(show->setup.dispatch, show_see_board, show);
    if (show->trouble)
        problems_see(&show->problems, clock_wall_ms(), NULL, show->trouble);
    problems_end(&show->problems);
}

static struct progress_live show_live(const struct show *show, const struct dispatch_view *view)
{
    return (struct progress_live){
        .now_ms = clock_wall_ms(),
        .modems_ready = show_usable(view),
        .modems = view->modems,
        .boards_ready = view->boards_ready,
        .boards_paused = view->boards_paused,
        .boards = view->boards,
        .planning = view->works_entering > 0,
        .rows_read = view->rows_read,
        .rows_refused = *show->setup.refused,
        .showing = view->showing,
        .trouble = show->sentence,
        .messages_per_s = show->rate,
        .lanes = buffer_text(&show->lanes),
        .paused_id = view->paused_id,
        .prospect = show->outlook ? outlook_prospect(show->outlook) : NULL,
        .problems = &show->problems,
        .keys = lang("Ctrl-C: stop in order", "Ctrl-C：有序停止"),
    };
}

static void show_draw(struct show *show)
{
    struct dispatch_view view;
    struct progress_live live;

    show_look(show, &view);
    if (!show->progress)
        return;
    live = show_live(show, &view);
    progress_draw(show->progress, &live);
}

static void show_on_timer(uv_timer_t *timer)
{
    show_draw(timer->data);
}

void show_trouble(struct show *show, const char *message)
{
    free(show->trouble);
    show->trouble = mem_dup(message);
}

void show_clear(struct show *show)
{
    if (show->progress)
        progress_clear(show->progress);
}

void show_tell(const struct show *show, struct jv *answer)
{
    struct dispatch_view view;
    struct progress_live live;

    dispatch_view(show->setup.dispatch, &view);
    live = show_live(show, &view);
    status_put(answer, &live);
}

/* ---- the alarm ---- */

/* Units keep their places for as long as the dispatcher lives. */
static bool show_was_missing(const struct show *show, size_t i)
{
    return i < show->n_warned && show->warned[i];
}

static const char *show_unit_name(const struct show *show, const char *id)
{
    const struct office *office = show->setup.office;

    for (size_t i = 0; i < office->n_units; i++)
        if (strcmp(office->units[i].id, id) == 0)
            return office->units[i].name;
    return id;
}

static void show_alarm(const struct show *show, const struct prospect *prospect,
                       const struct prospect_unit *unit)
{
    const char *event = unit->line.missing > 0 ? "forecast" : "cured";
    const char *bound = forecast_bound_name(unit->line.bound);

    log_warning("event=%s campaign=%s unit=%s short=%lld bound=%s", event, unit->campaign,
                unit->unit, (long long)unit->line.missing, bound);
    if (show->setup.alarm)
        alarm_raise(show->setup.alarm,
                    &(struct alarm_news){.event = event,
                                         .campaign = unit->campaign,
                                         .unit = unit->unit,
                                         .name = show_unit_name(show, unit->unit),
                                         .missing = unit->line.missing,
                                         .finish_ms = unit->line.finish_p50_ms,
                                         .bound = bound,
                                         .at_ms = prospect->at_ms});
}

static void show_on_fresh(void *ctx, const struct prospect *prospect)
{
    struct show *show = ctx;

    if (show->n_warned < prospect->n_units)
        show->warned = mem_grow(show->warned, prospect->n_units, sizeof *show->warned);
    for (size_t i = 0; i < prospect->n_units; i++) {
        const struct prospect_unit *unit = &prospect->units[i];
        bool missing = unit->line.missing > 0, before = show_was_missing(show, i);

        show->warned[i] = unit->known ? missing : before;
        if (show->warned[i] != before)
            show_alarm(show, prospect, unit);
    }
    if (show->n_warned < prospect->n_units)
        show->n_warned = prospect->n_units;
}

/* ---- life ---- */

static void show_open_progress(struct show *show)
{
    const struct show_setup *setup = &show->setup;
    const char **ids = mem_array(setup->n_campaigns + 1, const char *);
    char why[256];

    for (size_t i = 0; i < setup->n_campaigns; i++)
        ids[i] = setup->campaigns[i]->id;
    if (setup->out && books_open(&show->books, setup->ledger_path, why, sizeof why) == 0)
        show->progress = progress_open(setup->out, show->books, ids, setup->n_campaigns);
    free(ids);
}

struct show *show_open(const struct show_setup *setup)
{
    struct show *show = mem_new(struct show);

    show->setup = *setup;
    show->looked_ms = clock_steady_ms();
    show_open_progress(show);
    if (!setup->rehearsal)
        show->outlook = outlook_open(setup->loop, setup->dispatch, show_on_fresh, show);
    uv_timer_init(setup->loop, &show->timer);
    show->timer.data = show;
    uv_timer_start(&show->timer, show_on_timer, 0, SHOW_MS);
    return show;
}

static void show_on_closed(uv_handle_t *handle)
{
    struct show *show = handle->data;

    free(show->trouble);
    free(show->sentence);
    free(show->warned);
    buffer_free(&show->lanes);
    free(show);
}

/* The last one to leave the books folds their write-ahead log into them, and a reader can't. */
void show_close(struct show *show)
{
    if (!show)
        return;
    show_draw(show);
    if (show->progress)
        progress_close(show->progress);
    books_close(show->books);
    outlook_close(show->outlook);
    uv_close((uv_handle_t *)&show->timer, show_on_closed);
}
