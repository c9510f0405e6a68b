/* huidu_room: the inside of huidu, shared by huidu.c and huidu_read.c.
 * Runs: any (pure). */
#ifndef LAWCAST_TESTS_SIM_HUIDU_ROOM_H
#define LAWCAST_TESTS_SIM_HUIDU_ROOM_H

#include "tests/sim/reel.h"

/* Is it this text? */
bool huidu_is(const struct jv *value, const char *text);
/* A program's playControl; NULL: always. 0, or 1 when it is none that this controller can: it takes
 * one span of days and one of times. */
int huidu_read_window(const struct jv *control, struct reel_window *window);
/* Is it a place on the screen? */
bool huidu_is_area(const struct board_spec *spec, const struct jv *area);
/* What an item shows, or NULL: it isn't a text that this controller can draw. */
const char *huidu_text(const struct board_spec *spec, const struct jv *item);

#endif
