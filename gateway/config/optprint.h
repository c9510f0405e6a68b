/* optprint: option tables as text for people.
 * Runs: any. */
#ifndef LAWCAST_CONFIG_OPTPRINT_H
#define LAWCAST_CONFIG_OPTPRINT_H

#include <stdio.h>

#include "gateway/base/option.h"

/* One group of a file. A list of them ends with one without options. */
struct option_group {
    const char *heading; /* as in the file: "modems = ( { ... }, ... );"; NULL: the file itself */
    const struct option_def *options;
};

/* What a number is counted in, in the user's language; "" for nothing. */
const char *optprint_unit(const struct option_def *option);
/* The heading, then each option: name, type and range, default or "required", its sentence. */
void optprint_table(FILE *out, const char *heading, const struct option_def *options);
/* All groups, one after the other. */
void optprint_groups(FILE *out, const struct option_group *groups);
/* What an option takes, and its default: "0..100 px, default 16". */
void optprint_value(FILE *out, const struct option_def *option);

#endif
