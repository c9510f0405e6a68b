/* daytimes: options that name times of the day ("mon-fri 08:30-11:00") or days ("2026-10-01").
 * Runs: loop. */
#ifndef LAWCAST_CONFIG_DAYTIMES_H
#define LAWCAST_CONFIG_DAYTIMES_H

#include "gateway/base/option.h"
#include "gateway/config/conffile.h"
#include "gateway/model/calendar.h"

/* The texts of the member name of a group, as conffile_fill has read them. false: with errors. */
bool daytimes_read(const struct conffile *conf, conf_setting group, const char *name,
                   const struct option_strings *texts, struct quiet *quiet);
/* Days "2026-10-01" and spans of days "2026-10-01..2026-10-07" as whole local days, merged. Same
 * result. */
bool daytimes_read_days(const struct conffile *conf, conf_setting group, const char *name,
                        const struct option_strings *texts, struct calendar *days);

#endif
