/* check_shares: boards that several campaigns want at the same time.
 * Runs: any. */
#ifndef LAWCAST_CHECK_SHARES_H
#define LAWCAST_CHECK_SHARES_H

#include "gateway/files.h"

/* Warns when a turn is too short for a slogan to be read; an error when a board has more claims
 * than can be shared. Only with an office and campaigns without errors. */
void check_shares(struct files *files);

#endif
