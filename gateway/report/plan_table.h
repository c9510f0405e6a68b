/* plan_table: what a campaign would send and show, summed before anything is sent.
 * Runs: any (pure).
 *
 * Fed with every row of the recipients files and, in boards, every slot of the boards; lends
 * campaign and office. */
#ifndef LAWCAST_REPORT_PLAN_TABLE_H
#define LAWCAST_REPORT_PLAN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/config/recipients.h"
#include "gateway/model/campaign.h"
#include "gateway/model/numset.h"
#include "gateway/model/office.h"
#include "gateway/model/outcome.h"
#include "gateway/report/plan_boards.h"

struct plan_unit {
    const char *id, *name;
    int64_t quota;
    int64_t good;      /* within the quota */
    int64_t reserve;   /* good, but only sent to when others fail */
    int64_t opted_out; /* of people who have refused before: not sent to, and in no other figure */
    int64_t refused[REFUSALS];
    int64_t parts;                   /* of the good ones: what is billed when all goes well */
    /* Messages by network and parts: of the good ones, and of the reserve. */
    int64_t routes[PHONE_OPERATORS][OUTCOME_PARTS_MAX + 1];
    int64_t reserve_routes[PHONE_OPERATORS][OUTCOME_PARTS_MAX + 1];
    int64_t parts_least, parts_most; /* of one message, reserve included; 0: no message */
    int64_t alphabet[2];             /* messages, by enum sms_alphabet */
    int64_t gaps;                    /* messages with an empty field that the template uses */
    int64_t double_refusals;         /* messages that say twice how to refuse */
    char *sample;                    /* the first message, numbers masked; NULL: none. Owned */
    int sample_parts;
    size_t sample_length; /* in characters */
};

struct plan {
    const struct campaign *campaign;
    const struct office *office;
    struct plan_unit *units; /* one an order */
    struct plan_boards *boards;
    const struct numset *opted_out; /* lent, set before the first row; NULL: nobody */
    struct plan_unit totals;
};

struct plan *plan_new(const struct campaign *campaign, const struct office *office);
void plan_free(struct plan *plan); /* NULL is fine */
void plan_add(struct plan *plan, const struct recipient *row);
/* Is there a unit whose good numbers, reserve included, don't reach its quota? */
bool plan_is_short(const struct plan *plan);
int64_t plan_refused(const struct plan_unit *line); /* for all reasons */

void plan_print_table(const struct plan *plan, FILE *out);
void plan_print_csv(const struct plan *plan, FILE *out);
struct jv *plan_to_json(const struct plan *plan);

/* In --json, and in the user's language. */
const char *plan_refusal_name(enum refusal why);
const char *plan_refusal_label(enum refusal why);
/* "UCS-2", "GSM-7", "UCS-2 + GSM-7", "-": what the unit's messages are written in. */
const char *plan_alphabet(const struct plan_unit *line);
/* How long messages may be sent in all. */
int64_t plan_window_ms(const struct plan *plan);

#endif
