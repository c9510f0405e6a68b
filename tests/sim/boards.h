/* boards: all boards behind one HTTP server on 127.0.0.1.
 * Runs: loop. Library: libmicrohttpd (only boards.c).
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

struct board_place *boards_find(struct boards *boards, const char *id);
void board_place_reboot(struct board_place *place);
void board_place_lie(struct board_place *place, bool on);
void board_place_hang(struct board_place *place, bool on);
void board_place_offline(struct board_place *place, bool on);

#endif
