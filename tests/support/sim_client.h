/* sim_client: lawcast-sim as a test's child: started, commanded, its log read, ended.
 * Runs: any (blocks; for tests).
 *
 *   struct sim_client *sim = sim_client_start(program, options);
 *   ... sim_client_modem(sim, 0) ... sim_client_tell(sim, "hang %d after", 0) ...
 *   struct sim_events events = sim_client_events(sim);
 *   sim_events_free(&events); sim_client_stop(sim); sim_client_free(sim);
 *
 * The client makes a folder for the modems' links and the log, and removes it in sim_client_free. A
 * simulator that doesn't answer in 20 s is taken for dead. */
#ifndef LAWCAST_TESTS_SUPPORT_SIM_CLIENT_H
#define LAWCAST_TESTS_SUPPORT_SIM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/base/json.h"

struct sim_client; /* opaque */

/* One line of the simulator's log; strings are NULL and numbers -1 where the event has none. */
struct sim_event {
    int64_t t;
    char *event; /* "accepted", "rejected", "reported", "stray", "bad", "inbound", "deleted",
                    "shown", "hidden"; see tests/sim/sim_log.h */
    int64_t number;
    int modem, reference, part, parts, concat, code, status;
    int vp;    /* TP-VP as it was sent */
    int place; /* in the SIM's memory; 0: not stored */
    char *alphabet, *text, *board, *name;
    char *imsi, *kind; /* kind of a refusal: "cms", "cme", "error" */
    char *sender;      /* number as it stands there: of inbound and deleted it may be a name */
    bool open, stored;
};

struct sim_events {
    struct sim_event *items;
    size_t n;
};

/* The program's path: LAWCAST_SIM, or ../../lawcast-sim seen from the test program. To be freed. */
char *sim_client_program(const char *test_program);
/* options: more words for its command line, ended by NULL (--dir and --log are given already). NULL
 * after saying why not on standard error. */
struct sim_client *sim_client_start(const char *program, const char *const *options);
/* Same, with the text of a specification file (JSON, see tests/sim/spec.h) before the options. */
struct sim_client *sim_client_start_spec(const char *program, const char *spec,
                                         const char *const *options);
/* Ends it (if it still runs) and returns its exit status, -1 when it didn't end by itself. The log
 * stays readable. */
int sim_client_stop(struct sim_client *client);
/* Stops first, if that was not done. */
void sim_client_free(struct sim_client *client);

/* The path of modem K's link, or NULL. Lent. */
const char *sim_client_modem(const struct sim_client *client, size_t index);
/* The URL of a board, or NULL. Lent. */
const char *sim_client_board(const struct sim_client *client, const char *id);

/* The log's path. Lent. */
const char *sim_client_log(const struct sim_client *client);

/* Sends one command and returns its answer (jv_free), or NULL: no answer. */
struct jv *sim_client_ask(struct sim_client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Same; was it obeyed? */
bool sim_client_tell(struct sim_client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Everything logged until now, oldest first. */
struct sim_events sim_client_events(struct sim_client *client);
void sim_events_free(struct sim_events *events);
/* How many events of this kind ("accepted", ...). */
size_t sim_events_count(const struct sim_events *events, const char *event);

#endif
