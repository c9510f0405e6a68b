/* slots: the rotation of slogans on a board. See slots.h.
 * Runs: any (pure). */
#include "gateway/dispatch/slots.h"

#define SLOTS_LEAST_MS 1000

static bool slots_fill(const struct display *display, const struct board *board,
                       const struct window *window, int64_t step, struct slot *slot)
{
    int64_t length = display->every_s * 1000;

    slot->from_ms = window->from_ms + step * (length + display->after * board->item_s * 1000);
    slot->until_ms = slot->from_ms + length;
    if (slot->until_ms > window->to_ms)
        slot->until_ms = window->to_ms;
    slot->text = display->slogans.items[(size_t)step % display->slogans.n];
    return slot->until_ms - slot->from_ms >= SLOTS_LEAST_MS;
}

/* A board has one slot of a campaign in a second at most. The books want 32 bits: these come round
 * once in 136 years. */
static int32_t slots_number(int64_t from_ms)
{
    int64_t turn = from_ms / 1000 % (INT64_C(1) << 32);

    turn += turn < INT32_MIN ? INT64_C(1) << 32 : 0;
    return (int32_t)(turn > INT32_MAX ? turn - (INT64_C(1) << 32) : turn);
}

/* What begins in the owner's quiet time and hardly outlasts it can't be shown: nobody owes it. */
static bool slots_is_quiet(const struct board *board, const struct slot *slot)
{
    return quiet_at(&board->quiet, slot->from_ms) &&
           quiet_next_ms(&board->quiet, slot->from_ms) > slot->until_ms - SLOTS_LEAST_MS;
}

/* Order: display, window, board, step; boards of one display may differ in their pauses. */
bool slots_next(const struct campaign *campaign, const struct office *office,
                struct slots_walk *walk, struct slot *slot)
{
    while (walk->display < campaign->n_displays) {
        const struct display *display = &campaign->displays[walk->display];

        if (walk->window >= display->n_windows) {
            walk->display++;
            walk->window = 0;
        } else if (walk->board >= display->n_boards) {
            walk->window++;
            walk->board = 0;
        } else if (!slots_fill(display, &office->boards[display->boards[walk->board]],
                               &display->windows[walk->window], walk->step, slot)) {
            walk->board++;
            walk->step = 0;
        } else {
            walk->step++;
            slot->display = walk->display;
            slot->board = display->boards[walk->board];
            slot->number = slots_number(slot->from_ms);
            if (!slots_is_quiet(&office->boards[slot->board], slot))
                return true;
        }
    }
    return false;
}
