/* ill: is it the modem, its SIM, the network, or the message? Errors that say "this modem can't
 * send" also come for a message that the modem can't bear, or a number that an operator refuses to
 * everybody; and then the next modem says the same. So one recipient alone proves nothing.
 * Runs: any (pure).
 *
 *   the modem     is ill when it fails in this way for two different recipients in a row; or when
 *                 ILL_SEVERAL hear an error that says nothing, with no message sent between
 *   the SIM       is barred or out of credit when ILL_SURE different recipients, with no message
 *                 sent between, are refused with numbers that are hardly ever theirs, or ILL_MANY
 *                 with numbers that may be (cms.h: suspicion), or two so often that it makes
 *                 ILL_MANY refusals
 *   the set-up    of modem or message centre is wrong when ILL_SEVERAL different recipients, with
 *                 no message sent between, are refused for what they have in common (the PDU, not
 *                 the number). Such a refusal is final for a recipient only when this modem has
 *                 sent something just before
 *   the network   is busy when it says so to two different recipients in a row; to one, it gets the
 *                 benefit of the doubt after a short rest
 *
 * What was proved stands until a message is sent; until then each further recipient proves it
 * again, but not one that failed before: a number that always fails must not keep a modem that
 * has recovered from all the others. A zeroed one is healthy. */
#ifndef LAWCAST_MODEM_ILL_H
#define LAWCAST_MODEM_ILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/outcome.h"

#define ILL_SURE    2
#define ILL_SEVERAL 3
#define ILL_MANY    5

enum ill_verdict {
    ILL_FINE,   /* go on */
    ILL_MODEM,  /* the modem has to be started again */
    ILL_BARRED, /* the SIM is refused: only a person or a long time mends it */
    ILL_MISFIT, /* every message is refused: same */
};

/* Whose messages failed, with none sent between; different ones, the newest last. */
struct ill_row {
    int64_t addresses[ILL_MANY];
    int n;
};

struct ill {
    int64_t address; /* whose message failed last for the modem's sake, 0: none */
    bool proved;
    struct ill_row refused; /* for the SIM's sake */
    int n_certain;          /* of them */
    int n_refusals;         /* also of the same; since it was proved last */
    bool barred;
    struct ill_row vague, misfit;
    bool sound; /* a message was sent, ever */
    int64_t busy_address;
    int n_busy;
};

/* Takes note of the outcome of a message to address (not 0), and completes the outcome: with what
 * it advises the lane; a message that only proves what is wrong with the SIM, or with a modem that
 * doesn't say what, goes back uncharged; one that may be refused for the modem's sake is
 * deferred. */
enum ill_verdict ill_note(struct ill *ill, int64_t address, struct outcome *outcome);
/* Why the verdict (not FINE) of this outcome, as a sentence. */
void ill_explain(const struct ill *ill, enum ill_verdict verdict, const struct outcome *outcome,
                 char *why, size_t why_size);

#endif
