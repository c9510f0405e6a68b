/* standing: how a campaign stands. See standing.h.
 * Runs: any. */
#include "gateway/report/standing.h"

#include "gateway/base/lang.h"

#define STANDING_STALLED_MS (5 * 60 * 1000)
#define STANDING_MISSED_MS  (2 * 60 * 1000)
#define STANDING_REPORTS_MS (60 * 60 * 1000)

/* A mark, a word, and no colour: each is told apart in grey print. */
static const struct {
    const char *name, *english, *chinese;
} standings[STANDINGS] = {
    [STANDING_ENTERING] = {"entering", "○ Being entered", "○ 正在登记"},
    [STANDING_WAITING] = {"waiting", "○ Not yet time", "○ 未到时间窗"},
    [STANDING_RUNNING] = {"running", "● Running", "● 进行中"},
    [STANDING_IDLE] = {"not-running",
                       "▲ Not running: no gateway is at work on it. Run: lawcast run CAMPAIGN",
                       "▲ 未运行：没有网关在执行此任务，请运行 lawcast run 任务文件"},
    [STANDING_STALLED] = {"stalled", "▲ Stalled", "▲ 停滞"},
    [STANDING_REPORTS] = {"awaiting-reports", "● Waiting for reports", "● 等回执"},
    [STANDING_SHORT] = {"short", "▲ Ended short", "▲ 已结束·未达任务数"},
    [STANDING_COMPLETED] = {"completed", "● Completed", "● 已完成"},
    [STANDING_CANCELLED] = {"cancelled", "✕ Cancelled", "✕ 已取消"},
};

const char *standing_name(enum standing standing)
{
    return standings[standing].name;
}

const char *standing_label(enum standing standing)
{
    return lang(standings[standing].english, standings[standing].chinese);
}

int64_t standing_missing(const struct statement *statement)
{
    int64_t missing = 0;

    for (size_t i = 0; i < statement->n_units; i++) {
        const struct statement_unit *unit = &statement->units[i];
        int64_t reached = unit->n[COLUMN_DELIVERED] + unit->n[COLUMN_SENT];

        if (reached < unit->quota)
            missing += unit->quota - reached;
    }
    return missing;
}

int64_t standing_missing_showings(const struct statement *statement)
{
    int64_t missing = 0;

    for (size_t i = 0; i < statement->n_boards; i++) {
        const struct statement_board *board = &statement->boards[i];

        if (board->showings < board->planned)
            missing += board->planned - board->showings;
    }
    return missing;
}

int64_t standing_open(const struct statement *statement)
{
    int64_t open = statement->totals.n[COLUMN_OPEN];

    for (size_t i = 0; i < statement->n_boards; i++)
        open += statement->boards[i].open;
    return open;
}

static int64_t standing_end(const struct statement *statement)
{
    int64_t end = 0;

    for (size_t i = 0; i < statement->n_windows; i++)
        if (statement->windows[i].to_ms > end)
            end = statement->windows[i].to_ms;
    return end;
}

static int64_t standing_slots(const struct statement *statement)
{
    int64_t slots = 0;

    for (size_t i = 0; i < statement->n_boards; i++)
        slots += statement->boards[i].planned;
    return slots;
}

static enum standing standing_closed(const struct statement *statement, int64_t now_ms)
{
    const struct statement_unit *totals = &statement->totals;

    if (totals->planned && totals->n[COLUMN_CANCELLED] == totals->planned)
        return STANDING_CANCELLED;
    if (standing_open(statement) || totals->n[COLUMN_UNKNOWN] || standing_missing(statement) ||
        standing_missing_showings(statement))
        return STANDING_SHORT;
    if (totals->n[COLUMN_SENT] && now_ms < standing_end(statement) + STANDING_REPORTS_MS)
        return STANDING_REPORTS;
    return totals->planned || standing_slots(statement) ? STANDING_COMPLETED : STANDING_SHORT;
}

enum standing standing_of(const struct statement *statement, int64_t now_ms, int64_t last_ms)
{
    const struct window *window = window_at(statement->windows, statement->n_windows, now_ms);
    int64_t quiet_since;

    if (!statement->planned)
        return STANDING_ENTERING;
    if (!standing_open(statement))
        return standing_closed(statement, now_ms);
    if (!window)
        return window_after(statement->windows, statement->n_windows, now_ms)
                   ? STANDING_WAITING
                   : standing_closed(statement, now_ms);
    quiet_since = last_ms > window->from_ms ? last_ms : window->from_ms;
    /* Only slots of boards are open: they wait for their own time. */
    if (!statement->totals.n[COLUMN_OPEN] || now_ms - quiet_since < STANDING_STALLED_MS)
        return STANDING_RUNNING;
    return STANDING_STALLED;
}

bool standing_is_missed(const struct books_delivery *delivery, int64_t now_ms)
{
    return delivery->channel == CHANNEL_DISPLAY && delivery->state == DELIVERY_PLANNED &&
           delivery->from_ms < now_ms - STANDING_MISSED_MS;
}

enum standing standing_without_gateway(enum standing standing)
{
    switch (standing) {
    case STANDING_ENTERING:
    case STANDING_RUNNING:
    case STANDING_STALLED:
        return STANDING_IDLE;
    default:
        return standing;
    }
}
