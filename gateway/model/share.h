/* share: who has a board that several want, by weight and turn.
 * Runs: any (pure).
 *
 * Time is cut into turns of turn_ms, counted from 1970, and turns into rounds of W = sum of the
 * weights turns. In each round a claim has as many turns as its weight, spread evenly; rounds begin
 * at different places of that order, so that no rotation of slogans falls into step with it. So
 * everybody who knows the claims knows whose turn it is, also after a restart. */
#ifndef LAWCAST_MODEL_SHARE_H
#define LAWCAST_MODEL_SHARE_H

#include <stddef.h>
#include <stdint.h>

#define SHARE_CLAIMS_MOST 64
#define SHARE_WEIGHT_MOST 100

/* Index of the claim whose turn it is at wall_ms, and in *until_ms the end of its run of turns
 * (at least the end of this turn; INT64_MAX with one claim). Claims must be in an order that
 * doesn't depend on chance. n: 1..SHARE_CLAIMS_MOST; weights: 1..SHARE_WEIGHT_MOST. */
size_t share_turn(const int64_t *weights, size_t n, int64_t turn_ms, int64_t wall_ms,
                  int64_t *until_ms);

#endif
