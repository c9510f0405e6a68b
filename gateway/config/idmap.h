/* idmap: which id or path stands for what, while files are read.
 * Runs: any. Keys are lent and must outlive the map. */
#ifndef LAWCAST_CONFIG_IDMAP_H
#define LAWCAST_CONFIG_IDMAP_H

#include <stdint.h>

struct idmap; /* opaque */

struct idmap *idmap_new(void);
void idmap_free(struct idmap *map); /* NULL is fine */
/* Enters text with a value >= 0. Returns -1, or the value that it already has, which stays. */
int64_t idmap_add(struct idmap *map, const char *text, int64_t value);
/* Its value, or -1. */
int64_t idmap_find(const struct idmap *map, const char *text);
/* The key nearest to text (see diag_nearest), or NULL; large maps are not searched. */
const char *idmap_nearest(const struct idmap *map, const char *text);

#endif
