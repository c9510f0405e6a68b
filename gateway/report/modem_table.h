/* modem_table: how every modem and its SIM stands, for people and for programs.
 * Runs: any.
 *
 * The configuration says which modems there are and what they may send; the books say how each
 * stood when the gateway last wrote it down, and what its SIM has sent. Lends both. */
#ifndef LAWCAST_REPORT_MODEM_TABLE_H
#define LAWCAST_REPORT_MODEM_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/ledger/books.h"
#include "gateway/model/office.h"

struct modem_table; /* opaque */

/* How modems speak is the adapter's knowledge. Results are valid until the next call. */
struct modem_words {
    const char *(*error_text)(int code);     /* in the user's language */
    const char *(*error_english)(int code);  /* for programs */
    const char *(*why)(const char *english); /* in the user's language */
};

/* books NULL: there are none yet. 0; or -errno: the books can't be read. words is lent. */
int modem_table_read(struct modem_table **out, const struct office *office, struct books *books,
                     const struct modem_words *words, int64_t now_ms);
void modem_table_free(struct modem_table *table); /* NULL is fine */
/* live: a gateway is at work on the books; else the states are of yesterday, and so are said. */
void modem_table_print(const struct modem_table *table, bool live, FILE *out);
/* Same, to be freed. */
/* numbers: of SIMs, modems and service centres in full; else masked. */
struct jv *modem_table_json(const struct modem_table *table, bool live, bool numbers);

#endif
