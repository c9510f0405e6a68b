/* cluster: characters that are drawn as one and shouldn't be torn apart.
 * Runs: any (pure). Source: Unicode 14 general category M; after Unicode Annex 29, without its
 * rules for Hangul letters and prepended marks.
 *
 * A cluster is one character and the combining marks, variation selectors, skin tones, keycaps and
 * tags behind it, everything that a zero-width joiner ties to it, and the other half of a flag
 * pair. */
#ifndef LAWCAST_MODEL_CLUSTER_H
#define LAWCAST_MODEL_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset behind the cluster that begins at text[at], at < length. A byte that is not UTF-8 ends the
 * cluster before it, and is one of its own. */
size_t cluster_end(const char *text, size_t length, size_t at);
/* Is the character drawn onto the one before it? */
bool cluster_extends(int32_t code);

#endif
