/* taken: what the simulated network took. See taken.h. */
#include "tests/support/taken.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"

#define TAKEN_LOG_MAX  (64 << 20)
#define TAKEN_CHINA_MS (8 * TAKEN_HOUR_MS)

static void taken_add(struct taken *taken, const struct jv *event)
{
    const char *kind = jv_text(jv_at(event, "/event"));

    if (!kind || strcmp(kind, "accepted") != 0)
        return;
    if (taken->n == taken->room) {
        taken->room = taken->room ? taken->room * 2 : 1024;
        taken->items = mem_grow(taken->items, taken->room, sizeof *taken->items);
    }
    taken->items[taken->n++] =
        (struct taken_part){.t = jv_number(jv_at(event, "/t"), -1),
                            .modem = (int)jv_number(jv_at(event, "/modem"), -1)};
}

static int taken_compare(const void *a, const void *b)
{
    const struct taken_part *left = a, *right = b;

    return (left->t > right->t) - (left->t < right->t);
}

void taken_read(struct taken *taken, const char *log_path)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const char *at, *end;

    *taken = (struct taken){0};
    assert_int_equal(buffer_read_file(&text, log_path, TAKEN_LOG_MAX), 0);
    for (at = buffer_text(&text); (end = strchr(at, '\n')); at = end + 1) {
        struct jv *event = jv_parse(at, (size_t)(end - at), NULL);

        taken_add(taken, event);
        jv_free(event);
    }
    if (taken->n)
        qsort(taken->items, taken->n, sizeof *taken->items, taken_compare);
}

void taken_release(struct taken *taken)
{
    free(taken->items);
    *taken = (struct taken){0};
}

static bool taken_is_of(const struct taken_part *part, int from, int to)
{
    return part->modem >= from && part->modem <= to;
}

size_t taken_count(const struct taken *taken, int from, int to)
{
    size_t n = 0;

    for (size_t i = 0; i < taken->n; i++)
        n += taken_is_of(&taken->items[i], from, to);
    return n;
}

int taken_most_in(const struct taken *taken, const struct taken_limit *limit, int64_t span_ms)
{
    size_t first = 0;
    int n = 0, most = 0;

    for (size_t i = 0; i < taken->n; i++) {
        const struct taken_part *part = &taken->items[i];

        if (!taken_is_of(part, limit->from, limit->to))
            continue;
        n++;
        for (; taken->items[first].t <= part->t - span_ms; first++)
            n -= taken_is_of(&taken->items[first], limit->from, limit->to);
        most = n > most ? n : most;
    }
    return most;
}

int taken_most_a_day(const struct taken *taken, const struct taken_limit *limit)
{
    int64_t day = -1;
    int n = 0, most = 0;

    for (size_t i = 0; i < taken->n; i++) {
        const struct taken_part *part = &taken->items[i];

        if (!taken_is_of(part, limit->from, limit->to))
            continue;
        if ((part->t + TAKEN_CHINA_MS) / TAKEN_DAY_MS != day)
            n = 0;
        day = (part->t + TAKEN_CHINA_MS) / TAKEN_DAY_MS;
        n++;
        most = n > most ? n : most;
    }
    return most;
}

void taken_check(const struct taken *taken, const struct taken_limit *limits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct taken_limit *limit = &limits[i];
        int hour = taken_most_in(taken, limit, TAKEN_HOUR_MS);
        int day = taken_most_a_day(taken, limit);

        print_message("%s: hour %d of %d, day %d of %d\n", limit->name, hour, limit->per_hour, day,
                      limit->per_day);
        assert_true(!limit->per_hour || hour <= limit->per_hour);
        assert_true(!limit->per_day || day <= limit->per_day);
        assert_true(limit->binds != TAKEN_HOUR || hour * 10 >= limit->per_hour * 9);
        assert_true(limit->binds != TAKEN_DAY || day * 10 >= limit->per_day * 9);
    }
}
