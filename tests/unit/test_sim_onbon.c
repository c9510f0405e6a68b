/* test_sim_onbon: the simulated onbon-y board: login, errors, bulletins, windows, reboot, lies.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/digest.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/sim/onbon_room.h"

#define PASSWORD "secret-of-the-test"

enum { EVENTS_MAX = 64 };
static const int64_t morning = 1793406600000; /* Saturday 2026-10-31 08:30:00 in Shanghai */
static const int64_t hour = 3600000;

struct card {
    struct board_spec spec;
    void *state;
    int64_t now;
    char session[64]; /* the path */
    struct board_view views[EVENTS_MAX];
    size_t n_views;
    struct jv *reply;
};

static void card_view(void *ctx, const struct board_view *view)
{
    struct card *card = ctx;

    assert_true(card->n_views < EVENTS_MAX);
    assert_non_null(view->name);
    assert_non_null(view->text);
    card->views[card->n_views] = *view;
    card->views[card->n_views++].name = NULL; /* lent for the call only */
}

static int card_setup(void **state)
{
    struct card *card = mem_new(struct card);
    struct board_screen screen = {.view = card_view, .ctx = card};

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    card->spec = (struct board_spec){.width = 192, .height = 64, .options = jv_object()};
    jv_put(card->spec.options, "password", jv_string(PASSWORD));
    card->now = morning;
    strcpy(card->session, "/");
    card->state = board_onbon_y.create(&card->spec, &screen);
    *state = card;
    return 0;
}

static int card_teardown(void **state)
{
    struct card *card = *state;

    jv_free(card->reply);
    board_onbon_y.release(card->state);
    jv_free(card->spec.options);
    free(card);
    return 0;
}

/* What a client proves itself with. */
static void client_proof(const char *code, const char *password, char proof[static DIGEST_HEX_MOST])
{
    struct digest digest = digest_of(DIGEST_SHA1, password, strlen(password));
    MEM_FREE_LATER char *text = NULL;

    digest_hex(&digest, proof);
    text = mem_printf("%s%s", code, proof);
    digest = digest_of(DIGEST_SHA1, text, strlen(text));
    digest_hex(&digest, proof);
}

/* Sends a body; returns the error's code, 0 for none. */
static int card_post(struct card *card, const char *body)
{
    struct board_request request = {
        .method = "POST", .path = card->session, .body = body, .length = strlen(body)};
    struct board_reply reply = {0};

    board_onbon_y.advance(card->state, card->now);
    board_onbon_y.request(card->state, &request, card->now, &reply);
    assert_int_equal(reply.status, 200);
    jv_free(card->reply);
    card->reply = jv_parse(buffer_text(&reply.body), reply.body.length, NULL);
    buffer_free(&reply.body);
    assert_non_null(card->reply);
    return (int)jv_number(jv_at(card->reply, "/remotefunction/error/code"), 0);
}

static int card_call(struct card *card, const char *name, const char *input)
{
    MEM_FREE_LATER char *body =
        mem_printf("{\"protocol\":{\"name\":\"YQ-COM2\",\"version\":\"1.0\",\"remotefunction\":"
                   "{\"name\":\"%s\"%s%s}}}",
                   name, input ? ",\"input\":" : "", input ? input : "");

    return card_post(card, body);
}

static const char *card_output(const struct card *card, const char *key)
{
    MEM_FREE_LATER char *pointer = mem_printf("/remotefunction/output/%s", key);

    return jv_text(jv_at(card->reply, pointer));
}

static int card_login_as(struct card *card, const char *user, const char *code,
                         const char *password)
{
    MEM_FREE_LATER char *input = NULL;
    char proof[DIGEST_HEX_MOST];

    client_proof(code, password, proof);
    input = mem_printf("{\"username\":\"%s\",\"verificationcode\":\"%s\",\"password\":\"%s\"}",
                       user, code, proof);
    return card_call(card, "userLogin", input);
}

static void card_login(struct card *card)
{
    char code[32];

    strcpy(card->session, "/");
    assert_int_equal(card_call(card, "getVerificationCode", NULL), 0);
    snprintf(code, sizeof code, "%s", card_output(card, "verificationcode"));
    assert_int_equal(card_login_as(card, "guest", code, PASSWORD), 0);
    snprintf(card->session, sizeof card->session, "/;stok=%s/", card_output(card, "sessionID"));
}

/* A bulletin with more members, each beginning with a comma. */
static int card_create(struct card *card, const char *order, const char *more)
{
    MEM_FREE_LATER char *input =
        mem_printf("{\"order\":\"%s\",\"name\":\"lawcast-%s\",\"content\":\"5a6q5rOV\"%s}", order,
                   order, more);

    return card_call(card, "createBulletin", input);
}

static void assert_view(const struct card *card, size_t i, int64_t t, bool shown)
{
    assert_true(i < card->n_views);
    assert_int_equal(card->views[i].t, t);
    assert_int_equal(card->views[i].shown, shown);
}

static void test_login(void **state)
{
    struct card *card = *state;
    char code[32];

    assert_int_equal(card_call(card, "GETVERIFICATIONCODE", "{\"username\":\"guest\"}"), 0);
    assert_string_equal(jv_text(jv_at(card->reply, "/remotefunction/name")), "getverificationcode");
    snprintf(code, sizeof code, "%s", card_output(card, "verificationcode"));
    assert_int_equal(strlen(code), 20);
    assert_int_equal(strspn(code, "0123456789"), 20);
    assert_memory_equal(code, "20261031083000", 14);
    assert_int_equal(card_login_as(card, "guest", "20180517093429462773", PASSWORD), ONBON_CODE);
    assert_int_equal(card_login_as(card, "guest", code, "wrong"), ONBON_PASSWORD);
    /* the wrong try has used the code up */
    assert_int_equal(card_login_as(card, "guest", code, PASSWORD), ONBON_CODE);
    card_call(card, "getVerificationCode", NULL);
    snprintf(code, sizeof code, "%s", card_output(card, "verificationcode"));
    assert_int_equal(card_login_as(card, "root", code, PASSWORD), ONBON_USER);
    card_login(card);
    assert_int_equal(strlen(card->session), strlen("/;stok=/") + 32);
    assert_int_equal(card_call(card, "queryBulletin", NULL), 0);
    assert_null(jv_at(card->reply, "/remotefunction/output"));
    assert_int_equal(card_call(card, "userLogout", "{\"username\":\"guest\"}"), 0);
    assert_int_equal(card_call(card, "queryBulletin", NULL), ONBON_EXPIRED);
}

static void test_order(void **state)
{
    struct card *card = *state;

    assert_int_equal(card_call(card, "queryBulletin", NULL), ONBON_ILLEGAL);
    strcpy(card->session, "/;stok=bad/");
    assert_int_equal(card_call(card, "queryBulletin", NULL), ONBON_EXPIRED);
    assert_string_equal(jv_text(jv_at(card->reply, "/remotefunction/error/mesg")),
                        "Authentication expired");
    card_login(card);
    assert_int_equal(card_call(card, "lockProgram", NULL), ONBON_COMMAND);
}

static void test_envelope(void **state)
{
    static const struct {
        const char *body;
        int code;
    } cases[] = {
        {"", ONBON_EMPTY_REQUEST},
        {"{", ONBON_PARSE},
        {"[]", ONBON_PARSE},
        {"{\"protocol\":{\"name\":\"YQ-COM\",\"version\":\"1.0\"}}", ONBON_PROTOCOL},
        {"{\"protocol\":{\"name\":\"YQ-COM2\",\"version\":1.0}}", ONBON_VERSION},
        {"{\"protocol\":{\"name\":\"YQ-COM2\",\"version\":\"1.0\"}}", ONBON_PARSE},
        {"{\"protocol\":{\"name\":\"YQ-COM2\",\"version\":\"1.0\",\"remotefunction\":{\"name\":7}}"
         "}",
         ONBON_PARSE},
    };
    struct card *card = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(card_post(card, cases[i].body), cases[i].code);
}

static void test_create_errors(void **state)
{
    static const struct {
        const char *more;
        int code;
    } cases[] = {
        {",\"colour\":\"1\"", ONBON_KEY},
        {",\"NAME\":\"again\"", ONBON_KEY},
        {",\"fontSize\":24", ONBON_VALUE}, /* numbers are strings */
        {",\"fontSize\":\"\"", ONBON_EMPTY},
        {",\"fontSize\":\"-1\"", ONBON_VALUE},
        {",\"stuntSpeed\":\"17\"", ONBON_VALUE},
        {",\"weekFlag\":\"0\"", ONBON_VALUE},
        {",\"weekFlag\":\"128\"", ONBON_VALUE},
        {",\"fontColor\":\"red\"", ONBON_VALUE},
        {",\"fontAttributes\":\"bold&big\"", ONBON_VALUE},
        {",\"layoutMode\":\"middle\"", ONBON_VALUE},
        {",\"startDate\":\"2026-02-29\"", ONBON_VALUE},
        {",\"startDate\":\"2026-11-01\",\"stopDate\":\"2026-10-31\"", ONBON_VALUE},
        {",\"startTime\":\"24:00:00\"", ONBON_VALUE},
        {",\"weekFlag\":\"\"", ONBON_EMPTY},
        {",\"startTime\":\"11:00:00\",\"stopTime\":\"11:00:00\"", ONBON_VALUE},
        {",\"startDate\":\"\",\"fontSize\":\"24\",\"fontAttributes\":\"bold&italic\","
         "\"layoutMode\":\"top\","
         "\"bgColor\":\"0xFF00a0B1\",\"stuntType\":\"52\",\"stuntSpeed\":\"16\",\"weekFlag\":"
         "\"127\"",
         0},
    };
    struct card *card = *state;

    card_login(card);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(card_create(card, "7", cases[i].more), cases[i].code);
    assert_int_equal(card_create(card, "7", ""), ONBON_PROCESSING); /* the place is taken */
    assert_int_equal(card_create(card, "100", ""), ONBON_VALUE);
    assert_int_equal(card_call(card, "createBulletin", "{\"order\":\"1\",\"name\":\"x\"}"),
                     ONBON_KEY);
    assert_int_equal(
        card_call(card, "createBulletin", "{\"order\":\"1\",\"name\":\"x\",\"content\":\"/w==\"}"),
        ONBON_VALUE); /* not UTF-8 */
    assert_int_equal(card_call(card, "createBulletin",
                               "{\"order\":\"1\",\"name\":\"x\",\"content\":\"5a6q\"\"}"),
                     ONBON_PARSE);
    assert_int_equal(card->n_views, 0);
}

static void test_show_and_delete(void **state)
{
    struct card *card = *state;

    card_login(card);
    assert_int_equal(card_create(card, "3", ""), 0);
    assert_int_equal(card->n_views, 0); /* dark until it is played */
    assert_int_equal(card_call(card, "playBulletin", NULL), 0);
    assert_view(card, 0, morning, true);
    assert_string_equal(((struct onbon *)card->state)->places[3].bulletin.text, "宪法");
    assert_int_equal(card_create(card, "10", ""), 0);
    assert_int_equal(card_call(card, "queryBulletin", NULL), 0);
    assert_int_equal(jv_size(jv_at(card->reply, "/remotefunction/output")), 2);
    assert_string_equal(card_output(card, "3"), "lawcast-3");
    assert_string_equal(card_output(card, "10"), "lawcast-10");
    assert_int_equal(card_call(card, "deleteBulletin", "{\"items\":[\"3\",\"x\"]}"), ONBON_VALUE);
    assert_int_equal(card_call(card, "deleteBulletin", "{\"items\":[]}"), ONBON_EMPTY);
    assert_int_equal(card_call(card, "deleteBulletin", "{\"items\":\"3\"}"), ONBON_KEY);
    assert_int_equal(card->n_views, 1);
    card->now += 5000;
    assert_int_equal(card_call(card, "deleteBulletin", "{\"items\":[\"3\",\"77\"]}"), 0);
    assert_view(card, 1, morning + 5000, false);
    assert_int_equal(card_call(card, "deleteBulletin", "{\"items\":[\"*\"]}"), 0);
    assert_int_equal(card_call(card, "queryBulletin", NULL), 0);
    assert_null(jv_at(card->reply, "/remotefunction/output"));
    assert_int_equal(card->n_views, 2);
}

/* A jump over several edges is told edge by edge, each with its own time. */
static void test_window_jump(void **state)
{
    struct card *card = *state;

    card_login(card);
    assert_int_equal(card_create(card, "1",
                                 ",\"startDate\":\"2026-10-31\",\"stopDate\":\"2026-11-02\","
                                 "\"startTime\":\"09:00:00\",\"stopTime\":\"11:00:00\","
                                 "\"weekFlag\":\"33\""), /* Monday and Saturday */
                     0);
    assert_int_equal(card_call(card, "playBulletin", NULL), 0);
    assert_int_equal(card->n_views, 0);
    assert_int_equal(board_onbon_y.next_change(card->state, card->now), morning + hour / 2);
    card->now = morning + 30 * 24 * hour;
    board_onbon_y.advance(card->state, card->now);
    assert_int_equal(card->n_views, 4);
    assert_view(card, 0, morning + hour / 2, true);
    assert_view(card, 1, morning + 2 * hour + hour / 2, false);
    assert_view(card, 2, morning + 48 * hour + hour / 2, true);
    assert_view(card, 3, morning + 50 * hour + hour / 2, false);
    assert_int_equal(board_onbon_y.next_change(card->state, card->now), INT64_MAX);
    card->now = morning + hour; /* back into the window */
    board_onbon_y.advance(card->state, card->now);
    assert_view(card, 4, morning + hour, true);
    board_onbon_y.finish(card->state, card->now);
    assert_view(card, 5, morning + hour, false);
    assert_true(card->views[5].open);
}

/* Two bulletins that end at different times are told in the order of time; whole days have no seam.
 */
static void test_window_order(void **state)
{
    struct card *card = *state;

    card_login(card);
    card_create(card, "1",
                ",\"stopDate\":\"2026-10-31\",\"startTime\":\"00:00:00\","
                "\"stopTime\":\"10:00:00\"");
    card_create(card, "2", ",\"stopDate\":\"2026-10-31\",\"stopTime\":\"09:30:00\"");
    card_create(card, "3", ",\"stopDate\":\"2026-11-01\",\"stopTime\":\"23:59:59\"");
    card_call(card, "playBulletin", NULL);
    assert_int_equal(card->n_views, 3);
    board_onbon_y.advance(card->state, morning + 96 * hour);
    assert_int_equal(card->n_views, 6);
    assert_view(card, 3, morning + hour, false);
    assert_view(card, 4, morning + hour + hour / 2, false);
    assert_view(card, 5, morning + 39 * hour + hour / 2, false); /* midnight after 1 November */
}

static void test_reboot(void **state)
{
    struct card *card = *state;

    card_login(card);
    card_create(card, "1", "");
    card_call(card, "playBulletin", NULL);
    card->now += 1000;
    board_onbon_y.power_off(card->state, card->now);
    board_onbon_y.power_on(card->state, card->now);
    assert_int_equal(card->n_views, 3);
    assert_view(card, 1, card->now, false);
    assert_view(card, 2, card->now, true);
    assert_int_equal(card_call(card, "queryBulletin", NULL), ONBON_EXPIRED);
    card_login(card);
    assert_int_equal(card_call(card, "queryBulletin", NULL), 0);
    assert_string_equal(card_output(card, "1"), "lawcast-1");
    assert_int_equal(card_call(card, "stopBulletin", NULL), 0);
    assert_view(card, 3, card->now, false);
    assert_int_equal(card_call(card, "reboot", NULL), 0); /* plays again */
    assert_view(card, 4, card->now, true);
}

static void test_screen_and_state(void **state)
{
    struct card *card = *state;

    card_login(card);
    card_create(card, "1", "");
    card_call(card, "playBulletin", NULL);
    assert_int_equal(card_call(card, "screenOnOff", "{\"screenonoffstatus\":\"off\"}"), 0);
    assert_view(card, 1, morning, false);
    assert_int_equal(card_call(card, "getProperty", "{\"ScreenOnOffStatus\":\"\"}"), 0);
    assert_string_equal(card_output(card, "screenonoffstatus"), "off");
    assert_int_equal(card_call(card, "getProperty", "{\"width\":\"\",\"colour\":\"\"}"), ONBON_KEY);
    assert_int_equal(card_call(card, "screenOnOff", "{\"screenonoffstatus\":\"dim\"}"),
                     ONBON_VALUE);
    assert_int_equal(card_call(card, "getState", "{\"rtctime\":\"\"}"), 0);
    assert_string_equal(card_output(card, "rtctime"), "2026-10-31 8:30:00");
    board_onbon_y.skew(card->state, -hour, card->now);
    assert_int_equal(card_call(card, "getState", "{\"rtctime\":\"\"}"), 0);
    assert_string_equal(card_output(card, "rtctime"), "2026-10-31 7:30:00");
}

static void test_lie(void **state)
{
    struct card *card = *state;

    card_login(card);
    board_onbon_y.trick(card->state, TRICK_LIE, true, card->now);
    assert_int_equal(card_create(card, "1", ""), 0);
    assert_int_equal(card_call(card, "playBulletin", NULL), 0);
    assert_int_equal(card_call(card, "queryBulletin", NULL), 0);
    assert_null(jv_at(card->reply, "/remotefunction/output"));
    assert_int_equal(card->n_views, 0);
}

static unsigned card_get(struct card *card, const char *path, struct buffer *body)
{
    struct board_request request = {.method = "GET", .path = path, .body = ""};
    struct board_reply reply = {0};

    board_onbon_y.request(card->state, &request, card->now, &reply);
    buffer_free(body);
    *body = reply.body;
    return reply.status;
}

static const char *card_changed(struct card *card)
{
    assert_int_equal(
        card_call(card, "findFile", "{\"items\":[{\"filename\":\"share/screen.png\"}]}"), 0);
    return jv_text(jv_at(card->reply, "/remotefunction/output/items/0/mtime"));
}

/* A capture takes its time, and its file is fetched only while the way is open. */
static void test_capture(void **state)
{
    static const char input[] = "{\"suffix\":\"png\",\"picwidth\":\"192\",\"picheight\":\"64\"}";
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    struct card *card = *state;

    card_login(card);
    card_create(card, "3", "");
    card_call(card, "playBulletin", NULL);
    assert_int_equal(card_call(card, "screenCapture", "{\"suffix\":\"png\"}"), ONBON_KEY);
    assert_int_equal(card_call(card, "screenCapture", input), 0);
    assert_string_equal(card_output(card, "filepath"), "share/screen.png");
    assert_string_equal(card_changed(card), "");
    card->now += 1000;
    assert_string_equal(card_changed(card), "2026-10-31 8:30:01");
    assert_int_equal(card_get(card, "/download/share/screen.png", &body), 404);
    assert_int_equal(
        card_call(card, "enableUploadDownload", "{\"type\":\"download\",\"flag\":\"on\"}"), 0);
    assert_int_equal(card_get(card, "/download/share/other.png", &body), 404);
    assert_int_equal(card_get(card, "/download/share/screen.png", &body), 200);
    assert_non_null(memmem(body.data, body.length, "宪法", 6));
    board_onbon_y.trick(card->state, TRICK_SLEEP, true, card->now);
    assert_int_equal(card_call(card, "screenCapture", input), 0);
    assert_string_equal(card_changed(card), "2026-10-31 8:30:01"); /* the earlier one */
    card->now += 1000;
    assert_int_equal(card_get(card, "/download/share/screen.png", &body), 200);
    assert_null(memmem(body.data, body.length, "宪法", 6));
}

/* The owner's bulletin takes an order; two bulletins may have one name. */
static void test_orders(void **state)
{
    struct card *card = *state;
    struct jv *names = jv_array();

    board_onbon_y.own(card->state, "price", "1.20", card->now);
    card_login(card);
    assert_int_equal(card_create(card, "0", ""), ONBON_PROCESSING);
    assert_int_equal(card_create(card, "1", ",\"stopTime\":\"09:00:00\""), 0);
    assert_int_equal(card_call(card, "createBulletin",
                               "{\"order\":\"2\",\"name\":\"lawcast-1\",\"content\":\"5a6q5rOV\","
                               "\"startTime\":\"10:00:00\"}"),
                     0);
    card_call(card, "playBulletin", NULL);
    board_onbon_y.list(card->state, names);
    assert_int_equal(jv_size(names), 3);
    assert_string_equal(jv_text(jv_element(names, 2)), "lawcast-1");
    jv_free(names);
    board_onbon_y.advance(card->state, morning + 2 * hour);
    assert_view(card, 0, morning, true);
    assert_view(card, 1, morning + hour / 2, false);
    assert_view(card, 2, morning + hour + hour / 2, true);
    board_onbon_y.expire(card->state);
    assert_int_equal(card_call(card, "queryBulletin", NULL), ONBON_EXPIRED);
}

#define ON_CARD(test) cmocka_unit_test_setup_teardown(test, card_setup, card_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_CARD(test_login),         ON_CARD(test_order),           ON_CARD(test_envelope),
        ON_CARD(test_create_errors), ON_CARD(test_show_and_delete), ON_CARD(test_window_jump),
        ON_CARD(test_window_order),  ON_CARD(test_reboot),          ON_CARD(test_screen_and_state),
        ON_CARD(test_lie),           ON_CARD(test_capture),         ON_CARD(test_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
