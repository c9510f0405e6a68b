/* ident: ids in configuration files.
 * Runs: loop. */
#ifndef LAWCAST_CONFIG_IDENT_H
#define LAWCAST_CONFIG_IDENT_H

#include <stdbool.h>

#include "gateway/config/conffile.h"
#include "gateway/config/idmap.h"

#define OFFICE_ID_MAX   32
#define CAMPAIGN_ID_MAX 64

/* Is the member "id" of group well-formed: [A-Za-z0-9_-]{1,max}? Else an error. A NULL id, which
 * has its error already, is simply false. */
bool ident_check(const struct conffile *conf, conf_setting group, const char *id, size_t max);
/* The error of a reference that map doesn't know, with the nearest id that it does. */
void ident_unknown(const struct conffile *conf, conf_setting place, const struct idmap *map,
                   const char *id);

#endif
