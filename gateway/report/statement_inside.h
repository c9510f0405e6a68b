/* statement_inside: what the files of statement share; nobody else includes it.
 * Runs: any (pure). */
#ifndef LAWCAST_REPORT_STATEMENT_INSIDE_H
#define LAWCAST_REPORT_STATEMENT_INSIDE_H

#include "gateway/report/statement.h"

/* A sum that leaves int64 stays at its end: the books are damaged, and statement_is_sane says so of
 * what was summed. */
void statement_add(int64_t *sum, int64_t n);
/* Of the states whose bits are set. */
int64_t statement_sum(const int64_t *n, uint32_t states);
/* Of a column; of what the network bills; of what it may bill too. */
uint32_t statement_column_states(enum statement_column column);
#define STATEMENT_BILLED                                                                           \
    (1u << DELIVERY_SENT | 1u << DELIVERY_DELIVERED | 1u << DELIVERY_UNDELIVERED)
#define STATEMENT_DOUBTED (1u << DELIVERY_UNKNOWN)
#define STATEMENT_ALL     ((1u << DELIVERY_STATES) - 1)

/* False: why is a sentence that says what can't be. */
bool statement_is_sane(const struct statement *statement, char *why, size_t why_size);
bool statement_has_unit(const struct statement *statement, const char *id);

/* What is too long is cut between two characters. */
void statement_put(char *to, size_t size, const char *from);
/* Units with all that are below them; the units come first. */
void statement_build_groups(struct statement *statement, const struct statement_source *source);
void statement_release_groups(struct statement *statement);
/* Figures of a unit into a sum of units. */
void statement_add_unit(struct statement_unit *sum, const struct statement_unit *unit);

/* The lines of every dimension that the source knows. */
void statement_build_lines(struct statement *statement, const struct statement_source *source);
void statement_release_lines(struct statement *statement);

#endif
