/* desired: what should be on a board now.
 * Runs: any (pure).
 *
 * The owner comes first: on a board that is released or in a quiet time there is nothing of ours.
 * Of several campaigns that have a slot open the one shows whose turn it is (model/share.h). */
#ifndef LAWCAST_DISPATCH_DESIRED_H
#define LAWCAST_DISPATCH_DESIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DESIRED_NOTHING SIZE_MAX

/* A slot that is open. */
struct desired_claim {
    int64_t weight;   /* of its campaign on this board */
    int64_t until_ms; /* wall time: its end */
};

struct desired_ask {
    bool released, quiet;
    int64_t quiet_until_ms; /* when quiet changes; INT64_MAX: never */
    int64_t turn_ms;
    const struct desired_claim *claims; /* in the order of the campaigns' ids */
    size_t n;                           /* at most SHARE_CLAIMS_MOST */
    int64_t now_ms;
};

struct desired {
    size_t claim;     /* index, or DESIRED_NOTHING */
    int64_t until_ms; /* so long nothing changes, if no claim comes or goes; INT64_MAX: for ever */
};

struct desired desired_now(const struct desired_ask *ask);

#endif
