/* problems: the newest troubles of a run, folded: many devices with one reason are one of them.
 * Runs: any (pure). Bounded: what is oldest makes room.
 *
 * A look goes over all that is wrong now: problems_begin, problems_see for each, problems_end. What
 * was not seen again is over, and stays in the list until something newer needs its place. */
#ifndef LAWCAST_REPORT_PROBLEMS_H
#define LAWCAST_REPORT_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBLEMS_MOST  8
#define PROBLEMS_SHOWN 3

struct problem {
    int64_t at_ms;  /* wall time: since when it holds, or since more devices have it */
    size_t devices; /* that have it; 0: it is no device's */
    char id[65];    /* the first of these */
    char why[256];  /* a sentence */
    bool over;
    size_t seen; /* in this look */
};

/* Zeroed: empty. Newest first. */
struct problems {
    struct problem items[PROBLEMS_MOST];
    size_t n;
};

void problems_begin(struct problems *problems);
/* id: of a device, or NULL. */
void problems_see(struct problems *problems, int64_t now_ms, const char *id, const char *why);
void problems_end(struct problems *problems);

#endif
