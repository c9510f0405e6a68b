/* numset: a set of numbers, for millions of them.
 * Runs: any (pure). About 13 to 26 bytes a number; a lookup touches one or two cache lines. */
#ifndef LAWCAST_MODEL_NUMSET_H
#define LAWCAST_MODEL_NUMSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numset; /* opaque */

struct numset *numset_new(void);
void numset_free(struct numset *set); /* NULL is fine */
/* Enters a number > 0. true: it was not in the set before. */
bool numset_add(struct numset *set, int64_t number);
bool numset_has(const struct numset *set, int64_t number);
size_t numset_count(const struct numset *set);

#endif
