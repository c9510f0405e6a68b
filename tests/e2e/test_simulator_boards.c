/* test_simulator_boards: lawcast-sim's boards by HTTP: webhook, hung, offline and lying boards, the
 * log. Runs: any (a child process; waits for bytes, never for time).
 *
 * The program is LAWCAST_SIM, or ../../lawcast-sim seen from this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"

enum { PATIENCE_MS = 60000 };

static const char *test_program;

static struct sim_client *sim_start(const char *const *options)
{
    MEM_FREE_LATER char *program = sim_client_program(test_program);
    struct sim_client *sim = sim_client_start(program, options);

    assert_non_null(sim);
    return sim;
}

static void sim_end(struct sim_client *sim)
{
    assert_int_equal(sim_client_stop(sim), 0);
    sim_client_free(sim);
}

/* Sends one request and reads until the other side closes, or until limit bytes; the reply or "".
 */
static int http_open(const struct sim_client *sim, const char *board)
{
    const char *url = sim_client_board(sim, board);
    const char *colon = url ? strrchr(url, ':') : NULL;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_non_null(colon);
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Everything until the other side closes. */
static char *http_read(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    struct buffer reply = BUFFER_NULL;
    char bytes[4096];
    ssize_t got;

    while (poll(&wait, 1, PATIENCE_MS) > 0 && (got = read(fd, bytes, sizeof bytes)) > 0)
        buffer_add(&reply, bytes, (size_t)got);
    close(fd);
    return buffer_take(&reply);
}

static void http_write(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static char *http_event(const struct sim_client *sim, const char *method, const char *event,
                        const char *body)
{
    int fd = http_open(sim, "market");
    MEM_FREE_LATER char *request =
        mem_printf("%s /webhook/market/any/where HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "webhook-id: lawcast-1\r\nlawcast-event: %s\r\nContent-Length: %zu\r\n\r\n%s",
                   method, event, strlen(body), body);

    http_write(fd, request);
    return http_read(fd);
}

static void assert_http(char *reply, int status, const char *body)
{
    char head[32];

    snprintf(head, sizeof head, "HTTP/1.1 %d ", status);
    if (strncmp(reply, head, strlen(head)) != 0 || !strstr(reply, body))
        fail_msg("not %d with %s: %s", status, body, reply);
    free(reply);
}

static void test_webhook(void **state)
{
    const char *const options[] = {"--modems", "0", "--board", "market:webhook", NULL};
    struct sim_client *sim = sim_start(options);
    struct sim_events events;

    (void)state;
    assert_http(http_event(sim, "GET", "slogan.verify", ""), 404, "{}");
    assert_http(http_event(sim, "PUT", "slogan.publish", "宪法"), 405, "{}");
    assert_http(http_event(sim, "POST", "slogan.publish", ""), 400, "{}");
    assert_http(http_event(sim, "POST", "slogan.praise", "宪法"), 400, "{}");
    assert_http(http_event(sim, "POST", "slogan.publish", "\xff"), 400, "{}");
    assert_http(http_event(sim, "POST", "slogan.publish", "宪法"), 200, "{\"code\":0}");
    assert_http(http_event(sim, "POST", "slogan.publish", "宪法"), 200, "{\"code\":0}");
    assert_http(http_event(sim, "GET", "slogan.verify", ""), 200, "{\"items\":[\"lawcast-1\"]}");
    assert_http(http_event(sim, "POST", "slogan.withdraw", ""), 200, "{\"code\":0}");
    assert_http(http_event(sim, "GET", "slogan.verify", ""), 404, "{}");
    assert_true(sim_client_tell(sim, "lie market on"));
    assert_http(http_event(sim, "POST", "slogan.publish", "宪法"), 200, "{\"code\":0}");
    assert_http(http_event(sim, "GET", "slogan.verify", ""), 404, "{}");
    assert_true(sim_client_tell(sim, "lie market off"));
    assert_true(sim_client_tell(sim, "clock 1793406600000"));
    assert_http(http_event(sim, "POST", "slogan.publish", "民法典"), 200, "{\"code\":0}");
    assert_int_equal(sim_client_stop(sim), 0);
    events = sim_client_events(sim);
    assert_int_equal(events.n, 4);
    assert_string_equal(events.items[0].event, "shown");
    assert_string_equal(events.items[0].text, "宪法");
    assert_string_equal(events.items[1].event, "hidden");
    assert_string_equal(events.items[2].text, "民法典");
    assert_true(events.items[2].t >= 1793406600000 && events.items[2].t < 1793406600000 + 600000);
    assert_string_equal(events.items[3].event, "hidden");
    assert_string_equal(events.items[3].board, "market");
    assert_string_equal(events.items[3].name, "lawcast-1");
    assert_true(events.items[3].open && !events.items[1].open);
    sim_events_free(&events);
    sim_client_free(sim);
}

static void test_ill_boards(void **state)
{
    const char *const options[] = {"--board", "market:webhook", "--board", "plaza:onbon-y", NULL};
    struct sim_client *sim = sim_start(options);
    static const char code[] = "{\"protocol\":{\"name\":\"YQ-COM2\",\"version\":\"1.0\","
                               "\"remotefunction\":{\"name\":\"getVerificationCode\"}}}";
    MEM_FREE_LATER char *request =
        mem_printf("POST /onbon/plaza/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   strlen(code), code);
    int hung, idle;
    char *reply;

    (void)state;
    assert_true(sim_client_tell(sim, "hangboard plaza on"));
    hung = http_open(sim, "plaza");
    http_write(hung, request);
    /* one hung board holds up nobody else */
    assert_http(http_event(sim, "POST", "slogan.publish", "宪法"), 200, "{\"code\":0}");
    assert_true(sim_client_tell(sim, "hangboard plaza off"));
    reply = http_read(hung);
    assert_string_equal(reply, ""); /* dropped, not answered */
    free(reply);
    hung = http_open(sim, "plaza");
    http_write(hung, request);
    assert_http(http_read(hung), 200, "\"verificationcode\"");
    assert_true(sim_client_tell(sim, "offline market on"));
    reply = http_event(sim, "POST", "slogan.publish", "宪法");
    assert_string_equal(reply, "");
    free(reply);
    hung = http_open(sim, "plaza");
    http_write(hung, "GET /onbon/plaza/ HTTP/1.1\r\nConnection: close\r\n\r\n"); /* no Host */
    assert_http(http_read(hung), 400, "");
    hung = http_open(sim, "plaza");
    http_write(hung, "POST /onbon/plaza/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_http(http_read(hung), 400, "");
    assert_true(sim_client_tell(sim, "hangboard plaza on"));
    hung = http_open(sim, "plaza");
    http_write(hung, request);
    idle = http_open(sim, "plaza");
    sim_end(sim); /* neither a hung nor an idle client blocks the end */
    close(hung);
    close(idle);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_webhook),
        cmocka_unit_test(test_ill_boards),
    };

    test_program = argc > 0 ? argv[0] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
