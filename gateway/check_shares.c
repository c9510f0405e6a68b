/* check_shares: boards that several campaigns want at the same time. See check_shares.h.
 * Runs: any. */
#include "gateway/check_shares.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/fit.h"
#include "gateway/model/share.h"

/* claims[campaign * n_boards + board]: the display that shows slogans there, or NULL */
static const struct display **check_claims(const struct files *files)
{
    size_t n_boards = files->office->n_boards;
    const struct display **claims = mem_array(files->n * n_boards, const struct display *);

    for (size_t i = 0; i < files->n; i++)
        for (size_t k = 0; k < files->campaigns[i]->n_displays; k++) {
            const struct display *display = &files->campaigns[i]->displays[k];

            for (size_t b = 0; b < display->n_boards; b++)
                claims[i * n_boards + display->boards[b]] = display;
        }
    return claims;
}

static bool check_overlap(const struct display *a, const struct display *b)
{
    size_t i = 0, k = 0;

    while (i < a->n_windows && k < b->n_windows) {
        if (a->windows[i].from_ms < b->windows[k].to_ms &&
            b->windows[k].from_ms < a->windows[i].to_ms)
            return true;
        if (a->windows[i].to_ms < b->windows[k].to_ms)
            i++;
        else
            k++;
    }
    return false;
}

/* The slogan that takes longest on the board, or NULL when each can be read in one turn. */
static const char *check_longest(const struct display *display, const struct board *board,
                                 int64_t *pass_ms)
{
    const char *longest = NULL;

    *pass_ms = board->turn_s * 1000;
    for (size_t i = 0; i < display->slogans.n; i++) {
        struct fit fit;

        fit_measure(board, display->slogans.items[i], &fit);
        if (fit.pass_ms > *pass_ms) {
            *pass_ms = fit.pass_ms;
            longest = display->slogans.items[i];
        }
    }
    return longest;
}

/* One warning for a display: the first board will do to see what is meant. */
static void check_display(struct files *files, size_t at, const struct display *display,
                          const bool *shared)
{
    for (size_t i = 0; i < display->n_boards; i++) {
        const struct board *board = &files->office->boards[display->boards[i]];
        int64_t pass_ms;
        const char *longest =
            shared[display->boards[i]] ? check_longest(display, board, &pass_ms) : NULL;

        if (!longest || display->every_s * 1000 < pass_ms) /* that one has its warning already */
            continue;
        diag_warning(
            &files->diag, files->campaigns[at]->file, display->line,
            lang("Another campaign wants %s at the same time: they take turns of %" PRId64
                 " s, but \"%.120s\" needs %.1f s. Raise turn of the board, or shorten it.",
                 "另一个任务同时使用 %s：双方每次轮到 %" PRId64
                 " 秒，而“%.120s”需要 %.1f 秒。请加大该屏的 turn，或缩短标语。"),
            board->id, board->turn_s, longest, (double)pass_ms / 1000);
        return;
    }
}

static void check_count(struct files *files, const struct display *const *claims)
{
    size_t n_boards = files->office->n_boards;

    for (size_t b = 0; b < n_boards; b++) {
        size_t n = 0;

        for (size_t i = 0; i < files->n; i++)
            n += claims[i * n_boards + b] != NULL;
        if (n > SHARE_CLAIMS_MOST)
            diag_error(&files->diag, files->office->file, files->office->boards[b].line,
                       lang("%zu campaigns want %s; %d can share a board.",
                            "有 %zu 个任务使用 %s；一块屏最多由 %d 个任务共用。"),
                       n, files->office->boards[b].id, SHARE_CLAIMS_MOST);
    }
}

/* Does another campaign want a board of this one at the same time? */
static bool check_is_shared(const struct display *const *claims, size_t n, size_t n_boards,
                            size_t campaign, size_t board)
{
    const struct display *own = claims[campaign * n_boards + board];

    for (size_t i = 0; i < n && own; i++)
        if (i != campaign && claims[i * n_boards + board] &&
            check_overlap(own, claims[i * n_boards + board]))
            return true;
    return false;
}

void check_shares(struct files *files)
{
    size_t n_boards;
    const struct display **claims;
    bool *shared;

    if (!files->office || files->diag.errors)
        return;
    n_boards = files->office->n_boards;
    claims = check_claims(files);
    shared = mem_array(n_boards, bool);
    check_count(files, (const struct display *const *)claims);
    for (size_t i = 0; i < files->n; i++) {
        const struct campaign *campaign = files->campaigns[i];

        for (size_t b = 0; b < n_boards; b++)
            shared[b] =
                check_is_shared((const struct display *const *)claims, files->n, n_boards, i, b);
        for (size_t k = 0; k < campaign->n_displays; k++)
            check_display(files, i, &campaign->displays[k], shared);
    }
    free(claims);
    free(shared);
}
