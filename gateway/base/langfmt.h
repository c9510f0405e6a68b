/* langfmt: may a translation stand in for a printf format?
 * Runs: any (pure).
 *
 * A translation comes from a file that no compiler has seen. One whose directives ask for other
 * arguments than the original's would read what isn't there, so it must never reach printf. */
#ifndef LAWCAST_BASE_LANGFMT_H
#define LAWCAST_BASE_LANGFMT_H

#include <stdbool.h>

/* True when translation can be printed wherever original can. Directives have to be the same to the
 * letter, width and precision too (a %.16s may bound bytes without an end), in the same order; or,
 * when none has a *, in any order as "%2$s", each argument at least once. %% may be added. An
 * original that is no format at all, such as one that explains "%Y", can't be used as one, so
 * anything may stand in for it. */
bool langfmt_fits(const char *original, const char *translation);

#endif
