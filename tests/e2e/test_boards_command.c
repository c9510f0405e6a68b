/* test_boards_command: lawcast boards while a gateway runs and while none does: the table, giving a
 * board back by command and by the owner over HTTP, previews. Real clock, simulated boards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/e2e/plain_http.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

enum { PATIENCE_MS = 60000, GIVE_BACK_MS = 2000 };

struct world {
    struct stage stage;
    struct sim_client *sim;
};

static int world_open(void **state)
{
    static const char *const options[] = {
        "--modems", "0", "--board", "plaza:onbon-y", "--board", "market:webhook", NULL};
    struct world *world = mem_new(struct world);
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    sim_client_free(world->sim);
    stage_close(&world->stage);
    free(world);
    return 0;
}

static void world_write(struct world *world, const char *listen)
{
    char from[20], to[20];

    stage_write(
        &world->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
        "ledger = { path = \"%s\"; };\n%s"
        "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
        "          { id = \"weather\"; name = \"市气象局\"; signature = \"市气象局\";\n"
        "            token = \"a-token-of-the-test\"; } );\n"
        "boards = ( { id = \"plaza\"; owner = \"weather\"; kind = \"onbon-y\"; url = \"%s\";"
        " width = 192; height = 64; password = \"guest\"; },\n"
        "           { id = \"market\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\";\n"
        "             width = 320; height = 32; publish_pointer = \"/code\";"
        " publish_equals = \"0\"; withdraw_pointer = \"/code\"; withdraw_equals = \"0\";\n"
        "             verify_path = \"/{name}\"; verify_pointer = \"/items\";"
        " verify_equals = \"{name}\"; } );\n",
        world->stage.books, listen, sim_client_board(world->sim, "plaza"),
        sim_client_board(world->sim, "market"));
    stage_time(-2, from);
    stage_time(600, to);
    stage_write(&world->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  displays = ( { boards = [ \"plaza\", \"market\" ]; slogans = [ \"弘扬宪法\", "
                "\"学法守法\" ];\n"
                "                 every = 10; } ); };\n",
                from, to);
}

/* NULL: the gateway is making its books just now. */
static struct jv *world_boards(const struct world *world)
{
    struct jv *document = NULL;
    char *output;
    int status = stage_lawcast(&world->stage, &output,
                               (const char *[]){"boards", "-c", world->stage.conf, "--json", NULL});

    if (status != 4) {
        assert_int_equal(status, 0);
        document = jv_parse(output, strlen(output), NULL);
        if (!document)
            fail_msg("no document:\n%s", output);
    }
    free(output);
    return document;
}

static bool board_shows(const struct jv *document, size_t i)
{
    MEM_FREE_LATER char *slogan = mem_printf("/boards/%zu/slogan", i);
    MEM_FREE_LATER char *level = mem_printf("/boards/%zu/level", i);

    return jv_text(jv_at(document, slogan)) && jv_number(jv_at(document, level), 0) >= 2;
}

/* Looks at the table until board i shows something that is read back, or doesn't. */
static void world_until(const struct world *world, size_t i, bool shows)
{
    int64_t give_up = clock_mono_ms() + PATIENCE_MS;
    bool is = !shows;

    while (is != shows) {
        struct jv *document = world_boards(world);

        is = document && board_shows(document, i);
        jv_free(document);
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

static size_t world_stored(struct world *world, const char *board)
{
    struct jv *answer = sim_client_ask(world->sim, "stored %s", board);
    size_t n = jv_size(jv_member(answer, "names"));

    jv_free(answer);
    return n;
}

static int world_say(const struct world *world, const char *verb, const char *board, char **output)
{
    return stage_lawcast(&world->stage, output,
                         (const char *[]){"boards", "-c", world->stage.conf, verb, board, NULL});
}

static void world_tell(const struct world *world, const char *verb, const char *board, int status,
                       const char *words)
{
    char *output;

    assert_int_equal(world_say(world, verb, board, &output), status);
    if (!strstr(output, words))
        fail_msg("boards %s %s says: %s", verb, board, output);
    free(output);
}

static void world_start(struct world *world, struct stage_child *child)
{
    stage_spawn(
        &world->stage, child,
        (const char *[]){"run", "-v", "-c", world->stage.conf, world->stage.campaign, NULL});
}

static void world_stop(struct stage_child *child)
{
    stage_signal(child, SIGTERM);
    stage_wait(child, 60, NULL);
}

static void test_a_board_is_given_back(void **state)
{
    struct world *world = *state;
    struct stage_child child;
    struct jv *document;
    int64_t before;

    world_write(world, "");
    world_start(world, &child);
    world_until(world, 0, true);
    world_until(world, 1, true);
    before = clock_mono_ms();
    world_tell(world, "release", "plaza", 0, "nothing of ours is on it");
    assert_true(clock_mono_ms() - before < GIVE_BACK_MS);
    assert_int_equal(world_stored(world, "plaza"), 0);
    assert_int_equal(world_stored(world, "market"), 1);
    document = world_boards(world);
    assert_non_null(strstr(jv_text(jv_at(document, "/boards/0/released_by")), "command, user "));
    assert_null(jv_text(jv_at(document, "/boards/0/slogan")));
    jv_free(document);
    world_tell(world, "release", "nowhere", 1, "no board");
    world_stop(&child);
    /* the next run keeps to it, and goes on after resume */
    world_start(world, &child);
    world_until(world, 1, true);
    assert_int_equal(world_stored(world, "plaza"), 0);
    world_tell(world, "resume", "plaza", 0, "may be used again");
    world_until(world, 0, true);
    assert_int_equal(world_stored(world, "plaza"), 1);
    world_stop(&child);
    assert_int_equal(world_stored(world, "plaza"), 0);
}

/* A board that hangs in the middle of a request doesn't keep the release waiting for its time-out.
 */
static void test_a_hung_board_is_told_of(void **state)
{
    struct world *world = *state;
    struct stage_child child;

    world_write(world, "");
    world_start(world, &child);
    world_until(world, 0, true);
    assert_true(sim_client_tell(world->sim, "hangboard plaza on"));
    world_tell(world, "release", "plaza", 1, "doesn't answer");
    assert_int_equal(world_stored(world, "market"), 1);
    assert_true(sim_client_tell(world->sim, "hangboard plaza off"));
    world_until(world, 0, false);
    while (world_stored(world, "plaza"))
        stage_pause();
    world_stop(&child);
}

static void test_without_a_gateway(void **state)
{
    struct world *world = *state;
    struct stage_child child;

    world_write(world, "");
    world_tell(world, "release", "plaza", 0, "No gateway is running");
    world_start(world, &child);
    world_until(world, 1, true);
    assert_int_equal(world_stored(world, "plaza"), 0);
    world_stop(&child);
    world_tell(world, "resume", "plaza", 0, "may be used again");
    world_start(world, &child);
    world_until(world, 0, true);
    world_stop(&child);
}

/* Where the run says that it listens. */
static char *world_listener(struct stage_child *child)
{
    const char *at;

    stage_hear(child, "listener=http");
    at = strstr(buffer_text(&child->said), "listener=http") + strlen("listener=");
    return mem_dup_n(at, strcspn(at, " \n"));
}

static void assert_status(const char *reply, const char *status)
{
    if (strncmp(reply + strlen("HTTP/1.1 "), status, 3) != 0)
        fail_msg("not %s: %s", status, reply);
}

static void world_http(const char *url, const char *method, const char *path, const char *status)
{
    MEM_FREE_LATER char *reply = plain_http(
        &(struct plain_request){.url = url,
                                .path = path,
                                .method = method,
                                .headers = "Authorization: Bearer a-token-of-the-test\r\n",
                                .body = ""});

    assert_status(reply, status);
}

static void test_an_owner_takes_its_board_back(void **state)
{
    struct world *world = *state;
    struct stage_child child;
    MEM_FREE_LATER char *root = NULL, *url = NULL;
    int64_t before;

    world_write(
        world,
        "listen = { address = \"127.0.0.1\"; port = 0; key = \"a-key-of-the-test-only\"; };\n");
    world_start(world, &child);
    root = world_listener(&child);
    url = mem_printf("%s/", root);
    world_until(world, 0, true);
    world_http(url, "POST", "boards/market/release", "404");
    before = clock_mono_ms();
    world_http(url, "POST", "boards/plaza/release", "202");
    while (world_stored(world, "plaza"))
        stage_pause();
    assert_true(clock_mono_ms() - before < GIVE_BACK_MS);
    assert_int_equal(world_stored(world, "market"), 1);
    world_http(url, "GET", "boards", "200");
    world_http(url, "POST", "boards/plaza/resume", "202");
    world_until(world, 0, true);
    world_stop(&child);
}

static void test_a_preview(void **state)
{
    struct world *world = *state;
    MEM_FREE_LATER char *path = mem_printf("%s/slogan.png", world->stage.dir);
    unsigned char head[24];
    char *output;
    FILE *file;

    world_write(world, "");
    assert_int_equal(stage_lawcast(&world->stage, &output,
                                   (const char *[]){"boards", "-c", world->stage.conf, "preview",
                                                    "market", "弘扬宪法精神", "-o", path, NULL}),
                     0);
    assert_non_null(strstr(output, "320 x 32"));
    free(output);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
    fclose(file);
    remove(path);
    assert_memory_equal(head + 1, "PNG", 3);
    assert_int_equal(head[18] << 8 | head[19], 320);
    assert_int_equal(head[22] << 8 | head[23], 32);
    assert_int_equal(
        stage_lawcast(&world->stage, &output,
                      (const char *[]){"boards", "-c", world->stage.conf, "preview", "--strip",
                                       "market", "弘扬宪法精神，共建文明城市，学法守法用法，人人有责",
                                       "-o", path, NULL}),
        0);
    assert_non_null(strstr(output, "all of the slogan in one line of market"));
    free(output);
    remove(path);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_a_board_is_given_back),
        WORLD_TEST(test_a_hung_board_is_told_of),
        WORLD_TEST(test_without_a_gateway),
        WORLD_TEST(test_an_owner_takes_its_board_back),
        WORLD_TEST(test_a_preview),
    };

    setenv("TZ", "Asia/Shanghai", 1); /* the simulator's, too */
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
