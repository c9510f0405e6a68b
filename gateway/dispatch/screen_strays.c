/* screen_strays: what campaigns that are not carried out now have left on the board, after a crash
 * or because it couldn't be withdrawn then.
 * Runs: loop.
 *
 * The books know of it. It is withdrawn before anything else is published; what still had time
 * stays open in the books, for the next run of its own campaign. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/screen_inside.h"

/* What a showing without a campaign of this run leans on. */
struct stray {
    struct campaign campaign;
    struct work work;
    struct queue queue;
};

/* A campaign of this run takes over by itself what it left (screen_join). */
static bool screen_is_expected(const struct screen *screen, const char *code)
{
    for (size_t i = 0; i < screen->setup.n_campaigns; i++)
        if (strcmp(screen->setup.campaigns[i]->id, code) == 0)
            return true;
    return false;
}

static void screen_take_over(struct screen *screen, const struct ledger_row *row)
{
    struct stray *stray = mem_new(struct stray);
    struct showing *showing;

    stray->campaign.id = row->code;
    stray->work = (struct work){
        .office = screen->setup.office, .campaign = &stray->campaign, .number = row->campaign};
    stray->queue.inflight = 1;
    showing = showing_new(&stray->work, &stray->queue, row);
    showing->stray = stray;
    showing->unwanted = true;
    screen_adopt_showing(screen, showing);
    log_warning("board=%s delivery=%lld campaign=%s is still on it; it is withdrawn",
                screen->setup.env.board->id, (long long)row->id, row->code);
}

static void screen_strays_told(struct ledger_op *op)
{
    struct screen *screen = screen_note_screen(op);
    size_t n = op->showings.n;

    for (size_t i = 0; i < n; i++) {
        struct ledger_row *row = &op->showings.rows[i];

        screen->strays_after = row->id;
        if (screen_is_expected(screen, row->code))
            ledger_row_release(row);
        else
            screen_take_over(screen, row);
    }
    free(op->showings.rows);
    screen->strays = op->result == 0 && n == op->showings.max ? STAKE_NEW : STAKE_KNOWN;
    screen_note_done_op(op);
}

void screen_ask_strays(struct screen *screen)
{
    struct ledger_op *op = screen_note_op(screen, LEDGER_SHOWINGS, screen_strays_told);

    screen->strays = STAKE_ASKED;
    op->showings.address = screen->known.number;
    op->showings.after = screen->strays_after;
    op->showings.max = SCREEN_ADOPT_MAX;
    op->showings.rows = mem_array(SCREEN_ADOPT_MAX, struct ledger_row);
    ledger_post(screen->setup.ledger, op);
}

bool screen_is_unsure(const struct screen *screen)
{
    return screen->strays != STAKE_KNOWN;
}

bool screen_is_spent(const struct screen *screen)
{
    return screen->setup.leftover && screen->started && !screen->stopping &&
           screen->strays == STAKE_KNOWN && screen_is_clear(screen);
}
