/* retell_inside: what the files of retell share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_AUDIT_RETELL_INSIDE_H
#define LAWCAST_AUDIT_RETELL_INSIDE_H

#include "gateway/base/json.h"
#include "gateway/audit/retell.h"

/* A fact as JSON, to be freed; NULL: nothing is told. */
struct jv *retell_fact(const struct retell *retell, enum record_fact fact, int64_t key,
                       int64_t key2);
/* Copies the text of a member into an array of that size. */
void retell_copy(char *to, size_t size, const struct jv *fact, const char *pointer);
/* What each board showed, by day; and what is asked of it. */
void retell_shown(const struct retell *retell, int64_t campaign, struct shown_days *out);
void retell_targets(const struct retell *retell, int64_t campaign, const struct statement *boards,
                    struct target_lines *out);
/* Slogans of the campaign by board, then slot; to be freed. */
const struct replay_showing **retell_showings(const struct retell *retell, int64_t campaign,
                                              size_t *n);

#endif
