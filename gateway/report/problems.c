/* problems: the newest troubles of a run. See problems.h.
 * Runs: any (pure). */
#include "gateway/report/problems.h"

#include <stdio.h>
#include <string.h>

void problems_begin(struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++)
        problems->items[i].seen = 0;
}

static void problems_to_front(struct problems *problems, size_t i)
{
    struct problem moved = problems->items[i];

    memmove(&problems->items[1], &problems->items[0], i * sizeof moved);
    problems->items[0] = moved;
}

/* The place for a new one: behind the others, or where the oldest was; one that is over goes
 * before one that still holds. */
static size_t problems_make_room(struct problems *problems)
{
    if (problems->n < PROBLEMS_MOST)
        return problems->n++;
    for (size_t i = PROBLEMS_MOST; i-- > 0;)
        if (problems->items[i].over && !problems->items[i].seen)
            return i;
    return PROBLEMS_MOST - 1;
}

void problems_see(struct problems *problems, int64_t now_ms, const char *id, const char *why)
{
    struct problem *problem;
    size_t i = 0;

    while (i < problems->n && strcmp(problems->items[i].why, why) != 0)
        i++;
    if (i == problems->n) {
        i = problems_make_room(problems);
        problems->items[i] = (struct problem){.over = true};
        snprintf(problems->items[i].why, sizeof problems->items[i].why, "%s", why);
    }
    problem = &problems->items[i];
    if (!problem->seen++)
        snprintf(problem->id, sizeof problem->id, "%s", id ? id : "");
    if (!problem->over && problem->seen <= problem->devices)
        return;
    if (problem->over)
        problem->devices = 0;
    problem->over = false;
    problem->at_ms = now_ms;
    problem->devices = id ? problem->seen : problem->devices;
    if (i && problem->seen == 1)
        problems_to_front(problems, i);
}

void problems_end(struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        struct problem *problem = &problems->items[i];

        problem->over = !problem->seen;
        if (problem->seen && problem->id[0])
            problem->devices = problem->seen;
    }
}
