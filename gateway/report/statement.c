/* statement: what became of a campaign. See statement.h.
 * Runs: any. */
#include "gateway/report/statement_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/books_records.h"

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
    [COLUMN_SUPPRESSED] = {"suppressed", "Opted out", "已拒收不发", STATE(SUPPRESSED)},
    [COLUMN_EXPIRED] = {"expired", "Expired", "过期未发", STATE(EXPIRED)},
    [COLUMN_CANCELLED] = {"cancelled", "Cancelled", "已取消", STATE(CANCELLED)},
    [COLUMN_OPEN] = {"open", "Open", "未完成",
                     STATE(PLANNED) | STATE(DUE) | STATE(INFLIGHT) | STATE(DEFERRED)},
};

void statement_add(int64_t *sum, int64_t n)
{
    if (__builtin_add_overflow(*sum, n, sum))
        *sum = n < 0 ? INT64_MIN : INT64_MAX;
}

int64_t statement_sum(const int64_t *n, uint32_t states)
{
    int64_t sum = 0;

    for (unsigned state = 0; state < DELIVERY_STATES; state++)
        if (states & 1u << state)
            statement_add(&sum, n[state]);
    return sum;
}

uint32_t statement_column_states(enum statement_column column)
{
    return statement_columns[column].states;
}

const char *statement_erased_note(void)
{
    return lang("The numbers and texts of this campaign were erased by rule; its figures stay, and "
                "are proved as before.",
                "本任务的号码和正文已按规定清除；数字保留，仍可核对。");
}

const char *statement_unreadable(int rc)
{
    if (rc == -EUCLEAN || rc == -EMEDIUMTYPE || rc == -EIO)
        return lang("The books are damaged, or their disk is. Keep them as they are: \"lawcast "
                    "audit verify\" says more.",
                    "账本或其磁盘已损坏。请原样保存，详情见 lawcast audit verify。");
    return lang("The books can't be read just now. Try again.", "暂时无法读取账本，请重试。");
}

bool statement_has_unit(const struct statement *statement, const char *id)
{
    for (size_t i = 0; i < statement->n_units; i++)
        if (strcmp(statement->units[i].id, id) == 0)
            return true;
    return false;
}

void statement_put(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);

    while (length && ((unsigned char)from[length] & 0xC0) == 0x80)
        length--;
    memcpy(to, from, length);
    to[length] = '\0';
}

void statement_add_unit(struct statement_unit *sum, const struct statement_unit *unit)
{
    statement_add(&sum->quota, unit->quota);
    statement_add(&sum->planned, unit->planned);
    statement_add(&sum->parts, unit->parts);
    statement_add(&sum->parts_unknown, unit->parts_unknown);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        statement_add(&sum->n[i], unit->n[i]);
    for (size_t state = 0; state < DELIVERY_STATES; state++) {
        statement_add(&sum->states.n[state], unit->states.n[state]);
        statement_add(&sum->states.parts[state], unit->states.parts[state]);
    }
}

static void statement_build_unit(struct statement *statement, struct statement_unit *to,
                                 const struct books_unit *from)
{
    snprintf(to->id, sizeof to->id, "%s", from->id);
    statement_put(to->name, sizeof to->name, from->name);
    to->quota = from->quota;
    to->planned = statement_sum(from->n, STATEMENT_ALL);
    to->parts = statement_sum(from->parts, STATEMENT_BILLED);
    to->parts_unknown = statement_sum(from->parts, STATEMENT_DOUBTED);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        to->n[i] = statement_sum(from->n, statement_columns[i].states);
    for (size_t state = 0; state < DELIVERY_STATES; state++) {
        to->states.n[state] = from->n[state];
        to->states.parts[state] = from->parts[state];
        statement_add(&statement->by_state[state], from->n[state]);
    }
    statement_add_unit(&statement->totals, to);
}

static void statement_build_board(struct statement_board *to, const struct books_board *from)
{
    snprintf(to->id, sizeof to->id, "%s", from->id);
    snprintf(to->owner, sizeof to->owner, "%s", from->owner);
    statement_put(to->owner_name, sizeof to->owner_name,
                  from->owner_name[0] ? from->owner_name : from->owner);
    statement_put(to->place, sizeof to->place, from->place);
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
    statement->counts = campaign->counts;
    snprintf(statement->id, sizeof statement->id, "%s", campaign->id);
    statement->title = mem_dup(campaign->title ? campaign->title : "");
    statement_build_windows(statement, campaign->windows);
    statement->n_units = source->n_units;
    statement->units = mem_array(source->n_units + 1, struct statement_unit);
    for (size_t i = 0; i < source->n_units; i++)
        statement_build_unit(statement, &statement->units[i], &source->units[i]);
    statement_build_groups(statement, source);
    statement->n_boards = source->n_boards;
    statement->boards = mem_array(source->n_boards + 1, struct statement_board);
    for (size_t i = 0; i < source->n_boards; i++)
        statement_build_board(&statement->boards[i], &source->boards[i]);
    statement->with = source->with;
    statement_build_lines(statement, source);
}

/* What the books lend, as long as a statement is made of it. */
struct statement_loan {
    struct books_unit *units;
    struct books_branch *tree;
    struct books_board *boards;
    struct books_route *routes;
    struct books_tally *tallies;
    struct books_unit_day *unit_days;
};

static int statement_borrow(struct books *books, struct statement_loan *loan,
                            struct statement_source *source)
{
    int64_t campaign = source->campaign->number;
    int rc = books_units(books, campaign, &loan->units, &source->n_units);

    if (rc == 0)
        rc = books_tree(books, campaign, &loan->tree, &source->n_tree);
    if (rc == 0)
        rc = books_boards(books, campaign, &loan->boards, &source->n_boards);
    if (rc == 0)
        rc = books_routes(books, campaign, &loan->routes, &source->n_routes);
    if (rc == 0 && source->with & STATEMENT_MODEMS)
        rc = books_tallies(books, campaign, &loan->tallies, &source->n_tallies);
    if (rc == 0 && source->with & STATEMENT_UNIT_DAYS)
        rc = books_unit_days(books, campaign, &loan->unit_days, &source->n_unit_days);
    source->units = loan->units;
    source->tree = loan->tree;
    source->boards = loan->boards;
    source->routes = loan->routes;
    source->tallies = loan->tallies;
    source->unit_days = loan->unit_days;
    return rc;
}

static void statement_give_back(struct statement_loan *loan)
{
    free(loan->units);
    free(loan->tree);
    free(loan->boards);
    free(loan->routes);
    free(loan->tallies);
    free(loan->unit_days);
}

static int statement_read_found(struct books *books, const struct books_campaign *campaign,
                                unsigned with, struct statement *statement)
{
    struct statement_loan loan = {0};
    struct statement_source source = {.campaign = campaign, .with = with};
    int rc = statement_borrow(books, &loan, &source);

    if (rc == 0) {
        statement_build(statement, &source);
        rc = books_notes(books, campaign->number, &statement->notes);
    }
    if (rc == 0)
        rc = books_is_rehearsal(books);
    if (rc > 0) {
        statement->rehearsal = true;
        rc = 0;
    }
    if (rc == 0 && source.n_boards)
        rc = shown_read(books, campaign->number, &statement->shown);
    if (rc == 0)
        rc = targets_read(books, campaign, loan.boards, source.n_boards, &statement->targets);
    if (rc == 0)
        rc = contact_lines_read(books, campaign->number, &statement->contacts);
    if (rc)
        statement_release(statement);
    statement_give_back(&loan);
    return rc;
}

/* The key goes with the numbers and texts. */
static int statement_read_erased(struct books *books, struct statement *statement)
{
    struct record_key key;
    int rc = books_tag_key(books, statement->number, &key);

    explicit_bzero(&key, sizeof key);
    statement->erased = rc > 0;
    return rc < 0 ? rc : 0;
}

static int statement_read_held(struct books *books, const char *campaign_id, unsigned with,
                               struct statement *statement)
{
    struct books_campaign campaign = {0};
    int rc = books_find_campaign(books, campaign_id, &campaign);

    if (rc)
        return rc;
    rc = statement_read_found(books, &campaign, with, statement);
    if (rc == 0 && (rc = statement_read_erased(books, statement)) < 0)
        statement_release(statement);
    books_campaign_release(&campaign);
    return rc;
}

int statement_read_with(struct books *books, const char *campaign_id, unsigned with,
                        struct statement *statement)
{
    int rc = books_hold(books);

    memset(statement, 0, sizeof *statement);
    if (rc < 0)
        return rc;
    rc = statement_read_held(books, campaign_id, with, statement);
    books_let_go(books);
    return rc;
}

int statement_read(struct books *books, const char *campaign_id, struct statement *statement)
{
    return statement_read_with(books, campaign_id, STATEMENT_MODEMS, statement);
}

void statement_release(struct statement *statement)
{
    free(statement->title);
    free(statement->windows);
    free(statement->units);
    statement_release_groups(statement);
    free(statement->boards);
    statement_release_lines(statement);
    shown_release(&statement->shown);
    targets_release(&statement->targets);
    contact_lines_release(&statement->contacts);
    memset(statement, 0, sizeof *statement);
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
