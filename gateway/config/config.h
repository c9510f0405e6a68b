/* config: from files to model structs, every error at once.
 * Runs: loop (reads whole files; called before anything is started) .
 *
 * libconfig is used only in this folder. Its traps are answered here: integers that wrap, unknown
 * keys, wrong types, @include of a directory, byte-order marks, text that is not UTF-8. All
 * messages go to diag with file and line, in the user's language; the return value only says
 * whether to go on. */
#ifndef LAWCAST_CONFIG_CONFIG_H
#define LAWCAST_CONFIG_CONFIG_H

#include "gateway/base/diag.h"
#include "gateway/model/campaign.h"
#include "gateway/model/office.h"
#include "gateway/config/optprint.h"

/* Reads conf/lawcast.cfg. kinds: the known kinds of boards; a board keeps a pointer
 * to its own. Sets the process's TZ from
 * office.timezone. 0: *out is whole (free with office_free, struct with free). 1: errors were added
 * to diag, *out NULL. */
int config_read_office(const char *path, option_kinds *kinds, struct diag *diag,
                       struct office **out);
/* Reads a campaign file (or DIR/campaign.cfg when path is a directory). Paths in it are relative to
 * the campaign file. Also checks the templates against the header line of every recipients file,
 * with the longest part counts that follow from the template, and reads every list to its end
 * (campaign_lists.h). Same results as above; free with campaign_free and free. */
int config_read_campaign(const char *path, const struct office *office, struct diag *diag,
                         struct campaign **out);
/* The option tables, in the order of the manual: what help and the manual pages are made of. */
extern const struct option_group config_office_groups[], config_campaign_groups[];
/* Prints the option tables as text: for `lawcast help conf` and `help campaign`. */
void config_print_office_options(FILE *out, option_kinds *kinds);
void config_print_campaign_options(FILE *out);

#endif
