/* books_boards: what boards showed, what they show now, and whose they are. See books.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/model/spans.h"
#include "gateway/ledger/books_inside.h"

static int books_count_board(struct books *books, int64_t campaign, int64_t board,
                             struct books_board *out)
{
    int rc;

    db_start(books->db, BOOKS_BOARD_COUNTS, campaign, board);
    while ((rc = db_row(books->db, BOOKS_BOARD_COUNTS)) > 0) {
        int64_t state = db_int(books->db, BOOKS_BOARD_COUNTS, 0);

        if (!books_is_state(state))
            continue;
        out->n[state] = db_int(books->db, BOOKS_BOARD_COUNTS, 1);
        if (state == DELIVERY_SHOWN)
            out->resting = db_int(books->db, BOOKS_BOARD_COUNTS, 2);
    }
    return rc;
}

static int books_read_boards(struct books *books, int64_t campaign, struct books_board **out,
                             size_t *n)
{
    struct db *db = books->db;
    size_t room = 0;
    int rc;

    db_start(db, BOOKS_BOARDS, campaign);
    while ((rc = db_row(db, BOOKS_BOARDS)) > 0) {
        struct books_board board = {
            .planned = db_int(db, BOOKS_BOARDS, 4),
            .slogans = db_int(db, BOOKS_BOARDS, 5),
            .showings = db_int(db, BOOKS_BOARDS, 6),
            .shown_ms = db_int(db, BOOKS_BOARDS, 7),
            .level = books_level(db_int(db, BOOKS_BOARDS, 8)),
            .need = books_level(db_int(db, BOOKS_BOARDS, 9)),
        };

        books_copy(board.id, sizeof board.id, db_text(db, BOOKS_BOARDS, 1));
        books_copy(board.owner, sizeof board.owner, db_text(db, BOOKS_BOARDS, 2));
        books_copy(board.place, sizeof board.place, db_text(db, BOOKS_BOARDS, 3));
        books_copy(board.owner_name, sizeof board.owner_name, db_text(db, BOOKS_BOARDS, 10));
        rc = books_count_board(books, campaign, db_int(db, BOOKS_BOARDS, 0), &board);
        if (rc < 0)
            return rc;
        if (*n == room) {
            room = room ? room * 2 : 16;
            *out = mem_grow(*out, room, sizeof **out);
        }
        (*out)[(*n)++] = board;
    }
    return rc;
}

int books_boards(struct books *books, int64_t campaign, struct books_board **out, size_t *n)
{
    int rc = books_begin(books);

    *out = NULL;
    *n = 0;
    if (rc == 0)
        rc = books_end(books, books_read_boards(books, campaign, out, n));
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}

int books_reached(struct books *books, int64_t campaign,
                  int (*each)(void *ctx, const struct books_reached *reached), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_start(db, BOOKS_REACHED, campaign);
    while ((rc = db_row(db, BOOKS_REACHED)) > 0) {
        const struct books_reached reached = {.board = db_text(db, BOOKS_REACHED, 0),
                                              .owner = db_text(db, BOOKS_REACHED, 1),
                                              .place = db_text(db, BOOKS_REACHED, 2),
                                              .slogan = db_text(db, BOOKS_REACHED, 3)};
        int answer = each(ctx, &reached);

        if (answer) {
            db_end(db, BOOKS_REACHED);
            return answer;
        }
    }
    return rc;
}

int books_owner(struct books *books, int64_t delivery, int64_t *campaign)
{
    int rc;

    db_start(books->db, BOOKS_OWNER, delivery);
    rc = db_row(books->db, BOOKS_OWNER);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    *campaign = db_int(books->db, BOOKS_OWNER, 0);
    db_end(books->db, BOOKS_OWNER);
    return 0;
}

/* file: where the name of the picture may be put together, to be freed. */
static void books_read_shown(const struct books *books, enum books_statement s,
                             struct books_shown *out, char **file)
{
    const struct db *db = books->db;
    const char *name = db_text(db, s, 5);

    *file = *name ? mem_printf("%s/%s", books->pictures, name) : mem_dup("");
    *out = (struct books_shown){
        .delivery = db_int(db, s, 0),
        .text = db_text(db, s, 3),
        .digest = db_text(db, s, 4),
        .file = *file,
        .from_ms = db_int(db, s, 6),
        .until_ms = db_int(db, s, 7),
        .level = books_level(db_int(db, s, 8)),
        .counts = db_int(db, s, 9) != 0,
        .owner_name = db_text(db, s, 10),
        .place = db_text(db, s, 11),
    };
    books_copy(out->board, sizeof out->board, db_text(db, s, 1));
    books_copy(out->unit, sizeof out->unit, db_text(db, s, 2));
}

/* The rows of a statement that was started. */
static int books_each_shown(struct books *books, enum books_statement s,
                            int (*each)(void *ctx, const struct books_shown *shown), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, s)) > 0) {
        MEM_FREE_LATER char *file = NULL;
        struct books_shown shown;
        int answer;

        books_read_shown(books, s, &shown, &file);
        answer = each(ctx, &shown);
        if (answer) {
            db_end(books->db, s);
            return answer;
        }
    }
    return rc;
}

int books_shown(struct books *books, int64_t campaign, int64_t since_ms,
                int (*each)(void *ctx, const struct books_shown *shown), void *ctx)
{
    db_start(books->db, BOOKS_SHOWN, campaign, since_ms);
    return books_each_shown(books, BOOKS_SHOWN, each, ctx);
}

int books_shown_by_board(struct books *books, int64_t campaign,
                         int (*each)(void *ctx, const struct books_shown *shown), void *ctx)
{
    db_start(books->db, BOOKS_SHOWN_BOARDS, campaign);
    return books_each_shown(books, BOOKS_SHOWN_BOARDS, each, ctx);
}

static int64_t books_midnight(int64_t now_ms)
{
    time_t now = (time_t)(now_ms / 1000);
    struct tm tm;

    if (!localtime_r(&now, &tm))
        return now_ms;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

/* What a slot of yesterday showed after midnight. Slots are counted one by one: several campaigns
 * may prove the same minute. */
static int books_count_night(struct books *books, int64_t board, int64_t midnight_ms, int64_t *ms)
{
    struct spans spans = {0};
    int64_t last = 0;
    int rc;

    db_start(books->db, BOOKS_BOARD_NIGHT, board, midnight_ms);
    do {
        rc = db_row(books->db, BOOKS_BOARD_NIGHT);
        if (rc <= 0 || db_int(books->db, BOOKS_BOARD_NIGHT, 0) != last) {
            spans_merge(&spans);
            *ms += spans_within(&spans, midnight_ms, INT64_MAX);
            spans_clear(&spans);
        }
        if (rc <= 0)
            break;
        last = db_int(books->db, BOOKS_BOARD_NIGHT, 0);
        spans_add(&spans, db_int(books->db, BOOKS_BOARD_NIGHT, 1),
                  db_int(books->db, BOOKS_BOARD_NIGHT, 2));
    } while (rc > 0);
    spans_free(&spans);
    return rc;
}

static int books_count_today(struct books *books, int64_t board, int64_t now_ms, int64_t *ms)
{
    int64_t midnight_ms = books_midnight(now_ms);
    int rc;

    *ms = 0;
    db_start(books->db, BOOKS_BOARD_TODAY, board, midnight_ms);
    rc = db_row(books->db, BOOKS_BOARD_TODAY);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        *ms = db_int(books->db, BOOKS_BOARD_TODAY, 0);
        db_end(books->db, BOOKS_BOARD_TODAY);
    }
    return books_count_night(books, board, midnight_ms, ms);
}

/* False: a state that there is not, in damaged books. */
static bool books_read_board_state(const struct db *db, struct books_board_state *out)
{
    int64_t state = db_int(db, BOOKS_BOARD_STATES, 3), power = db_int(db, BOOKS_BOARD_STATES, 4);

    *out = (struct books_board_state){
        .state = (enum lane_state)state,
        .sight = {.power = (enum sight_power)power,
                  .clock_known = db_int(db, BOOKS_BOARD_STATES, 5) != 0,
                  .skew_ms = db_int(db, BOOKS_BOARD_STATES, 6),
                  .width = db_int(db, BOOKS_BOARD_STATES, 7),
                  .height = db_int(db, BOOKS_BOARD_STATES, 8)},
        .seen_ms = db_int(db, BOOKS_BOARD_STATES, 9),
        .told_ms = db_int(db, BOOKS_BOARD_STATES, 10),
        .released = db_int(db, BOOKS_BOARD_STATES, 14) != 0,
        .clear = db_int(db, BOOKS_BOARD_STATES, 17) != 0,
        .up = "",
    };
    books_copy(out->id, sizeof out->id, db_text(db, BOOKS_BOARD_STATES, 1));
    books_copy(out->owner, sizeof out->owner, db_text(db, BOOKS_BOARD_STATES, 2));
    books_copy(out->why, sizeof out->why, db_text(db, BOOKS_BOARD_STATES, 11));
    books_copy(out->sight.playing, sizeof out->sight.playing, db_text(db, BOOKS_BOARD_STATES, 12));
    books_copy(out->sight.firmware, sizeof out->sight.firmware,
               db_text(db, BOOKS_BOARD_STATES, 13));
    if (out->released) {
        out->released_ms = db_int(db, BOOKS_BOARD_STATES, 15);
        books_copy(out->released_by, sizeof out->released_by, db_text(db, BOOKS_BOARD_STATES, 16));
    }
    return state >= 0 && state < LANE_STATES && power >= POWER_UNKNOWN && power <= POWER_ASLEEP;
}

/* What was taken off for the owner's sake stays open in the books, but isn't up. */
static bool books_may_be_up(const struct books_board_state *board)
{
    return !board->clear;
}

static int books_tell_board(struct books *books, int64_t number, struct books_board_state *board,
                            int (*each)(void *ctx, const struct books_board_state *board),
                            void *ctx)
{
    struct db *db = books->db;
    int rc;

    if (!books_may_be_up(board))
        return each(ctx, board);
    db_start(db, BOOKS_BOARD_UP, number);
    rc = db_row(db, BOOKS_BOARD_UP);
    if (rc <= 0)
        return rc < 0 ? rc : each(ctx, board);
    board->up = db_text(db, BOOKS_BOARD_UP, 0);
    board->up_level = books_level(db_int(db, BOOKS_BOARD_UP, 1));
    rc = each(ctx, board);
    db_end(db, BOOKS_BOARD_UP);
    return rc;
}

static int books_each_board(struct books *books, int64_t now_ms,
                            int (*each)(void *ctx, const struct books_board_state *board),
                            void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_BOARD_STATES)) > 0) {
        int64_t number = db_int(books->db, BOOKS_BOARD_STATES, 0);
        struct books_board_state board;

        rc = books_read_board_state(books->db, &board) ? 0 : -EUCLEAN;
        if (rc == 0)
            rc = books_count_today(books, number, now_ms, &board.today_ms);
        if (rc == 0)
            rc = books_tell_board(books, number, &board, each, ctx);
        if (rc != 0) {
            db_end(books->db, BOOKS_BOARD_STATES);
            return rc;
        }
    }
    return rc;
}

int books_board_states(struct books *books, int64_t now_ms,
                       int (*each)(void *ctx, const struct books_board_state *board), void *ctx)
{
    int rc = books_begin(books);

    return rc < 0 ? rc : books_end(books, books_each_board(books, now_ms, each, ctx));
}

int books_releases(struct books *books, int (*each)(void *ctx, const struct books_release *release),
                   void *ctx)
{
    struct db *db = books->db;
    int rc;

    while ((rc = db_row(db, BOOKS_RELEASES)) > 0) {
        struct books_release release = {.at_ms = db_int(db, BOOKS_RELEASES, 2),
                                        .released = db_int(db, BOOKS_RELEASES, 3) != 0};
        int answer;

        books_copy(release.board, sizeof release.board, db_text(db, BOOKS_RELEASES, 0));
        books_copy(release.by, sizeof release.by, db_text(db, BOOKS_RELEASES, 1));
        answer = each(ctx, &release);
        if (answer) {
            db_end(db, BOOKS_RELEASES);
            return answer;
        }
    }
    return rc;
}
