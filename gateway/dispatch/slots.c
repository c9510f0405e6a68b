/* slots: the rotation of slogans on a board. See slots.h.
 * Runs: any (pure). */
#include "gateway/dispatch/slots.h"

static bool slots_fill(const struct display *display, const struct window *window,
                       const struct slots_walk *walk, struct slot *slot)
{
    int64_t length = display->every_s * 1000;

    slot->from_ms = window->from_ms + walk->step * length;
    slot->until_ms = slot->from_ms + length;
    if (slot->until_ms > window->to_ms)
        slot->until_ms = window->to_ms;
    slot->text = display->slogans.items[(size_t)walk->step % display->slogans.n];
    return slot->until_ms - slot->from_ms >= 1000;
}

/* Order: display, window, step, board; so the slots of one instant stand together. */
bool slots_next(const struct campaign *campaign, struct slots_walk *walk, struct slot *slot)
{
    while (walk->display < campaign->n_displays) {
        const struct display *display = &campaign->displays[walk->display];

        if (walk->window >= campaign->n_windows) {
            walk->display++;
            walk->window = 0;
        } else if (!slots_fill(display, &campaign->windows[walk->window], walk, slot)) {
            walk->window++;
            walk->step = 0;
        } else if (walk->board >= display->n_boards) {
            walk->step++;
            walk->board = 0;
        } else {
            slot->display = walk->display;
            slot->board = display->boards[walk->board++];
            slot->number = walk->number++;
            return true;
        }
    }
    return false;
}

int64_t slots_count(const struct campaign *campaign)
{
    struct slots_walk walk = {0};
    struct slot slot;
    int64_t n = 0;

    while (slots_next(campaign, &walk, &slot))
        n++;
    return n;
}
