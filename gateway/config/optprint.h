/* optprint: option tables as text for people.
 * Runs: any. */
#ifndef LAWCAST_CONFIG_OPTPRINT_H
#define LAWCAST_CONFIG_OPTPRINT_H

#include <stdio.h>

#include "gateway/base/option.h"

/* What a number is counted in, in the user's language; "" for nothing. */
const char *optprint_unit(const struct option_def *option);
/* The heading, then each option: name, type and range, default or "required", its sentence. */
void optprint_table(FILE *out, const char *heading, const struct option_def *options);

#endif
