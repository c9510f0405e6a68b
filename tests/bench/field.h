/* field: ten thousand boards for benches: a process of its own that speaks for all of them, each at
 * an address of its own in 127.0.0.0/8, all at one port.
 * Runs: any (forks; for benches).
 *
 *   POST /publish   the body is JSON with "name":"..."; answered {"code":0}
 *   POST /withdraw  nothing is up any more; answered the same
 *   GET /playing    {"name":"..."}, "" when nothing is up
 *
 * Some are odd: they take a request and never answer, or refuse it at once. What the boards have
 * seen is counted in memory that both sides share, so the judge is the field and not who is
 * measured. */
#ifndef LAWCAST_TESTS_BENCH_FIELD_H
#define LAWCAST_TESTS_BENCH_FIELD_H

#include <stdint.h>
#include <stddef.h>

enum { FIELD_URL = 40, FIELD_BOARDS_MAX = 60000 };

enum field_odd { FIELD_HUNG, FIELD_REFUSING };

struct field;

/* Of each hundred boards so many are odd: the first ones. All others are healthy. */
struct field *field_open(size_t boards, unsigned odd_pct, enum field_odd odd);
void field_close(struct field *field);
void field_url(const struct field *field, size_t board, char url[static FIELD_URL]);
size_t field_healthy(const struct field *field);
/* Forgets what was counted, and what is up. Only while nothing is under way. */
void field_reset(struct field *field);
/* How many healthy boards have been published to and then asked, both answered. */
size_t field_verified(const struct field *field);
/* Connections that are open now. */
size_t field_connections(const struct field *field);
/* clock_mono_us of the first request, and of the instant when the last healthy board was verified.
 */
int64_t field_first_us(const struct field *field);
int64_t field_last_us(const struct field *field);

#endif
