/* screen_steer: what people say of a board: its owner, who wants it back, and ours, who pause or
 * cancel what is shown there.
 * Runs: loop. */
#include "gateway/base/log.h"
#include "gateway/dispatch/screen_inside.h"

/* vacant: what is lent must not go on: it is broken off. */
static void screen_make_way(struct screen *screen, bool vacant)
{
    screen_hurry(screen);
    if (vacant && screen->lent && screen->job.verb != ADAPTER_WITHDRAW && !screen->stopping)
        screen_break_off(screen);
}

static void screen_vacate(struct screen *screen, bool vacant)
{
    screen_make_way(screen, vacant);
    screen_step(screen);
}

void screen_release(struct screen *screen, bool released)
{
    screen->asked_release = true;
    if (screen->released == released)
        return;
    log_info("board=%s state=%s", screen->setup.env.board->id, released ? "released" : "resumed");
    screen->released = released;
    screen_vacate(screen, released);
}

void screen_pause(struct screen *screen, bool paused)
{
    if (screen->paused == paused)
        return;
    log_info("board=%s state=%s", screen->setup.env.board->id,
             paused ? "paused by a person" : "resumed by a person");
    screen->paused = paused;
    screen_vacate(screen, paused);
}

/* What is on the board of a cancelled campaign has been shown; it is taken down, and its slot is
 * over. */
static void screen_end_all(struct screen *screen, const struct work *work)
{
    for (struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        if (showing->work == work)
            showing->unwanted = true;
    }
}

/* The next step makes way: a word about a campaign is one about all of its boards. */
struct queue *screen_bar(struct screen *screen, const struct work *work, enum screen_bar bar)
{
    for (size_t i = 0; i < screen->n_stakes; i++) {
        struct stake *stake = &screen->stakes[i];

        if (stake->work != work || stake->bar == bar || stake->bar == SCREEN_CANCELLED)
            continue;
        stake->bar = bar;
        if (bar == SCREEN_CANCELLED)
            screen_end_all(screen, work);
        screen->barred = true;
        screen->due_ms = 0;
        return stake->queue;
    }
    return NULL;
}

void screen_mind_bars(struct screen *screen)
{
    bool vacant = false;

    if (!screen->barred)
        return;
    screen->barred = false;
    for (size_t i = 0; i < screen->n_stakes && screen->task; i++)
        vacant = vacant || (screen->stakes[i].work == screen->task->work &&
                            screen->stakes[i].bar != SCREEN_OPEN);
    screen_make_way(screen, vacant);
}
