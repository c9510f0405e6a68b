/* office_options: the options of conf/lawcast.cfg, as tables.
 * Runs: any (plain data). */
#ifndef LAWCAST_CONFIG_OFFICE_OPTIONS_H
#define LAWCAST_CONFIG_OFFICE_OPTIONS_H

#include "gateway/model/office.h"

/* What one entry of modems says, before it becomes single modems. */
struct office_bank {
    char *id, *smsc;
    struct option_strings devices;
    int connection;
    int64_t grace_ms, timeout_ms;
};

/* A board before its owner and kind are known by index. */
struct office_display {
    struct board board;
    char *owner, *kind;
};

extern const char *const office_connections[];
extern const struct option_def office_options_root[];    /* fills nothing */
extern const struct option_def office_options_office[];  /* struct office */
extern const struct option_def office_options_ledger[];  /* struct office */
extern const struct option_def office_options_unit[];    /* struct unit */
extern const struct option_def office_options_contact[]; /* struct contact */
extern const struct option_def office_options_modem[];   /* struct office_bank */
extern const struct option_def office_options_board[];   /* struct office_display */

#endif
