/* office_options: the options of conf/lawcast.cfg, as tables.
 * Runs: any (plain data). */
#ifndef LAWCAST_CONFIG_OFFICE_OPTIONS_H
#define LAWCAST_CONFIG_OFFICE_OPTIONS_H

#include "gateway/model/office.h"

/* What one entry of modems says, before it becomes single modems. */
struct office_bank {
    char *id, *smsc, *limits, *pin, *price;
    struct option_strings devices, spare_devices, imsi, imei;
    int connection, network; /* network: 0 auto, else enum phone_operator */
    int64_t grace_ms, timeout_ms, gap_ms, air_ms, per_hour, per_day;
};

/* The office before its times are windows. */
struct office_general {
    struct office office;
    struct option_strings quiet, holidays; /* as written */
};

struct office_unit {
    struct unit unit;
    char *parent;
};

/* A board before its owner and kind are known by index. */
struct office_display {
    struct board board;
    char *owner, *kind;
    struct option_strings quiet; /* as written */
};

extern const char *const office_connections[];
extern const struct option_def office_options_root[];     /* struct office */
extern const struct option_def office_options_office[];   /* struct office_general */
extern const struct option_def office_options_ledger[];   /* struct office */
extern const struct option_def office_options_limits[];   /* struct limit_group */
extern const struct option_def office_options_refusals[]; /* struct office */
extern const struct option_def office_options_unit[];     /* struct office_unit */
extern const struct option_def office_options_contact[];  /* struct contact */
extern const struct option_def office_options_modem[];    /* struct office_bank */
extern const struct option_def office_options_board[];    /* struct office_display */
extern const struct option_def office_options_listen[];   /* struct listen */
extern const struct option_def office_options_approval[]; /* struct office */
extern const struct option_def office_options_approver[]; /* struct approver */
extern const struct option_def office_options_alarm[];    /* struct office */

#endif
