/* contact: is a responsible person named, and was it in time?
 * Runs: any (pure).
 *
 * The books say since when somebody is named without a break. They can say that a unit was late
 * only when they were there before the deadline: books that were begun after it can't know. */
#ifndef LAWCAST_MODEL_CONTACT_H
#define LAWCAST_MODEL_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

enum contact_standing {
    CONTACT_MISSING, /* nobody is named */
    CONTACT_NAMED,   /* there is no deadline */
    CONTACT_IN_TIME,
    CONTACT_LATE,
    CONTACT_UNPROVED, /* named; the campaign came into the books after the deadline */
    CONTACT_STANDINGS
};

/* Not NULL, not empty, and not what forms say in its place ("请填写", "张三（待定）"); for position
 * and phone, too. */
bool contact_is_named(const char *name);
/* Named by what can be a name: no number, no "xxx". */
bool contact_is_person(const char *name);
/* named_ms: since when, 0: nobody is; deadline_ms: 0: none; entered_ms: when the campaign came into
 * the books. */
enum contact_standing contact_stand(int64_t named_ms, int64_t deadline_ms, int64_t entered_ms);
const char *contact_standing_name(enum contact_standing standing);  /* "in_time": for --json */
const char *contact_standing_label(enum contact_standing standing); /* in the user's language */

#endif
