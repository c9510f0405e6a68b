/* adapter: the contract between the gateway and what delivers for it.
 * Runs: loop.
 *
 * An adapter instance is one device: one modem or one board. It is lent one job at a time and turns
 * it into exactly one outcome. It knows neither the books nor other devices.
 *
 * The rules of the game:
 *  1. All operations run on the loop and return at once. What takes time is done by events.
 *  2. An adapter never calls back from inside an operation, not even to report a failure: it arms
 *     something on the loop and calls later. So the caller needs no guard against re-entry.
 *  3. An accepted job (submit, withdraw or verify returned 0) gets exactly one call of
 * events->done, whatever happens: crash of an agent, time-out, stop. The adapter limits its own
 * waiting.
 *  4. The caller owns the job and lends it until done is called; it stays at its address until
 * then.
 *  5. At most one job is lent at a time, and only between ready(true) and ready(false).
 *     ready(false) may come while a job is lent: its done comes too, before or after.
 *  6. The caller allocates the state (state_size bytes, zeroed) and frees it after fini. A state
 * whose init failed or that was never started may be handed to fini.
 *  7. Death has three steps: stop (settle what is lent, close handles; then events->stopped,
 * exactly once), then fini (free memory; touches no loop). stop may be called at any time after
 * start.
 *  8. An outcome says the truth about sending: DEFERRED only when it is certain that nothing left,
 * UNKNOWN when it is not certain, SENT only when every part was taken.
 *  9. Text handed over is valid UTF-8 and lasts as long as the job.
 *
 * Registration (adapter_check) ends the process when a mandatory operation is missing. */
#ifndef LAWCAST_ADAPTERS_ADAPTER_H
#define LAWCAST_ADAPTERS_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/option.h"
#include "gateway/model/delivery.h"
#include "gateway/model/office.h"
#include "gateway/model/outcome.h"

struct http; /* adapters/display/http.h: the shared engine of all boards */

enum adapter_caps {
    ADAPTER_IDEMPOTENT = 1 << 0, /* the same job twice shows once: safe to repeat after a crash */
    ADAPTER_REPORTS = 1 << 1,    /* the network may report later (events->report) */
    ADAPTER_WINDOW = 1 << 2,     /* the device itself ends a showing at job->until_ms */
};

enum adapter_verb { ADAPTER_SUBMIT, ADAPTER_WITHDRAW, ADAPTER_VERIFY };

struct adapter_job {
    enum adapter_verb verb;    /* which operation lent it; set by the caller */
    uint64_t id;               /* the delivery's number in the books */
    int64_t address;           /* messages: 86...; boards: 0 */
    const char *text;          /* the message or the slogan, UTF-8 */
    int64_t from_ms, until_ms; /* wall time: the slot of a slogan; messages: valid until */
    bool want_report;          /* messages: ask the network for a status report */
    unsigned slot;             /* boards: 0..99, the place that the slogan takes on the device */
    char name[40]; /* boards: stable native name, ASCII [a-z0-9-], begins with "lawcast-" */
    void *owner;   /* the caller's, untouched */
};

struct adapter_result {
    struct outcome
        outcome; /* WITHDRAW: SENT = gone (also when it was gone before); VERIFY: SENT = level
                    holds, REJECTED = not there, DEFERRED/UNKNOWN = could not be asked */
    enum outcome_level level; /* boards: what is proved; LEVEL_UNKNOWN for messages */
};

/* What an instance tells its caller. ctx is the one given to init. All on the loop, never from
 * inside an operation. */
struct adapter_events {
    /* The device can (not) take jobs. why: a sentence in English, valid during the call; "" with
     * true. */
    void (*ready)(void *ctx, bool ready, const char *why);
    void (*done)(void *ctx, struct adapter_job *job, const struct adapter_result *result);
    void (*report)(void *ctx, const struct status_report *report); /* needs ADAPTER_REPORTS */
    void (*stopped)(void *ctx);
};

struct adapter_env {
    uv_loop_t *loop;
    struct http *http;         /* NULL when there are no boards */
    const char *agent_path;    /* the lawcast-modem program; NULL when there are no modems */
    const struct modem *modem; /* channel CHANNEL_SMS; lent for the instance's life */
    const struct board *board; /* channel CHANNEL_DISPLAY; same */
    const struct adapter_events *events;
    void *ctx;
};

struct adapter {
    struct option_kind kind; /* name, options of the kind, size: what config needs to know */
    enum delivery_channel channel;
    unsigned caps; /* enum adapter_caps */
    size_t state_size;
    /* Keeps env's pointers, checks the options. 0, or -errno with a sentence in why (fatal for the
     * configuration: the caller shows it and ends). Optional reasons are logged. */
    int (*init)(void *state, const struct adapter_env *env, char *why, size_t why_size);
    /* Begins to make the device ready; ready(true) follows when it is. Failure to become ready is
     * told by ready(false, why), and the adapter goes on trying by itself. 0 or -errno. */
    int (*start)(void *state);
    /* Takes a job. 0: accepted, done follows. Positive: not now (not ready); the job is not taken.
     */
    int (*submit)(void *state, struct adapter_job *job);
    /* Boards only; NULL for channels without. Same rules as submit. */
    int (*withdraw)(void *state, struct adapter_job *job);
    int (*verify)(void *state, struct adapter_job *job);
    void (*stop)(void *state);
    void (*fini)(void *state);
};

/* All adapters, ended by NULL: the one place that knows them (adapters/adapters.c). */
extern const struct adapter *const adapters[];
/* By name, or NULL. */
const struct adapter *adapter_find(const char *name);
/* The kinds of boards, ended by name NULL, for config. */
const struct option_kind *adapter_board_kinds(void);
void adapter_check(const struct adapter *adapter);

#endif
