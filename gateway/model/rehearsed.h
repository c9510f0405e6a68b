/* rehearsed: what tells the books of a rehearsal from the office's, and how that is said.
 * Runs: any (pure).
 *
 * A rehearsal's books sign under a name of their own, which stands in every checkpoint and receipt:
 * whoever holds one can see that nothing was sent, and to hide it breaks every signature. */
#ifndef LAWCAST_MODEL_REHEARSED_H
#define LAWCAST_MODEL_REHEARSED_H

#include <stdbool.h>

#define REHEARSED_PREFIX "rehearsal-"

/* origin: the name of a log. */
bool rehearsed_is(const char *origin);
/* "● REHEARSAL: nothing was sent.", in the user's language. */
const char *rehearsed_banner(void);
/* The same as a note among findings: "! ..." with a line break. */
const char *rehearsed_note(void);

#endif
