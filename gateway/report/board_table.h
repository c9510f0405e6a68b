/* board_table: how every board stands and what is on it, for people and for programs.
 * Runs: any.
 *
 * The configuration says which boards there are and whose they are; the books say how each stood
 * when the gateway last wrote it down, what is on it and for how long it has shown our slogans
 * today. Lends the office. */
#ifndef LAWCAST_REPORT_BOARD_TABLE_H
#define LAWCAST_REPORT_BOARD_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/ledger/books.h"
#include "gateway/model/office.h"

struct board_table; /* opaque */

/* books NULL: there are none yet. 0; or -errno: the books can't be read. */
int board_table_read(struct board_table **out, const struct office *office, struct books *books,
                     int64_t now_ms);
void board_table_free(struct board_table *table); /* NULL is fine */
/* live: a gateway is at work on the books; else the states are of yesterday, and so are said. */
void board_table_print(const struct board_table *table, bool live, FILE *out);
/* To be freed. */
struct jv *board_table_json(const struct board_table *table, bool live);

#endif
