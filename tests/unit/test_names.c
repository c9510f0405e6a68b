/* test_names: lookups against a name server of the test's own: good names, unknown ones, and a
 * server that is silent about some, which must hold up nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "adapters/display/names.h"

#define DEAD 100

enum { HEADER = 12, ANSWER = 16, PATIENCE_MS = 30000 };

struct world {
    uv_loop_t loop;
    uv_udp_t server;
    uv_timer_t tick; /* wakes the loop so that until_answered can look */
    struct names *names;
    int questions; /* A only; AAAA is answered with nothing */
    char piece[2048];
};

struct asker {
    struct names_wait wait; /* first member */
    int answers;
    char address[NAMES_ADDRESS], why[64];
};

static void on_answer(struct names_wait *wait, const char *address, const char *why)
{
    struct asker *asker = (struct asker *)wait;

    asker->answers++;
    snprintf(asker->address, sizeof asker->address, "%s", address ? address : "");
    snprintf(asker->why, sizeof asker->why, "%s", why);
}

/* A reply to a question of one name: 192.0.2.7 for "good", no such name for "none", silence for
 * "dead". RFC 1035, 4.1. */
static size_t make_reply(struct world *world, unsigned char *packet, size_t length)
{
    bool ipv4 = packet[length - 3] == 1;
    static const unsigned char answer[ANSWER] = {0xc0, 12, 0, 1, 0,   1, 0, 0,
                                                 0,    60, 0, 4, 192, 0, 2, 7};

    world->questions += ipv4;
    packet[2] |= 0x80;
    packet[10] = packet[11] = 0; /* no additional records */
    if (memcmp(packet + HEADER + 1, "none", 4) == 0)
        packet[3] = (unsigned char)((packet[3] & 0xf0) | 3);
    if (!ipv4 || memcmp(packet + HEADER + 1, "good", 4) != 0)
        return length;
    packet[7] = 1;
    memcpy(packet + length, answer, ANSWER);
    return length + ANSWER;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct world *world = handle->data;

    (void)suggested;
    *room = uv_buf_init(world->piece, sizeof world->piece - ANSWER);
}

static void on_question(uv_udp_t *server, ssize_t n, const uv_buf_t *piece,
                        const struct sockaddr *from, unsigned flags)
{
    struct world *world = server->data;
    uv_buf_t reply;

    (void)flags;
    if (n <= HEADER || !from)
        return;
    /* c-ares may add an OPT record: the question alone is answered */
    for (size_t at = HEADER; at < (size_t)n; at += (unsigned char)piece->base[at] + 1u) {
        if (piece->base[at])
            continue;
        n = (ssize_t)at + 5;
        break;
    }
    if (memcmp(piece->base + HEADER + 1, "dead", 4) == 0)
        return;
    reply = uv_buf_init(piece->base,
                        (unsigned)make_reply(world, (unsigned char *)piece->base, (size_t)n));
    uv_udp_try_send(server, &reply, 1, from);
}

static void on_tick(uv_timer_t *tick)
{
    (void)tick;
}

static int world_open(void **state)
{
    struct world *world = mem_new(struct world);
    struct sockaddr_in address;
    int length = (int)sizeof address;
    char servers[64];

    uv_loop_init(&world->loop);
    uv_timer_init(&world->loop, &world->tick);
    uv_timer_start(&world->tick, on_tick, 10, 10);
    uv_udp_init(&world->loop, &world->server);
    world->server.data = world;
    uv_ip4_addr("127.0.0.1", 0, &address);
    assert_int_equal(uv_udp_bind(&world->server, (const struct sockaddr *)&address, 0), 0);
    uv_udp_getsockname(&world->server, (struct sockaddr *)&address, &length);
    uv_udp_recv_start(&world->server, on_room, on_question);
    snprintf(servers, sizeof servers, "127.0.0.1:%d", ntohs(address.sin_port));
    world->names = names_new(&world->loop, servers);
    *state = world;
    return 0;
}

static void on_closed(void *ctx)
{
    *(bool *)ctx = true;
}

static int world_close(void **state)
{
    struct world *world = *state;
    bool closed = false;

    uv_close((uv_handle_t *)&world->server, NULL);
    uv_close((uv_handle_t *)&world->tick, NULL);
    names_close(world->names, on_closed, &closed);
    assert_false(closed);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_true(closed);
    names_free(world->names);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    free(world);
    return 0;
}

static void ask(struct world *world, struct asker *asker, const char *host)
{
    const char *address;

    *asker = (struct asker){.wait = {.answer = on_answer}};
    list_init(&asker->wait.link);
    assert_int_equal(names_ask(world->names, host, &asker->wait, &address), 0);
    assert_int_equal(asker->answers, 0); /* never from inside */
}

static void until_answered(struct world *world, const struct asker *asker)
{
    int64_t give_up = clock_mono_ms() + PATIENCE_MS;

    while (!asker->answers) {
        uv_run(&world->loop, UV_RUN_ONCE);
        assert_true(clock_mono_ms() < give_up);
    }
    assert_int_equal(asker->answers, 1);
}

static void test_one_lookup_serves_all(void **state)
{
    struct world *world = *state;
    struct asker a, b, c;
    const char *address;

    ask(world, &a, "good.test");
    ask(world, &b, "good.test");
    ask(world, &c, "good.test");
    names_leave(&c.wait);
    until_answered(world, &a);
    until_answered(world, &b);
    assert_string_equal(a.address, "192.0.2.7");
    assert_string_equal(b.address, "192.0.2.7");
    assert_int_equal(world->questions, 1);
    assert_int_equal(c.answers, 0);
    assert_int_equal(names_ask(world->names, "good.test", &a.wait, &address), 1);
    assert_string_equal(address, "192.0.2.7");
    assert_int_equal(world->questions, 1);
}

static void test_a_name_that_there_is_not(void **state)
{
    struct world *world = *state;
    struct asker a;

    ask(world, &a, "none.test");
    until_answered(world, &a);
    assert_string_equal(a.address, "");
    assert_string_equal(a.why, "nobody knows this host name");
    ask(world, &a, "bad..name"); /* is refused without a question */
    until_answered(world, &a);
    assert_true(*a.why);
    ask(world, &a, "localhost");
    until_answered(world, &a);
    assert_string_equal(a.address, "127.0.0.1");
}

/* Far more than there could be threads, all silent, and one behind them. */
static void test_dead_names_hold_up_nobody(void **state)
{
    struct world *world = *state;
    struct asker dead[DEAD], good;
    int64_t before = clock_mono_ms();

    for (int i = 0; i < DEAD; i++) {
        char host[32];

        snprintf(host, sizeof host, "dead.%d.test", i);
        ask(world, &dead[i], host);
    }
    ask(world, &good, "good.test");
    until_answered(world, &good);
    assert_string_equal(good.address, "192.0.2.7");
    assert_true(clock_mono_ms() - before < 2000); /* less than one try at a dead one */
    for (int i = 0; i < DEAD; i++) {
        assert_int_equal(dead[i].answers, 0);
        names_leave(&dead[i].wait);
    }
}

static void test_ends_with_lookups_under_way(void **state)
{
    struct world *world = *state;
    struct asker a;

    ask(world, &a, "dead.test");
    uv_run(&world->loop, UV_RUN_NOWAIT);
    names_leave(&a.wait);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_one_lookup_serves_all),
        WORLD_TEST(test_a_name_that_there_is_not),
        WORLD_TEST(test_dead_names_hold_up_nobody),
        WORLD_TEST(test_ends_with_lookups_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
