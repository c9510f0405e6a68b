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
 *     ready(false) may come while a job is lent: its done comes too, before or after. A board's job
 *     that is not worth waiting for any more can be broken off (cancel); its done follows at once.
 *  6. The caller allocates the state (state_size bytes, zeroed) and frees it after fini. A state
 * whose init failed or that was never started may be handed to fini.
 *  7. Death has three steps: stop (settle what is lent, close handles; then events->stopped,
 * exactly once), then fini (free memory; touches no loop). stop may be called at any time after
 * start.
 *  8. An outcome says the truth about sending: DEFERRED only when it is certain that nothing left,
 * UNKNOWN when it is not certain, SENT only when every part was taken.
 *  9. Text handed over is valid UTF-8 and lasts as long as the job.
 * 10. Modems: what comes in (events->received) may come at any time between start and stopped, also
 *     while it stops. The device keeps it until forget: what the caller can't put into its books
 *     isn't lost, but told again after the next start. A modem or a SIM that isn't the one that
 *     is wanted is never told as health, because the books would take it for ours.
 *
 * 11. Boards: a device may call us (hear). What such a call proves may be told from inside hear
 *     (events->proved), the one exception from rule 2.
 *
 * Registration (adapter_check) ends the process when a mandatory operation is missing. */
#ifndef LAWCAST_ADAPTERS_ADAPTER_H
#define LAWCAST_ADAPTERS_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/buffer.h"
#include "gateway/base/option.h"
#include "gateway/model/delivery.h"
#include "gateway/model/health.h"
#include "gateway/model/inbound.h"
#include "gateway/model/office.h"
#include "gateway/model/outcome.h"
#include "gateway/model/sight.h"
#include "gateway/model/traits.h"

struct ports;
struct http;    /* adapters/display/http.h: the shared engine of all boards */
struct dialect; /* adapters/display/dialect.h: what a kind of board speaks */

enum adapter_caps {
    ADAPTER_IDEMPOTENT = 1 << 0, /* the same job twice shows once: safe to repeat after a crash */
    ADAPTER_REPORTS = 1 << 1,    /* the network may report later (events->report) */
    ADAPTER_RECEIVES = 1 << 3,   /* people may answer (events->received, forget) */
};

/* Boards:
 *   SUBMIT    what is named job->name shows job->text now, and only until job->until_ms; it is there
 *             once, however often it is asked for. Nothing else on the device is touched
 *   WITHDRAW  nothing of that name is on the device any more
 *   VERIFY    is it there, and at which level (as far as job->want, no further)?
 *   PROBE     no slogan is meant: how does the device stand? Changes nothing. DEFERRED when there is
 *             nothing that it could tell */
enum adapter_verb { ADAPTER_SUBMIT, ADAPTER_WITHDRAW, ADAPTER_VERIFY, ADAPTER_PROBE };
#define ADAPTER_VERBS 4

struct adapter_job {
    enum adapter_verb verb;    /* which operation lent it; set by the caller */
    uint64_t id;               /* the delivery's number in the books */
    int64_t address;           /* messages: 86...; boards: 0 */
    const char *text;          /* the message or the slogan, UTF-8 */
    int64_t from_ms, until_ms; /* wall time: of the showing; messages: valid until */
    int64_t limit_ms;          /* boards: the window's end. A device that ends showings to the
                                  minute may go on past until_ms, never past this */
    bool want_report;          /* messages: ask the network for a status report */
    unsigned slot;             /* boards: 0..99, the place that the slogan should take, if the device has places */
    char name[SIGHT_NAME];     /* boards: see sight.h; PROBE: "" */
    enum outcome_level want;   /* VERIFY: how much is to be proved. PROBE: LEVEL_UNKNOWN: what can be
                                  told of the device, and nothing is asked where nothing can be
                                  told; LEVEL_ACCEPTED: a sign of life at least */
    const void *picture;       /* boards with render = "picture": the slogan as a PNG of the board's
                                  size, in place of the text; else NULL. Lent as the text is */
    size_t picture_length;
    void *owner; /* the caller's, untouched */
};

struct adapter_result {
    struct outcome
        outcome; /* WITHDRAW: SENT = gone (also when it was gone before); VERIFY: SENT = level
                    holds, REJECTED = not there, DEFERRED/UNKNOWN = could not be asked */
    enum outcome_level level; /* boards: what is proved; LEVEL_UNKNOWN for messages */
    struct sight sight;       /* boards: what the dialogue told of the device, after any verb */
    struct evidence evidence; /* boards, VERIFY: of the level */
};

/* What a device or platform proves later, by a call of its own. */
struct board_proof {
    char name[SIGHT_NAME];
    enum outcome_level level;
    int64_t from_ms, until_ms; /* LEVEL_LOGGED: it was on the screen, wall time; else both 0: the
                                  level alone is news */
    struct evidence evidence;
};

/* A request that came to the listener for this board. */
struct adapter_call {
    const char *method;
    const char *path; /* what follows the board's callback URL: "" or begins with "/" */
    const char *body; /* NUL-terminated */
    size_t length;
    /* A request header, name without regard to case; NULL: not there. */
    const char *(*header)(const struct adapter_call *call, const char *name);
    void *ctx; /* header's */
};

struct adapter_answer {
    int status; /* set to 404 by the caller */
    const char *type;
    struct buffer body; /* the caller frees it */
};

/* What an instance tells its caller. ctx is the one given to init. All on the loop, never from
 * inside an operation. Modems need all but proved; boards only ready, done, proved and stopped. */
struct adapter_events {
    /* The device can (not) take jobs. why: a sentence in English, valid during the call; "" with
     * true. */
    void (*ready)(void *ctx, bool ready, const char *why);
    void (*done)(void *ctx, struct adapter_job *job, const struct adapter_result *result);
    void (*report)(void *ctx, const struct status_report *report); /* needs ADAPTER_REPORTS */
    /* Messages. Who the modem is and how it stands: before ready(true), and then whenever it
     * changes, at most about once a minute. Valid during the call. */
    void (*health)(void *ctx, const struct modem_health *health);
    /* Needs ADAPTER_RECEIVES. One part of a message that somebody sent to this SIM. The device
     * keeps it until forget; so the same part may come again (after a crash, with another ticket).
     * Valid during the call. */
    void (*received)(void *ctx, const struct inbound *inbound);
    /* What has to be remembered of the configured PIN, because three wrong tries lock a SIM: told
     * before it is tried, as if it had been refused already, and again when it is known what came
     * of it. 0: nothing, the SIM took it. Any other number: for remember, at the next start,
     * whatever happens to us meanwhile. */
    void (*pin_refused)(void *ctx, int64_t mark);
    /* Boards; from inside hear. Valid during the call. */
    void (*proved)(void *ctx, const struct board_proof *proof);
    void (*stopped)(void *ctx);
};

struct adapter_env {
    uv_loop_t *loop;
    struct http *http;         /* NULL when there are no boards */
    const char *agent_path;    /* the lawcast-modem program; NULL when there are no modems */
    const struct modem *modem; /* channel CHANNEL_SMS; lent for the instance's life */
    const struct board *board; /* channel CHANNEL_DISPLAY; same */
    const char *callback;      /* boards: URL without a slash at its end under which the device can
                                  call us; NULL: there is no listener */
    struct ports *ports;       /* modems: who has which device (adapters/modem/ports.h); or NULL */
    const struct adapter_events *events;
    void *ctx;
};

struct adapter {
    struct option_kind kind; /* name, options of the kind, size: what config needs to know */
    enum delivery_channel channel;
    unsigned caps; /* enum adapter_caps */
    size_t state_size;
    const struct dialect *dialect; /* boards that the panel drives; else NULL */
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
    int (*probe)(void *state, struct adapter_job *job);
    /* The job that is lent, if any, ends soon: RETURNED when certainly nothing left, else UNKNOWN.
     * Modems: only of one that was stopped. NULL: it ends by itself. */
    void (*cancel)(void *state);
    /* Boards only. Something is due there that can't wait: a board that is not ready is asked now,
     * and about every second from then on, until it is ready. May be said again. */
    void (*hurry)(void *state);
    /* Boards only. Answers a call of the device. Any time between start and stop. */
    void (*hear)(void *state, const struct adapter_call *call, struct adapter_answer *answer);
    /* With ADAPTER_RECEIVES: the part with this ticket is in the books; a ticket that isn't known
     * any more is ignored. Any time between start and stop. */
    void (*forget)(void *state, uint64_t ticket);
    /* Messages; NULL: not looked at. Before start: what pin_refused told last, in an earlier run
     * (0: nothing), and the IMSI that was last seen here ("": none). A modem that has a remembered
     * or a configured IMSI isn't ready without telling one: limits are kept by SIM. */
    void (*remember)(void *state, int64_t pin_mark, const char *imsi);
    /* Messages; NULL: not told. Status reports that the device has told since the start, also those
     * that wait for the end of a job: a rehearsal counts them. */
    int64_t (*heard)(const void *state);
    void (*stop)(void *state);
    void (*fini)(void *state);
};

/* Registration: a file that says ADAPTER_REGISTER(its adapter) is known, once it is linked. So a new
 * kind of board is one new file in adapters/display/kinds and no change anywhere else. */
#define ADAPTER_REGISTER(which)                                                                    \
    static const struct adapter *const which##_registered                                          \
        __attribute__((section("lawcast_adapters"), used)) = &(which)

/* Adapter number i; NULL past the last one. Ordered by name, so that lists are the same in every
 * build. */
const struct adapter *adapter_at(size_t i);
/* By name, or NULL. */
const struct adapter *adapter_find(const char *name);
/* The kinds of boards, for config: an option_kinds. */
const struct option_kind *adapter_board_kind(size_t i);
void adapter_check(const struct adapter *adapter);

#endif
