/* statement: what became of a campaign. See statement.h.
 * Runs: any. */
#include "gateway/report/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"

#define STATE(state) (1u << DELIVERY_##state)

static const struct {
    const char *name, *english, *chinese;
    uint32_t states; /* of messages; shown and withdrawn belong to boards and to no column */
} statement_columns[STATEMENT_COLUMNS] = {
    [COLUMN_SENT] = {"sent", "No report", "已发出·等回执", STATE(SENT)},
    [COLUMN_DELIVERED] = {"delivered", "Delivered", "已送达", STATE(DELIVERED)},
    [COLUMN_UNDELIVERED] = {"undelivered", "Not delivered", "未送达", STATE(UNDELIVERED)},
    [COLUMN_REJECTED] = {"rejected", "Rejected", "被拒绝", STATE(REJECTED)},
    [COLUMN_UNKNOWN] = {"unknown", "In doubt", "结果不明", STATE(UNKNOWN)},
    [COLUMN_SUPPRESSED] = {"suppressed", "Opted out", "已退订不发", STATE(SUPPRESSED)},
    [COLUMN_EXPIRED] = {"expired", "Expired", "过期未发", STATE(EXPIRED)},
    [COLUMN_CANCELLED] = {"cancelled", "Cancelled", "已取消", STATE(CANCELLED)},
    [COLUMN_OPEN] = {"open", "Open", "未完成",
                     STATE(PLANNED) | STATE(DUE) | STATE(INFLIGHT) | STATE(DEFERRED)},
};

#define STATEMENT_BILLED (STATE(SENT) | STATE(DELIVERED) | STATE(UNDELIVERED))

/* A sum that leaves int64 means that the books are damaged: no figure may be printed from them. */
static void statement_add(int64_t *sum, int64_t n)
{
    if (__builtin_add_overflow(*sum, n, sum))
        log_panic("a count in the books is out of range");
}

static int64_t statement_sum(const int64_t *n, uint32_t states)
{
    int64_t sum = 0;

    for (unsigned state = 0; state < DELIVERY_STATES; state++)
        if (states & 1u << state)
            statement_add(&sum, n[state]);
    return sum;
}

static void statement_build_unit(struct statement *statement, struct statement_unit *to,
                                 const struct books_unit *from)
{
    struct statement_unit *totals = &statement->totals;

    snprintf(to->id, sizeof to->id, "%s", from->id);
    snprintf(to->name, sizeof to->name, "%s", from->name);
    to->quota = from->quota;
    to->planned = statement_sum(from->n, (1u << DELIVERY_STATES) - 1);
    to->parts = statement_sum(from->parts, STATEMENT_BILLED);
    to->parts_unknown = statement_sum(from->parts, STATE(UNKNOWN));
    statement_add(&totals->quota, to->quota);
    statement_add(&totals->planned, to->planned);
    statement_add(&totals->parts, to->parts);
    statement_add(&totals->parts_unknown, to->parts_unknown);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++) {
        to->n[i] = statement_sum(from->n, statement_columns[i].states);
        statement_add(&totals->n[i], to->n[i]);
    }
    for (size_t state = 0; state < DELIVERY_STATES; state++)
        statement_add(&statement->by_state[state], from->n[state]);
}

static void statement_build_board(struct statement_board *to, const struct books_board *from)
{
    snprintf(to->id, sizeof to->id, "%s", from->id);
    snprintf(to->owner, sizeof to->owner, "%s", from->owner);
    snprintf(to->owner_name, sizeof to->owner_name, "%s",
             from->owner_name[0] ? from->owner_name : from->owner);
    snprintf(to->place, sizeof to->place, "%s", from->place);
    to->slogans = from->slogans;
    to->showings = from->showings;
    to->planned = from->planned;
    to->shown_ms = from->shown_ms;
    to->level = from->level;
    to->need = from->need;
    to->showing = from->n[DELIVERY_SHOWN] - from->resting;
    to->open =
        statement_sum(from->n, statement_columns[COLUMN_OPEN].states | STATE(SENT) | STATE(SHOWN));
}

static void statement_build_windows(struct statement *statement, const char *text)
{
    struct jv *list = text ? jv_parse(text, strlen(text), NULL) : NULL;
    size_t n = list ? jv_size(list) : 0;

    statement->windows = mem_array(n + 1, struct window);
    for (size_t i = 0; i < n; i++) {
        const struct jv *pair = jv_element(list, i);
        int64_t from = jv_number(jv_element(pair, 0), INT64_MIN);
        int64_t to = jv_number(jv_element(pair, 1), INT64_MIN);

        if (from != INT64_MIN && to > from)
            statement->windows[statement->n_windows++] = (struct window){from, to};
    }
    jv_free(list);
}

void statement_build(struct statement *statement, const struct statement_source *source)
{
    const struct books_campaign *campaign = source->campaign;

    memset(statement, 0, sizeof *statement);
    statement->number = campaign->number;
    statement->planned = campaign->planned;
    snprintf(statement->id, sizeof statement->id, "%s", campaign->id);
    statement->title = mem_dup(campaign->title ? campaign->title : "");
    statement_build_windows(statement, campaign->windows);
    statement->n_units = source->n_units;
    statement->units = mem_array(source->n_units + 1, struct statement_unit);
    for (size_t i = 0; i < source->n_units; i++)
        statement_build_unit(statement, &statement->units[i], &source->units[i]);
    statement->n_boards = source->n_boards;
    statement->boards = mem_array(source->n_boards + 1, struct statement_board);
    for (size_t i = 0; i < source->n_boards; i++)
        statement_build_board(&statement->boards[i], &source->boards[i]);
}

static int statement_read_found(struct books *books, const struct books_campaign *campaign,
                                struct statement *statement)
{
    struct books_unit *units = NULL;
    struct books_board *boards = NULL;
    struct statement_source source = {.campaign = campaign};
    int rc = books_units(books, campaign->number, &units, &source.n_units);

    if (rc == 0)
        rc = books_boards(books, campaign->number, &boards, &source.n_boards);
    if (rc == 0) {
        source.units = units;
        source.boards = boards;
        statement_build(statement, &source);
        rc = books_notes(books, campaign->number, &statement->notes);
    }
    if (rc == 0 && source.n_boards)
        rc = shown_read(books, campaign->number, &statement->shown);
    if (rc == 0)
        rc = targets_read(books, campaign, boards, source.n_boards, &statement->targets);
    if (rc)
        statement_release(statement);
    free(units);
    free(boards);
    return rc;
}

int statement_read(struct books *books, const char *campaign_id, struct statement *statement)
{
    struct books_campaign campaign = {0};
    int rc = books_find_campaign(books, campaign_id, &campaign);

    memset(statement, 0, sizeof *statement);
    if (rc)
        return rc;
    rc = statement_read_found(books, &campaign, statement);
    books_campaign_release(&campaign);
    return rc;
}

void statement_release(struct statement *statement)
{
    free(statement->title);
    free(statement->windows);
    free(statement->units);
    free(statement->boards);
    shown_release(&statement->shown);
    targets_release(&statement->targets);
    memset(statement, 0, sizeof *statement);
}

static bool statement_check_line(const struct statement_unit *line, char *why, size_t why_size)
{
    int64_t sum = 0;

    for (size_t i = 0; i < STATEMENT_COLUMNS; i++) {
        if (line->n[i] < 0) {
            snprintf(why, why_size, lang("%s: the column %s is negative.", "%s：“%s”一栏为负数。"),
                     line->name, statement_column_label((enum statement_column)i));
            return false;
        }
        statement_add(&sum, line->n[i]);
    }
    if (sum != line->planned) {
        snprintf(why, why_size,
                 lang("%s: the columns make %lld, but %lld messages are planned.",
                      "%s：各栏合计 %lld 条，但计划为 %lld 条。"),
                 line->name, (long long)sum, (long long)line->planned);
        return false;
    }
    return true;
}

/* The days of a board, and its line. */
static bool statement_check_board(const struct statement *statement,
                                  const struct statement_board *board, size_t *at, char *why,
                                  size_t why_size)
{
    const struct shown_days *shown = &statement->shown;
    int64_t sum = 0;

    for (; *at < shown->n && strcmp(shown->days[*at].board, board->id) == 0; ++*at)
        statement_add(&sum, shown->days[*at].ms);
    if (sum == board->shown_ms)
        return true;
    snprintf(why, why_size,
             lang("%s: the days make %lld ms of shown time, but the books count %lld.",
                  "%s：各日播放时长合计 %lld 毫秒，但账本为 %lld 毫秒。"),
             board->id, (long long)sum, (long long)board->shown_ms);
    return false;
}

/* Both come in the order of the books. */
static bool statement_check_boards(const struct statement *statement, char *why, size_t why_size)
{
    size_t at = 0;

    for (size_t i = 0; i < statement->n_boards; i++)
        if (!statement_check_board(statement, &statement->boards[i], &at, why, why_size))
            return false;
    if (at == statement->shown.n)
        return true;
    snprintf(why, why_size,
             lang("%s has shown something and is no board of this campaign.",
                  "%s 有播放记录，但不是本任务的显示屏。"),
             statement->shown.days[at].board);
    return false;
}

bool statement_adds_up(const struct statement *statement, char *why, size_t why_size)
{
    struct statement_unit all = {0};

    for (size_t u = 0; u < statement->n_units; u++) {
        const struct statement_unit *unit = &statement->units[u];

        if (!statement_check_line(unit, why, why_size))
            return false;
        statement_add(&all.planned, unit->planned);
        statement_add(&all.parts, unit->parts);
        for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
            statement_add(&all.n[i], unit->n[i]);
    }
    if (all.planned != statement->totals.planned || all.parts != statement->totals.parts ||
        memcmp(all.n, statement->totals.n, sizeof all.n) != 0) {
        snprintf(why, why_size, "%s",
                 lang("The totals are not the sum of the units.", "合计不等于各单位之和。"));
        return false;
    }
    return statement_check_boards(statement, why, why_size);
}

const char *statement_column_name(enum statement_column column)
{
    return statement_columns[column].name;
}

const char *statement_column_label(enum statement_column column)
{
    return lang(statement_columns[column].english, statement_columns[column].chinese);
}

const char *statement_level_label(int level)
{
    switch (level) {
    case LEVEL_UNKNOWN:
        return lang("none", "无");
    case LEVEL_ACCEPTED:
        return lang("accepted", "已接受");
    case LEVEL_STORED:
        return lang("read back", "已回读");
    case LEVEL_PLAYING:
        return lang("playing", "播放中");
    case LEVEL_SCREENSHOT:
        return lang("screenshot", "有截屏");
    case LEVEL_LOGGED:
        return lang("play log", "有播放记录");
    default:
        log_panic("no level has the number %d", level);
    }
}
