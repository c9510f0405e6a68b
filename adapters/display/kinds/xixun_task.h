/* xixun_task: the set of programs that a Xixun card has stored, read and written as a whole.
 * Runs: any (pure).
 *
 * A card knows no single program by itself: a new task replaces the one that it has. So the stored
 * one is read first, and goes back with everything in it that isn't ours as it was. A platform of
 * the owner's that writes between our reading and our writing is overwritten; the card has nothing
 * against that, and the time between is one round trip.
 * Source: Sysolution, "XixunPlayer Solution" (commands PlayXixunTask, getProgramTask). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_XIXUN_TASK_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_XIXUN_TASK_H

#include "gateway/base/json.h"
#include "adapters/display/dialect.h"

/* What the answer to getProgramTask holds. 0: *stored is the document, NULL when the card has no
 * programs. 1: it can't be read, so it must not be written over; *why says what is wrong. The
 * caller frees it. */
int xixun_task_read(const struct jv *answer, struct jv **stored, const char **why);
/* Programs of that name, and of all others. stored may be NULL. */
size_t xixun_task_count(const struct jv *stored, const char *name);
size_t xixun_task_others(const struct jv *stored, const char *name);
/* The command that makes the card hold what is stored without the programs named as the job, and
 * with the job's slogan when ours. */
struct jv *xixun_task_command(const struct talk *talk, const struct jv *stored, bool ours);

#endif
