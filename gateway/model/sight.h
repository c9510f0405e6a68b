/* sight: what a reading saw of a board, and what proves it.
 * Runs: any (plain data). */
#ifndef LAWCAST_MODEL_SIGHT_H
#define LAWCAST_MODEL_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/outcome.h"

/* Our name for a slogan on a device: "lc-", the delivery's number in the books in base 36, "-", a
 * mark of office, campaign and text in base 36. At most 16 bytes of [a-z0-9-], because that is what
 * the strictest device takes. */
#define SIGHT_NAME 17

#define SIGHT_SKEW_MS 120000 /* a device's clock that is wrong by more is an alarm */

/* Numbers are stored in the books: never renumber. */
enum sight_power { POWER_UNKNOWN = 0, POWER_ON = 1, POWER_ASLEEP = 2 };

/* Zeroed: the device told nothing of it. */
struct sight {
    enum sight_power power; /* asleep: the screen is dark on purpose (night); no fault, and nothing
                               that is on it counts as shown */
    bool clock_known;
    int64_t skew_ms;   /* the device's clock minus ours */
    char playing[64];  /* what it says it plays: the native name, UTF-8, maybe cut; "": not told */
    char firmware[32]; /* "" not told */
    int64_t width, height; /* pixels, as the device says; 0: not told */
};

/* What proves a level. Lent during the call that brings it. */
struct evidence {
    char digest[65];     /* SHA-256, hexadecimal, of the reply that says so; "": none */
    const void *picture; /* LEVEL_SCREENSHOT: the image file as the device made it; else NULL */
    size_t picture_length;
    const char *picture_type; /* "png", "jpg", "gif" */
};

#endif
