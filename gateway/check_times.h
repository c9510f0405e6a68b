/* check_times: when a campaign sends and shows: times that can't be meant, and the rest for people
 * to read.
 * Runs: any. Part of lawcast check. */
#ifndef LAWCAST_CHECK_TIMES_H
#define LAWCAST_CHECK_TIMES_H

#include <stdio.h>

#include "gateway/files.h"

/* Warns of messages at night, and of approvals that nobody could give. Only for files without
 * errors. */
void check_times(struct files *files);
/* A compact calendar of every campaign: units and boards with the same windows together. Same. */
void check_times_print(const struct files *files, FILE *out);

#endif
