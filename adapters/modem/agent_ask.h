/* agent_ask: one question to the modem beside libgammu, and its answer.
 * Runs: agent.
 *
 * What libgammu doesn't know to ask, or asks in a way that takes long. It may only be used while
 * libgammu has nothing on its way: not in a callback, not during a send. The answer begins at the
 * echo of the question and ends with OK or an error; what comes between and is no part of it
 * (reports, messages) goes its usual way through the tap. After a question without an answer the
 * modem is asked to say anything at all, so that a late answer can't be taken for the next
 * command's; a modem that doesn't is lost. */
#ifndef LAWCAST_MODEM_AGENT_ASK_H
#define LAWCAST_MODEM_AGENT_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/modem/agent_tty.h"

#define ASK_MS 5000 /* more than any of our questions takes */

struct asker {
    struct tty *tty;
    int64_t limit_ms; /* for one answer */
    bool deaf;        /* the modem is lost: nothing is asked any more */
    int code;         /* of the last refusal; -1: ERROR without a number */
};

enum ask_result {
    ASK_OK,
    ASK_REFUSED, /* code */
    ASK_SILENT,  /* no answer in time */
};

/* Each line of the answer but the last; called while the modem speaks, so it may only take notes.
 */
typedef void ask_hear(void *ctx, const char *line, size_t length);

/* Ends what an earlier agent left half said, and asks until the modem answers and echoes. false: it
 * doesn't before mono time limit_ms. */
bool ask_wake(struct asker *asker, int64_t limit_ms);
enum ask_result ask(struct asker *asker, const char *question, ask_hear *hear, void *ctx);
/* Same; value: what stands behind prefix in the last line that begins with it, without spaces
 * around, cut to fit. "": there is none. */
enum ask_result ask_value(struct asker *asker, const char *question, const char *prefix,
                          char *value, size_t size);

#endif
