/* check_contacts: units of a campaign that have named nobody responsible.
 * Runs: any. */
#ifndef LAWCAST_CHECK_CONTACTS_H
#define LAWCAST_CHECK_CONTACTS_H

#include "gateway/files.h"

/* Warns at each campaign that has a deadline for it. Only with an office and campaigns without
 * errors. */
void check_contacts(struct files *files);

#endif
