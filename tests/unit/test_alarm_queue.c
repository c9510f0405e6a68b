/* test_alarm_queue: what waits for another system: its order, tries, bound and end. */
#include "tests/unit/server.h"

#include <limits.h>

#include "gateway/alarm.h"
#include "gateway/base/json.h"

struct world {
    struct server server;
    struct alarm *alarm;
    unsigned heard, closed;
    unsigned bad;        /* so many answers are 500 first */
    struct buffer units; /* of what was answered well: "a b c " */
};

static void answer(struct connection *connection)
{
    struct world *world = connection->server->ctx;
    const char *text = strstr(buffer_text(&connection->in), "\r\n\r\n") + 4;
    struct jv *body = jv_parse(text, strlen(text), NULL);

    assert_non_null(body);
    world->heard++;
    if (world->heard > world->bad)
        buffer_printf(&world->units, "%s ", jv_text(jv_member(body, "unit")));
    connection_respond(
        connection, world->heard > world->bad ? "204 No Content" : "500 Internal Server Error", "");
    jv_free(body);
}

static void world_open(struct world *world, void (*how)(struct connection *connection))
{
    MEM_FREE_LATER char *url = NULL;

    *world = (struct world){0};
    server_open(&world->server, how);
    world->server.ctx = world;
    world->alarm = alarm_new(&(struct alarm_setup){.loop = &world->server.loop,
                                                   .http = world->server.http,
                                                   .first_ms = 4,
                                                   .most_ms = 8,
                                                   .stop_ms = 50});
    url = mem_printf("http://127.0.0.1:%d/", world->server.port);
    alarm_aim(world->alarm, url);
}

static void on_closed(void *ctx)
{
    ((struct world *)ctx)->closed++;
}

static void world_close(struct world *world)
{
    alarm_close(world->alarm, on_closed, world);
    assert_int_equal(world->closed, 0);
    server_run_until(&world->server, &world->closed, 1);
    server_close(&world->server);
    buffer_free(&world->units);
}

static void raise_one(struct world *world, const char *unit)
{
    alarm_raise(world->alarm, &(struct alarm_news){.event = "forecast",
                                                   .campaign = "c",
                                                   .unit = unit,
                                                   .name = "市法宣办",
                                                   .missing = 7,
                                                   .finish_ms = INT64_MAX,
                                                   .bound = "lanes",
                                                   .at_ms = 1});
}

static void it_goes_out_in_order_and_again(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, answer);
    world.bad = 3;
    raise_one(&world, "a");
    raise_one(&world, "b");
    raise_one(&world, "c");
    server_run_until(&world.server, &world.heard, 6);
    while (alarm_waiting(world.alarm))
        uv_run(&world.server.loop, UV_RUN_ONCE);
    assert_string_equal(buffer_text(&world.units), "a b c ");
    world_close(&world);
}

static void the_oldest_makes_room(void **state)
{
    struct world world;
    char unit[8];

    (void)state;
    world_open(&world, answer);
    for (int i = 0; i < ALARM_WAITING_MOST + 2; i++) {
        snprintf(unit, sizeof unit, "u%d", i);
        raise_one(&world, unit);
        assert_true(alarm_waiting(world.alarm) <= ALARM_WAITING_MOST);
    }
    server_run_until(&world.server, &world.heard, ALARM_WAITING_MOST);
    while (alarm_waiting(world.alarm))
        uv_run(&world.server.loop, UV_RUN_ONCE);
    /* The first was on its way already. */
    assert_int_equal(strncmp(buffer_text(&world.units), "u0 u3 u4 ", 9), 0);
    assert_non_null(strstr(buffer_text(&world.units), " u65 "));
    world_close(&world);
}

static void a_stop_tries_once_more(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, answer);
    world.bad = 1;
    raise_one(&world, "a");
    raise_one(&world, "b");
    alarm_close(world.alarm, on_closed, &world);
    server_run_until(&world.server, &world.closed, 1);
    /* "a" had its last try. */
    assert_int_equal(world.heard, 2);
    assert_string_equal(buffer_text(&world.units), "b ");
    server_close(&world.server);
    buffer_free(&world.units);
}

static void a_stop_waits_for_nobody(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, answer_never);
    raise_one(&world, "a");
    raise_one(&world, "b");
    world_close(&world); /* ends, though nobody answers */
}

static void old_ones_are_given_up(void **state)
{
    struct world world;
    struct alarm *first;

    (void)state;
    world_open(&world, answer);
    first = world.alarm;
    world.bad = UINT_MAX;
    world.alarm = alarm_new(&(struct alarm_setup){.loop = &world.server.loop,
                                                  .http = world.server.http,
                                                  .first_ms = 1,
                                                  .most_ms = 1,
                                                  .give_up_ms = 20});
    alarm_close(first, on_closed, &world);
    server_run_until(&world.server, &world.closed, 1);
    world.closed = 0;
    {
        MEM_FREE_LATER char *url = mem_printf("http://127.0.0.1:%d/", world.server.port);

        alarm_aim(world.alarm, url);
    }
    raise_one(&world, "a");
    while (alarm_waiting(world.alarm))
        uv_run(&world.server.loop, UV_RUN_ONCE);
    assert_true(world.heard > 1);
    world_close(&world);
}

static void no_address_no_alarm(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, answer);
    raise_one(&world, "a");
    alarm_aim(world.alarm, NULL);
    assert_int_equal(alarm_waiting(world.alarm), 0);
    raise_one(&world, "b");
    assert_int_equal(alarm_waiting(world.alarm), 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_out_in_order_and_again), cmocka_unit_test(the_oldest_makes_room),
        cmocka_unit_test(a_stop_tries_once_more),         cmocka_unit_test(a_stop_waits_for_nobody),
        cmocka_unit_test(old_ones_are_given_up),          cmocka_unit_test(no_address_no_alarm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
