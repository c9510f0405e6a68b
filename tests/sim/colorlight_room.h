/* colorlight_room: the inside of colorlight, shared by colorlight.c and colorlight_read.c.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_TESTS_SIM_COLORLIGHT_ROOM_H
#define LAWCAST_TESTS_SIM_COLORLIGHT_ROOM_H

#include "tests/sim/reel.h"

/* The text of the program in a request (JSON, or a form with the program's file and its pictures),
 * to be freed; a picture's is "picture:" and its file's size. NULL: it is no program. */
char *colorlight_read_program(const struct board_spec *spec, const struct board_request *request,
                              const char *name);
/* Is it a schedule that can be stored? */
bool colorlight_is_schedule(const struct jv *document);
/* No priority stands twice. */
bool colorlight_runs(const struct jv *schedule);
/* When an entry of a stored schedule may be seen. */
void colorlight_read_window(const struct jv *entry, struct reel_window *window);
/* Adds an entry without limits, with the first free priority. */
void colorlight_add(struct jv **schedule, const char *name);

#endif
