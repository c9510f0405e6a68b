/* test_alarm: a run whose window is far too short tells another system, again when that one fails;
 * and that it is cured, once the campaign is extended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

enum { PATIENCE_MS = 60000, MESSAGES = 4000, WINDOW_S = 90 };

struct world {
    struct stage stage;
    struct sim_client *sim;
    int listener, port;
};

static void world_listen(struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    world->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(world->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(world->listener, 8), 0);
    getsockname(world->listener, (struct sockaddr *)&address, &length);
    world->port = ntohs(address.sin_port);
}

static int world_open(void **state)
{
    static const char *const options[] = {"--modems",    "2",  "--air-ms", "200",
                                          "--report-ms", "20", NULL};
    struct world *world = mem_new(struct world);
    MEM_FREE_LATER char *office = NULL;
    char program[512];

    world_listen(world);
    office = mem_printf("alarm = { url = \"http://127.0.0.1:%d/hook\"; };", world->port);
    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    stage_write_office(&world->stage,
                       &(struct stage_bank){.first_modem = sim_client_modem(world->sim, 0),
                                            .modems = 2,
                                            .options = "per_hour = 100000; per_day = 200000;",
                                            .office = office});
    stage_write_campaign(&world->stage, -2, WINDOW_S, "text = \"学法守法\"; report_wait = 1;",
                         MESSAGES);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    sim_client_free(world->sim);
    stage_close(&world->stage);
    close(world->listener);
    free(world);
    return 0;
}

static bool is_whole(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *length = strcasestr(request, "\r\nContent-Length:");

    return end && length && strlen(end + 4) >= strtoul(length + 17, NULL, 10);
}

/* The next POST, answered with this status; its document is to be freed. */
static struct jv *world_hears(struct world *world, const char *status)
{
    BUFFER_FREE_LATER struct buffer request = BUFFER_NULL;
    MEM_FREE_LATER char *reply =
        mem_printf("HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
    struct pollfd wait = {.fd = world->listener, .events = POLLIN};
    char bytes[4096];
    ssize_t got = 1;
    struct jv *body;

    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
    wait.fd = accept(world->listener, NULL, NULL);
    while (!is_whole(buffer_text(&request)) && poll(&wait, 1, PATIENCE_MS) == 1 && got > 0) {
        got = read(wait.fd, bytes, sizeof bytes);
        buffer_add(&request, bytes, got > 0 ? (size_t)got : 0);
    }
    assert_true(is_whole(buffer_text(&request)));
    assert_int_equal(write(wait.fd, reply, strlen(reply)), strlen(reply));
    close(wait.fd);
    assert_int_equal(strncmp(request.data, "POST /hook HTTP/1.1\r\n", 21), 0);
    assert_non_null(strcasestr(request.data, "\r\nContent-Type: application/json\r\n"));
    body = jv_parse(strstr(request.data, "\r\n\r\n") + 4,
                    strlen(strstr(request.data, "\r\n\r\n") + 4), NULL);
    assert_non_null(body);
    return body;
}

static void says(const struct jv *body, const char *member, const char *text)
{
    const char *said = jv_text(jv_member(body, member));

    assert_non_null(said);
    assert_string_equal(said, text);
}

static void it_is_told_again_and_cured(void **state)
{
    struct world *world = *state;
    char until[20];
    const char *const run[] = {
        "run", "-c", world->stage.conf, "--refused", world->stage.dir, world->stage.campaign, NULL};
    const char *const extend[] = {"extend", "-c", world->stage.conf, "campaign", "c1", until, NULL};
    struct stage_child child;
    struct jv *first, *body;

    stage_spawn(&world->stage, &child, run);
    first = world_hears(world, "500 Internal Server Error");
    body = world_hears(world, "200 OK");
    says(body, "event", "forecast");
    says(body, "campaign", "c1");
    says(body, "unit", "city");
    says(body, "name", "市法宣办");
    assert_in_range(jv_number(jv_member(body, "short"), 0), 1, MESSAGES);
    assert_non_null(jv_text(jv_member(body, "bound")));
    says(body, "at", jv_text(jv_member(first, "at")));
    jv_free(first);
    jv_free(body);

    stage_time(12 * 3600, until);
    free(stage_ends(&world->stage, 0, extend));
    body = world_hears(world, "204 No Content");
    says(body, "event", "cured");
    says(body, "unit", "city");
    assert_int_equal(jv_number(jv_member(body, "short"), -1), 0);
    jv_free(body);
    stage_signal(&child, SIGTERM);
    assert_int_equal(stage_wait(&child, 60, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_told_again_and_cured, world_open, world_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
