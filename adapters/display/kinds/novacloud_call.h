/* novacloud_call: what the NovaCloud platform posts to us by itself, as JSON.
 * Runs: any (pure, but for the process's time zone).
 *
 * The platform's documents name the members and not always the shape around them, so they are
 * looked for by name, some floors deep. Source: NovaStar, VNNOX Open Platform (running-status,
 * screen-capture). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_NOVACLOUD_CALL_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_NOVACLOUD_CALL_H

#include "gateway/base/json.h"
#include "gateway/model/sight.h"

/* The member of that name, wherever it is; or NULL. Lent. */
const struct jv *novacloud_find(const struct jv *told, const char *key);
/* A status such as screenPowerStatus. */
enum sight_power novacloud_power(const struct jv *told);
/* A time of the player's: seconds or milliseconds since 1970, or "2026-10-31 08:30:00". 0, or 1. */
int novacloud_time(const struct jv *told, int64_t *wall_ms);

#endif
