/* steer_why: why a person's word isn't taken: for programs, for people, and as an exit code.
 * Runs: any (pure).
 *
 * The gateway says it on the control socket, the commands say it to whoever typed them. */
#ifndef LAWCAST_STEER_WHY_H
#define LAWCAST_STEER_WHY_H

#include <stdbool.h>

#include "gateway/model/office.h"
#include "gateway/model/steer.h"

enum steer_why {
    STEER_WHY_NONE,      /* there is no such thing */
    STEER_WHY_IDLE,      /* no campaign was named, and none that runs is meant */
    STEER_WHY_CANCELLED, /* for good */
    STEER_WHY_OVER,      /* the campaign or the gateway */
    STEER_WHY_EARLY,     /* extend: not later than now and than the end as it is */
    STEER_WHY_FAR,       /* extend: more than STEER_EXTEND_MOST_MS past the end as it is */
    STEER_WHY_APPROVAL,  /* extend: a second person has approved the times */
    STEER_WHY_UNWRITTEN, /* the books can't be written */
    STEER_WHYS
};

const char *steer_why_reason(enum steer_why why); /* "none"; see lawcast-control(7) */
/* In the user's language, with what to do; without a full stop. */
const char *steer_why_sentence(enum steer_why why);
int steer_why_code(enum steer_why why);            /* how a command exits */
enum steer_why steer_why_find(const char *reason); /* STEER_WHYS: none of these */
/* Would the word change what this office has a second person approve? */
bool steer_needs_approval(const struct office *office, const struct steer *steer);

#endif
