/* reload: the configuration read anew while the gateway runs (SIGHUP, control verb reload).
 * Runs: loop. Reads files on it: a few milliseconds, and nothing is sent meanwhile.
 *
 * A configuration with errors changes nothing. What can't be changed in a running gateway (boards,
 * listen, time zone, books, the order of units) stays as it was and is named. Everything of the
 * first configuration and of each that was in force is kept until the end: campaigns, modems and
 * boards lend from them. */
#ifndef LAWCAST_RELOAD_H
#define LAWCAST_RELOAD_H

#include "gateway/base/outlet.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/outside.h"

struct reload;

/* first: lent until reload_free. */
struct reload *reload_new(const struct office *first);
void reload_free(struct reload *reload); /* after dispatch_free and outside_free; NULL is fine */
/* Fills answer with "changes" and "later", or "error" and "errors" (sentences); log lines, too. */
void reload_now(struct reload *reload, struct dispatch *dispatch, struct outside *outside,
                struct jv *answer);
/* The answer, for people. */
void reload_say(const struct jv *answer, struct outlet *voice);
/* What holds now. */
const struct office *reload_office(const struct reload *reload);

#endif
