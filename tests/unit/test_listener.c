/* test_listener: owners with and without a token, their own boards and others', devices that call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/control/guests.h"
#include "gateway/control/listener.h"
#include "adapters/display/http.h"

#define TEXT(text) ((char *)(uintptr_t)(text))

struct world {
    uv_loop_t loop;
    struct office office;
    struct unit units[2];
    struct board boards[2];
    struct listener *listener;
    struct http *http;
    bool ending;
    char said[256]; /* what the events were */
    int status;
    char reply[512];
};

static bool on_release(void *ctx, const struct board *board, bool released, const char *by)
{
    struct world *world = ctx;

    snprintf(world->said, sizeof world->said, "%s %s by %s", board->id,
             released ? "released" : "resumed", by);
    return !world->ending;
}

static void on_describe(void *ctx, const struct board *board, struct jv *out)
{
    (void)ctx;
    jv_put(out, "width", jv_int(board->width));
}

static void on_call(void *ctx, const struct board *board, const struct adapter_call *call,
                    struct adapter_answer *answer)
{
    struct world *world = ctx;
    const char *card = call->header(call, "card-ID");

    snprintf(world->said, sizeof world->said, "%s %s [%s] %.*s %s", board->id, call->method,
             call->path, call->length < 99 ? (int)call->length : 99, call->body, card ? card : "-");
    answer->status = 201;
    answer->type = "text/plain";
    buffer_add_text(&answer->body, "ok");
}

static const struct listener_events events = {
    .release = on_release, .describe = on_describe, .call = on_call};

static int world_open(void **state)
{
    struct world *world = mem_new(struct world);

    uv_loop_init(&world->loop);
    world->units[0] = (struct unit){.id = TEXT("city")};
    world->units[1] = (struct unit){.id = TEXT("weather"), .token = TEXT("a-token-of-the-test")};
    world->boards[0] = (struct board){.id = TEXT("hall"), .owner = 0, .width = 1};
    world->boards[1] = (struct board){.id = TEXT("plaza"), .owner = 1, .width = 192};
    world->office = (struct office){
        .units = world->units,
        .n_units = 2,
        .boards = world->boards,
        .n_boards = 2,
        .listen = {.address = TEXT("127.0.0.1"), .key = TEXT("a-key-of-the-test-only")}};
    assert_int_equal(listener_open(&world->listener, &world->loop, &world->office, &events, world),
                     0);
    world->http = http_new(&world->loop);
    *state = world;
    return 0;
}

static void on_http_closed(void *ctx)
{
    (void)ctx;
}

static int world_close(void **state)
{
    struct world *world = *state;

    listener_close(world->listener);
    http_close(world->http, on_http_closed, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    http_free(world->http);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    free(world);
    return 0;
}

static void on_reply(void *ctx, const struct http_result *result)
{
    struct world *world = ctx;

    assert_int_equal(result->fate, HTTP_ANSWERED);
    world->status = result->status;
    snprintf(world->reply, sizeof world->reply, "%s", result->body);
}

static int ask_with(struct world *world, const char *method, const char *url, const char *header,
                    const char *body)
{
    const char *const headers[] = {header ? header : "X: y", "Card-Id: 7", NULL};

    world->status = 0;
    world->said[0] = '\0';
    http_start(world->http,
               &(struct http_request){.method = method,
                                      .url = url,
                                      .headers = headers,
                                      .body = body,
                                      .body_length = strlen(body),
                                      .timeout_ms = 20000},
               on_reply, world);
    while (!world->status)
        uv_run(&world->loop, UV_RUN_ONCE);
    return world->status;
}

static int ask(struct world *world, const char *method, const char *url, const char *header)
{
    return ask_with(world, method, url, header, "a body");
}

static int ask_path(struct world *world, const char *method, const char *path, const char *header)
{
    MEM_FREE_LATER char *url = mem_printf("%s%s", listener_url(world->listener), path);

    return ask(world, method, url, header);
}

#define OURS "Authorization: Bearer a-token-of-the-test"

static void test_an_owner_has_its_own_boards(void **state)
{
    struct world *world = *state;

    assert_int_equal(ask_path(world, "POST", "/boards/plaza/release", OURS), 202);
    assert_string_equal(world->said, "plaza released by owner weather (HTTP 127.0.0.1)");
    assert_int_equal(ask_path(world, "POST", "/boards/plaza/resume", OURS), 202);
    assert_string_equal(world->said, "plaza resumed by owner weather (HTTP 127.0.0.1)");
    assert_int_equal(ask_path(world, "GET", "/boards", OURS), 200);
    assert_string_equal(world->reply, "{\"boards\":[{\"board\":\"plaza\",\"width\":192}]}\n");
}

static void test_others_have_nothing(void **state)
{
    static const struct {
        const char *method, *path, *header;
        int status;
    } cases[] = {
        {"POST", "/boards/plaza/release", NULL, 401},
        {"POST", "/boards/plaza/release", "Authorization: Bearer wrong", 401},
        {"POST", "/boards/plaza/release", "Authorization: Bearer ", 401},
        {"POST", "/boards/plaza/release", "Authorization: Basic a-token-of-the-test", 401},
        {"POST", "/boards/hall/release", OURS, 404}, /* another unit's */
        {"POST", "/boards/none/release", OURS, 404},
        {"POST", "/boards/plaza/remove", OURS, 404},
        {"POST", "/boards/plaza", OURS, 404},
        {"GET", "/boards/plaza/release", OURS, 405},
        {"POST", "/boards", OURS, 405},
        {"GET", "/", OURS, 404},
        {"POST", "/call/plaza", NULL, 404},
        {"POST", "/call/plaza/00000000000000000000000000000000", NULL, 404},
        {"POST", "/call/none/00000000000000000000000000000000", NULL, 404},
        {"POST", "/call/", NULL, 404},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ask_path(world, cases[i].method, cases[i].path, cases[i].header) != cases[i].status)
            fail_msg("%s %s: %d", cases[i].method, cases[i].path, world->status);
        assert_string_equal(world->said, "");
    }
}

/* Only who may speak is listened to, and nobody endlessly. */
static void test_large_bodies(void **state)
{
    struct world *world = *state;
    size_t large = 9 * 1024 * 1024;
    MEM_FREE_LATER char *body = mem_alloc(large + 1, 1);
    MEM_FREE_LATER char *call = listener_callback(world->listener, &world->boards[1]);
    MEM_FREE_LATER char *boards = mem_printf("%s/boards", listener_url(world->listener));

    memset(body, 'x', 2000);
    assert_int_equal(ask_with(world, "GET", boards, OURS, body), 413);
    assert_int_equal(ask_with(world, "POST", call, NULL, body), 201);
    memset(body, 'x', large);
    assert_int_equal(ask_with(world, "POST", call, NULL, body), 413);
    assert_string_equal(world->said, "");
    assert_int_equal(ask(world, "POST", call, NULL), 201);
}

static void test_an_ending_gateway_promises_nothing(void **state)
{
    struct world *world = *state;

    world->ending = true;
    assert_int_equal(ask_path(world, "POST", "/boards/plaza/release", OURS), 503);
}

static void test_a_device_calls(void **state)
{
    struct world *world = *state;
    MEM_FREE_LATER char *plaza = listener_callback(world->listener, &world->boards[1]);
    MEM_FREE_LATER char *hall = listener_callback(world->listener, &world->boards[0]);
    MEM_FREE_LATER char *deep = mem_printf("%s/logs/7", plaza);
    MEM_FREE_LATER char *stolen =
        mem_printf("%s/call/hall%s", listener_url(world->listener), strrchr(plaza, '/'));

    assert_string_not_equal(strrchr(plaza, '/'), strrchr(hall, '/'));
    assert_int_equal(ask(world, "POST", plaza, NULL), 201);
    assert_string_equal(world->said, "plaza POST [] a body 7");
    assert_string_equal(world->reply, "ok");
    assert_int_equal(ask(world, "PUT", deep, NULL), 201);
    assert_string_equal(world->said, "plaza PUT [/logs/7] a body 7");
    assert_int_equal(ask(world, "POST", stolen, NULL), 404);
    world->office.listen.key = NULL;
    assert_null(listener_callback(world->listener, &world->boards[0]));
    assert_int_equal(ask(world, "POST", plaza, NULL), 404);
}

/* The oldest go, and only those. */
static void test_who_stays_too_long(void **state)
{
    struct guests guests;
    struct guest *old, *young;
    int a[2], b[2];
    char byte;

    (void)state;
    list_init(&guests.all);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, b), 0);
    old = guest_come(&guests, a[0], 1000);
    young = guest_come(&guests, b[0], 2000);
    assert_int_equal(guests_expel(&guests, 1000 + GUEST_STAY_MS - 1), 0);
    assert_int_equal(read(a[1], &byte, 1), -1);
    assert_int_equal(guests_expel(&guests, 1000 + GUEST_STAY_MS), 1);
    assert_int_equal(read(a[1], &byte, 1), 0); /* closed */
    assert_int_equal(read(b[1], &byte, 1), -1);
    guest_leave(old);
    assert_int_equal(guests_expel(&guests, 2000 + GUEST_STAY_MS), 1);
    guest_leave(young);
    assert_true(list_is_empty(&guests.all));
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

static void test_without_a_listener(void **state)
{
    struct listener *listener;
    struct office office = {0};
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    assert_int_equal(listener_open(&listener, &loop, &office, &events, NULL), 1);
    assert_null(listener);
    listener_close(listener);
    office.listen.address = TEXT("not.an.address");
    assert_true(listener_open(&listener, &loop, &office, &events, NULL) < 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_an_owner_has_its_own_boards),
        WORLD_TEST(test_others_have_nothing),
        WORLD_TEST(test_large_bodies),
        WORLD_TEST(test_an_ending_gateway_promises_nothing),
        WORLD_TEST(test_a_device_calls),
        cmocka_unit_test(test_who_stays_too_long),
        cmocka_unit_test(test_without_a_listener),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
