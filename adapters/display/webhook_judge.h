/* webhook_judge: what a platform's reply to a call means.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_JUDGE_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_JUDGE_H

#include "adapters/display/dialect.h"
#include "adapters/display/webhook.h"

enum webhook_finding {
    WEBHOOK_YES,
    WEBHOOK_NOT_YET,    /* taken, but not done */
    WEBHOOK_NO,         /* another value is there; what: it */
    WEBHOOK_ABSENT,     /* JSON, but nothing is there */
    WEBHOOK_ERROR,      /* the error member is there; what: it */
    WEBHOOK_UNREADABLE, /* no JSON */
    WEBHOOK_OTHER_STATUS
};

/* The reply's JSON, GBK decoded; NULL: it is none. Free it. */
struct jv *webhook_document(const struct webhook_options *options, const struct reply *reply);
/* expected: the rendered equals, NULL when there is none. document may be NULL. what is added to.
 */
enum webhook_finding webhook_judge(const struct webhook_call_options *call, bool lists,
                                   const char *expected, int status, const struct jv *document,
                                   struct buffer *what);
/* What the reply says of power, clock and the screen. */
void webhook_look(const struct webhook_options *options, const struct jv *document, int64_t now_ms,
                  struct sight *sight);

#endif
