/* statement_sane: can what the books lend be figures and texts at all? See statement_inside.h.
 * Runs: any (pure).
 *
 * Books may be bent by anybody who can write the file. Whatever is out of range or no text is told
 * before it is summed, printed or drawn. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/utf8.h"
#include "gateway/report/statement_inside.h"

#define STATEMENT_MOST      (INT64_C(1) << 53) /* of any figure: what JSON and spreadsheets hold */
#define STATEMENT_TEXT_MOST 8192               /* bytes of any text */

struct statement_sanity {
    char *why;
    size_t why_size;
};

static bool sane_figure(const struct statement_sanity *sanity, const char *whose, int64_t n)
{
    if (n >= 0 && n <= STATEMENT_MOST)
        return true;
    snprintf(sanity->why, sanity->why_size,
             lang("%s: a figure can't be right: %lld.", "%s：数字不可能正确：%lld。"), whose,
             (long long)n);
    return false;
}

/* where isn't taken from the books: it stands in the sentence. */
static bool sane_text(const struct statement_sanity *sanity, const char *where, const char *text)
{
    size_t length = strlen(text);

    if (length <= STATEMENT_TEXT_MOST && utf8_is_valid(text, length))
        return true;
    snprintf(sanity->why, sanity->why_size,
             lang("%s: what stands in the books is no text, or far too long.",
                  "%s：账本中的内容不是文字，或长得不合理。"),
             where);
    return false;
}

static bool sane_states(const struct statement_sanity *sanity, const char *whose,
                        const struct statement_states *states)
{
    for (size_t state = 0; state < DELIVERY_STATES; state++)
        if (!sane_figure(sanity, whose, states->n[state]) ||
            !sane_figure(sanity, whose, states->parts[state]))
            return false;
    return true;
}

static bool sane_units(const struct statement_sanity *sanity, const struct statement *statement)
{
    for (size_t i = 0; i < statement->n_units; i++) {
        const struct statement_unit *unit = &statement->units[i];

        if (!sane_text(sanity, lang("Ids of units", "单位代号"), unit->id) ||
            !sane_text(sanity, unit->id, unit->name) ||
            !sane_figure(sanity, unit->name, unit->quota) ||
            !sane_states(sanity, unit->name, &unit->states))
            return false;
    }
    return true;
}

/* Those on top may be no units with messages. */
static bool sane_groups(const struct statement_sanity *sanity, const struct statement *statement)
{
    for (size_t i = 0; i < statement->n_groups; i++) {
        const struct statement_unit *sum = &statement->groups[i].sum;

        if (!sane_text(sanity, lang("Ids of units", "单位代号"), sum->id) ||
            !sane_text(sanity, sum->id, sum->name))
            return false;
    }
    return sane_text(sanity, lang("Ids of units", "单位代号"), statement->stray);
}

static bool sane_lines(const struct statement_sanity *sanity, const struct statement_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        const struct statement_line *line = &lines->lines[i];

        if (!sane_text(sanity, lang("Modems, SIMs and days", "设备、SIM 卡和日期"), line->id) ||
            !sane_text(sanity, lang("Ids of units", "单位代号"), line->unit) ||
            !sane_states(sanity, line->id, &line->states))
            return false;
    }
    return true;
}

static bool sane_all_lines(const struct statement_sanity *sanity, const struct statement *statement)
{
    for (int i = 0; i < STATEMENT_DIMENSIONS; i++)
        if (!sane_lines(sanity, &statement->by[i]))
            return false;
    return sane_lines(sanity, &statement->unit_operators) &&
           sane_lines(sanity, &statement->unit_days);
}

static bool sane_board(const struct statement_sanity *sanity, const struct statement_board *board)
{
    const int64_t figures[] = {board->slogans, board->showings, board->planned, board->shown_ms,
                               board->open};

    if (!sane_text(sanity, lang("Ids of boards", "显示屏代号"), board->id) ||
        !sane_text(sanity, board->id, board->owner) ||
        !sane_text(sanity, board->id, board->owner_name) ||
        !sane_text(sanity, board->id, board->place))
        return false;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (!sane_figure(sanity, board->id, figures[i]))
            return false;
    if (board->level < LEVEL_UNKNOWN || board->level > LEVEL_LOGGED ||
        board->need < LEVEL_UNKNOWN || board->need > LEVEL_LOGGED)
        return sane_figure(sanity, board->id, -1);
    return true;
}

static bool sane_boards(const struct statement_sanity *sanity, const struct statement *statement)
{
    for (size_t i = 0; i < statement->n_boards; i++)
        if (!sane_board(sanity, &statement->boards[i]))
            return false;
    for (size_t i = 0; i < statement->shown.n; i++) {
        const struct shown_day *day = &statement->shown.days[i];

        if (!sane_text(sanity, day->board, day->slogan) ||
            !sane_figure(sanity, day->board, day->ms))
            return false;
    }
    return true;
}

static bool sane_contacts(const struct statement_sanity *sanity,
                          const struct contact_lines *contacts)
{
    for (size_t i = 0; i < contacts->n; i++) {
        const struct contact_line *line = &contacts->lines[i];

        if (!sane_text(sanity, lang("Units", "单位"), line->unit) ||
            !sane_text(sanity, line->unit, line->unit_name) ||
            !sane_text(sanity, line->unit, line->person) ||
            !sane_text(sanity, line->unit, line->position) ||
            !sane_text(sanity, line->unit, line->held) ||
            !sane_text(sanity, line->unit, line->place) ||
            !sane_text(sanity, line->unit, line->content))
            return false;
    }
    return true;
}

bool statement_is_sane(const struct statement *statement, char *why, size_t why_size)
{
    const struct statement_sanity sanity = {why, why_size};

    return sane_text(&sanity, lang("Ids of campaigns", "任务代号"), statement->id) &&
           sane_text(&sanity, lang("The title", "任务标题"), statement->title) &&
           sane_units(&sanity, statement) && sane_groups(&sanity, statement) &&
           sane_all_lines(&sanity, statement) && sane_boards(&sanity, statement) &&
           sane_contacts(&sanity, &statement->contacts);
}
