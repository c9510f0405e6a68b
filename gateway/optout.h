/* optout: what the parts of `lawcast optout` share.
 * Runs: any (blocks).
 *
 * optout_road brings refusals into the books: through the running gateway, or else by itself. */
#ifndef LAWCAST_OPTOUT_H
#define LAWCAST_OPTOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/control/optout_line.h"
#include "gateway/scribe.h"

struct optout_job {
    const char *config, *ledger, *note, *file;
    const char *out; /* prove: receipts go there; NULL: none are made */
    int64_t number;  /* of add, remove, prove */
    bool json, numbers;
};

struct optout_road {
    const struct optout_job *job;
    struct scribe *scribe; /* NULL: through the gateway, as far as is known */
};

/* Has op (LEDGER_REFUSE) done: its out fields, when it is durable. COMMAND_FINE, or told. */
int optout_road_send(struct optout_road *road, struct ledger_op *op);
void optout_road_close(struct optout_road *road);

/* Masked, unless the job wants numbers. */
void optout_show_number(const struct optout_job *job, int64_t number, char text[static 24]);

/* Exit codes. */
int optout_import(const struct optout_job *job);
int optout_list(const struct optout_job *job);
int optout_prove(const struct optout_job *job);

#endif
