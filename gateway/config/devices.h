/* devices: "/dev/ttyUSB[0-63]" as single paths.
 * Runs: any (pure). */
#ifndef LAWCAST_CONFIG_DEVICES_H
#define LAWCAST_CONFIG_DEVICES_H

#include <stdbool.h>

#include "gateway/base/option.h"

enum devices_error {
    DEVICES_OK = 0,
    DEVICES_PATTERN = 1,  /* not one range [FROM-TO] with whole numbers */
    DEVICES_DOWNWARD = 2, /* FROM is larger than TO */
    DEVICES_TOO_MANY = 3, /* out would hold more than limit paths */
    DEVICES_RELATIVE = 4, /* does not begin with / */
};

/* Adds the paths that pattern stands for to out. Zeros in front of FROM are kept: [00-15]. On an
 * error nothing is added. */
int devices_expand(const char *pattern, size_t limit, struct option_strings *out);

/* Was a range meant, and the brackets left out ("/dev/ttyUSB0-4")? A device may be called so. */
bool devices_looks_like_range(const char *pattern);

#endif
