/* boards: all boards behind one HTTP server on 127.0.0.1; those that speak TCP on ports of their
 * own. Runs: loop. Library: libmicrohttpd (only boards*.c).
 *
 * A board that hangs takes requests and never answers; one that is offline closes the connection
 * without an answer (all boards share a port, so it can't refuse). What is hung is dropped when the
 * board stops hanging, and at the end. Bad HTTP is answered with 400, but for a first line that is
 * no request line at all: at that the library closes the connection. */
#ifndef LAWCAST_TESTS_SIM_BOARDS_H
#define LAWCAST_TESTS_SIM_BOARDS_H

#include <stdbool.h>

#include <uv.h>

#include "gateway/base/json.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/spec.h"

struct boards; /* opaque */
struct board_place;

/* spec outlives the boards. */
struct boards *boards_new(uv_loop_t *loop, struct sim_log *log, const struct sim_spec *spec);
/* Listens. 0 or -errno. */
int boards_start(struct boards *boards);
/* Stops listening, drops connections, logs what is still shown; boards_free once the loop is empty.
 */
void boards_close(struct boards *boards);
void boards_free(struct boards *boards);

unsigned boards_port(const struct boards *boards);
/* {"id":"http://127.0.0.1:N/..."}. */
struct jv *boards_urls(const struct boards *boards);
/* The clock was moved. */
void boards_advance(struct boards *boards);
/* Wall time of what changes next by itself, as of the last request; INT64_MAX: nothing. */
int64_t boards_next_ms(const struct boards *boards);
/* No board is calling anybody. */
bool boards_are_quiet(const struct boards *boards);

struct board_place *boards_find(struct boards *boards, const char *id);
void board_place_reboot(struct board_place *place);
void board_place_power(struct board_place *place, bool on);
/* See enum board_trick. */
void board_place_lie(struct board_place *place, bool on);
void board_place_pretend(struct board_place *place, bool on);
void board_place_sleep(struct board_place *place, bool on);
void board_place_skew(struct board_place *place, int64_t skew_ms);
/* Its logins are over. 0, or 1: it has none. */
int board_place_expire(struct board_place *place);
/* The owner's own program comes on it; what is stored on it, by name. */
void board_place_own(struct board_place *place, const char *name, const char *text);
void board_place_list(const struct board_place *place, struct jv *names);
/* The next requests are answered with this HTTP status (TCP: not at all); retry_s 0: without
 * Retry-After. */
void board_place_fault(struct board_place *place, unsigned status, int64_t times, int64_t retry_s);
enum board_trip {
    TRIP_NONE,
    TRIP_HANG, /* it hangs from that request on */
    TRIP_DARK, /* its power fails as that request comes */
    TRIP_CUT   /* its power fails as that request has been carried out and isn't answered yet */
};
/* At the next request. */
void board_place_set_trip(struct board_place *place, enum board_trip trip);
/* The fault or the trip that is set waits for so many requests more. */
void board_place_set_ahead(struct board_place *place, int64_t requests);
/* Is there a fault, a garbled answer or a trip that waits for its request? */
bool board_place_is_armed(const struct board_place *place);
/* The nth of the next requests is carried out, and answered with this status and a web page. */
void board_place_garble(struct board_place *place, unsigned status, int64_t nth);
void board_place_hang(struct board_place *place, bool on);
void board_place_offline(struct board_place *place, bool on);

#endif
