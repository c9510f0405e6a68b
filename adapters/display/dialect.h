/* dialect: what a kind of board speaks, as pure functions: content in, request out; reply in,
 * verdict out. The panel (panel.h) does all that waits, counts, retries or remembers.
 * Runs: any (pure).
 *
 * A job is a dialogue of steps. The panel begins it at step 0 and repeats: ask fills the request of
 * the step, the panel sends it, hear reads the reply and says what follows. Steps and their meaning
 * are the kind's own. A new kind is one file in adapters/display/kinds:
 *
 *   static const struct dialect huidu_dialect = {...};
 *   static const struct adapter adapter_huidu = DIALECT_ADAPTER("huidu", ...);
 *   ADAPTER_REGISTER(adapter_huidu);
 *
 * What the panel does by itself, so that no kind has to:
 *  - no reply: DEFERRED when the job has certainly changed nothing, else (SUBMIT) UNKNOWN;
 *  - HTTP statuses, unless the dialect hears them (hears_status): 401, 403: the board refuses our
 *    password or key; 425, 429, 503: later, after Retry-After; 408, other 5xx: the same, but a
 *    SUBMIT is UNKNOWN when the step changes something (dialect_is_doubtful); 3xx: not followed;
 *    other 4xx: 400, 413, 415, 422 at a step that changes something refuse the slogan
 *    (REJECTED), all else is DEFERRED. hear sees 2xx only;
 *  - a session that is over (VERDICT_RENEW): the job begins again at step 0, once;
 *  - three unhealthy ends in a row: the board is down, and is asked by a PROBE with growing pauses.
 *    Such a PROBE wants a sign of life (LEVEL_ACCEPTED) and must ask something. One that wants less
 *    asks nothing (ask.nothing, then DEFERRED) where a reply would tell nothing more than that;
 *  - a job that asked nothing says nothing about whether the board works;
 *  - the digest of the last reply goes into the evidence of a VERIFY that ends with SENT, unless
 *    the kind has put one there;
 *  - replies are capped (ask.reply_most), TLS is verified, redirects are not followed, and one
 *    request is under way per board. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_DIALECT_H
#define LAWCAST_ADAPTERS_DISPLAY_DIALECT_H

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "adapters/adapter.h"
#include "adapters/display/http.h"

enum { DIALECT_HEADERS = 24, DIALECT_STEPS_MOST = 64 };

/* One job on one board, as the kind sees it. All but memory and step is lent and read-only. */
struct talk {
    const struct board *board; /* its options: board->options */
    const struct adapter_job *job;
    const char *callback; /* as in adapter_env */
    void *memory;         /* dialect->memory bytes, zeroed at the start, kept from job to job: a
                             session, a list that is changed and written back */
    int step;
    int64_t now_ms;      /* wall time; also the signature's time */
    char nonce[33];      /* 32 lower-case hexadecimal digits, new for each request */
    struct sight *sight; /* to be filled with what replies tell; zeroed when a job begins */
};

/* The request of a step. Zeroed by the panel, which frees what is in it. */
struct ask {
    const char *method; /* static; NULL: "POST" */
    bool absolute;      /* path is a whole URL instead (a picture that the device points at) */
    struct buffer path; /* goes behind the board's url: empty, or begins with "/" */
    struct buffer body; /* with has_body, also when it is empty */
    bool has_body;
    char *headers[DIALECT_HEADERS + 1]; /* ask_header */
    size_t n_headers;
    bool nothing; /* nothing is sent: hear comes next, with status 0 and an empty body (for what is
                     known without asking) */
    bool changes; /* it may show or remove something */
    int64_t wait_ms;   /* wait so long first: between questions whether something is ready */
    size_t reply_most; /* bytes; 0: HTTP_REPLY_MAX; at most HTTP_PICTURE_MAX */
};

/* Adds "Name: value". A line break in it ends the process: callers check what they put in. */
void ask_header(struct ask *ask, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* HTTP Basic authentication (RFC 7617). */
void ask_basic(struct ask *ask, const char *user, const char *password);
/* Body and Content-Type in one. */
void ask_json(struct ask *ask, const struct jv *document);
/* Frees what is in it and zeroes it; the panel does it, and so do tests. */
void ask_free(struct ask *ask);

/* A reply that came whole. */
struct reply {
    int status;       /* HTTP; TCP: 200 */
    const char *type; /* Content-Type, "" when there is none */
    const char *body; /* NUL-terminated */
    size_t length;
};

enum verdict_kind {
    VERDICT_GO,    /* ask verdict.step next */
    VERDICT_END,   /* the job is over: result, healthy */
    VERDICT_RENEW, /* the session is over: memory was cleared of it; from step 0 again, once a job
                    */
    VERDICT_AWAIT, /* the device will call (dialect->called): go to verdict.step when that comes, or
                      when wait_ms are over without it */
};

struct verdict {
    enum verdict_kind kind;
    int step;
    int64_t wait_ms;
    struct adapter_result result; /* END; result.sight is filled from talk->sight by the panel */
    bool healthy;                 /* END: the board works, whatever it says about the slogan */
};

/* The ordinary ends of hear. */
void verdict_go(struct verdict *verdict, int step);
void verdict_await(struct verdict *verdict, int step, int64_t wait_ms);
/* SENT at this level, healthy. */
void verdict_sent(struct verdict *verdict, enum outcome_level level);
/* VERIFY: not there, healthy. */
void verdict_missing(struct verdict *verdict, const char *why);
/* Any other end. format: an English sentence, which may hold the device's own words. REJECTED is
 * healthy, all else is not. DEFERRED or REJECTED of a SUBMIT whose earlier steps have changed
 * something is made UNKNOWN by the panel. */
void verdict_fail(struct verdict *verdict, enum outcome_kind kind, int code, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* Was what we asked for perhaps done although the answer is this status? Not with 429 and 503: they
 * say that it was not taken. */
bool dialect_is_doubtful(int status);

struct dialect {
    size_t memory;            /* bytes; 0: none */
    const char *const *steps; /* what each step asks for, English: "login"; for messages */
    int n_steps;
    bool hears_status; /* hear also gets replies with a status other than 2xx */
    /* Optional: of those, hear gets this one at this step (what a product may lack). */
    bool (*hears)(int step, int status);
    /* Optional: steps of a VERIFY that fetch an extra (a picture), once a level is proved. No reply
     * or a status that hear doesn't get: hear is called with status 0 and an empty body, and ends
     * with the level that is proved. */
    bool (*may_fail)(int step);
    /* Optional: when the board is made; and its pair. Sets up memory. 0, or -errno with a sentence
     * in the user's language in why. */
    int (*open)(struct talk *talk, char *why, size_t why_size);
    void (*close)(struct talk *talk);
    void (*ask)(const struct talk *talk, struct ask *ask);
    void (*hear)(struct talk *talk, const struct reply *reply, struct verdict *verdict);
    /* Optional. A call of the device; talk->job is the job that awaits one, or NULL. Answers it.
     * What it proves goes out through prove(ctx). true: it is what the job has awaited. */
    bool (*called)(struct talk *talk, const struct adapter_call *call,
                   struct adapter_answer *answer,
                   void (*prove)(void *ctx, const struct board_proof *proof), void *ctx);
    /* TCP instead of HTTP: the board's url is tcp://host:port, ask.body goes out, and whole says
     * how long the reply is that begins in bytes: 0: not complete yet. NULL: HTTP. */
    size_t (*whole)(const char *bytes, size_t n);
};

#define DIALECT_ADAPTER(kind_name, kind_options, options_size, kind_check, kind_traits,            \
                        kind_dialect)                                                              \
    {                                                                                              \
        .kind = {.name = (kind_name),                                                              \
                 .options = (kind_options),                                                        \
                 .size = (options_size),                                                           \
                 .check = (kind_check),                                                            \
                 .traits = (kind_traits)},                                                         \
        .channel = CHANNEL_DISPLAY, .caps = ADAPTER_IDEMPOTENT,                                    \
        .state_size = sizeof(struct panel), .dialect = (kind_dialect), .init = panel_init,         \
        .start = panel_start, .submit = panel_submit, .withdraw = panel_withdraw,                  \
        .verify = panel_verify, .probe = panel_probe, .cancel = panel_cancel,                      \
        .hurry = panel_hurry, .hear = panel_hear, .stop = panel_stop, .fini = panel_fini           \
    }

/* Seconds since midnight and the date of a wall time in the process's time zone. */
struct dialect_time {
    int year, month, day, hour, minute, second, weekday; /* month 1..12, weekday 0 = Sunday */
};
struct dialect_time dialect_time(int64_t wall_ms);
/* The end of a showing for devices that know minutes only: until_ms rounded up, but not past
 * limit_ms rounded down, unless that is already over. */
int64_t dialect_minute_end(const struct adapter_job *job);
/* Is it a name that sight.h describes, of whichever gateway? */
bool dialect_is_name(const char *name);
/* A device's own words may be in it: the books take valid UTF-8 on one line, so a character that
 * was cut at the end goes, and control characters become spaces. */
void dialect_tidy(char *text);
/* Is this URL the base itself or something below it (and not http://board.example for
 * http://board)? */
bool dialect_is_under(const char *url, const char *base);
/* Adds text with &, <, >, " and ' escaped. */
void dialect_escape_html(struct buffer *out, const char *text);

#endif
