/* test_control: the control socket: who is heard, what is answered, and that nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/control/control.h"

/* A gateway's loop in this thread and a command in another. */
struct world {
    uv_loop_t loop;
    uv_async_t over;
    struct control *control;
    char dir[64], *path;
    struct control_promise *promise; /* owed to who said "later" */
    size_t obeyed;
    void (*ask)(struct world *world); /* the command's thread */
};

static void world_keep(struct world *world)
{
    struct jv *answer = jv_object();

    jv_put(answer, "ok", jv_string("later"));
    control_keep(world->promise, answer);
    world->promise = NULL;
}

static void world_obey(void *ctx, size_t n, char *const *words, struct jv *answer)
{
    struct world *world = ctx;

    if (strcmp(words[0], "later") == 0)
        world->promise = control_promise(world->control);
    jv_put(answer, "owed", jv_bool(world->promise));
    if (strcmp(words[0], "keep") == 0)
        world_keep(world);
    world->obeyed++;
    jv_put(answer, "ok", jv_string(words[0]));
    jv_put(answer, "words", jv_int((int64_t)n));
    jv_put(answer, "last", jv_string(words[n - 1]));
    jv_put(answer, "guest", jv_string(control_guest(world->control)));
    for (size_t i = 0; strcmp(words[0], "much") == 0 && i < CONTROL_ANSWER_MAX / 8; i++) {
        MEM_FREE_LATER char *key = mem_printf("%zu", i);

        jv_put(answer, key, jv_string("12345678"));
    }
}

static void world_end(uv_async_t *async)
{
    struct world *world = async->data;

    control_close(world->control);
    if (world->promise)
        world_keep(world);
    uv_close((uv_handle_t *)&world->over, NULL);
}

static void *world_run_ask(void *ctx)
{
    struct world *world = ctx;

    world->ask(world);
    uv_async_send(&world->over);
    return NULL;
}

static void world_run(struct world *world, void (*ask)(struct world *world))
{
    pthread_t thread;

    uv_loop_init(&world->loop);
    uv_async_init(&world->loop, &world->over, world_end);
    world->over.data = world;
    world->ask = ask;
    assert_int_equal(control_open(&world->control, &world->loop, world->path, world_obey, world),
                     0);
    assert_int_equal(pthread_create(&thread, NULL, world_run_ask, world), 0);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    pthread_join(thread, NULL);
    assert_int_equal(uv_loop_close(&world->loop), 0);
}

static void world_open(struct world *world)
{
    memset(world, 0, sizeof *world);
    snprintf(world->dir, sizeof world->dir, "/tmp/lawcast-control-XXXXXX");
    assert_non_null(mkdtemp(world->dir));
    world->path = mem_printf("%s/books.db.control", world->dir);
}

static void world_close(struct world *world)
{
    assert_int_equal(rmdir(world->dir), 0); /* the socket is gone */
    free(world->path);
}

static void ask_one(struct world *world)
{
    struct jv *answer;
    struct stat file;

    assert_int_equal(stat(world->path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(control_ask(world->path, "pause modem bank-a/17", &answer), 0);
    assert_string_equal(jv_text(jv_member(answer, "ok")), "pause");
    assert_int_equal(jv_number(jv_member(answer, "words"), 0), 3);
    assert_string_equal(jv_text(jv_member(answer, "last")), "bank-a/17");
    jv_free(answer);
}

static void test_a_command_is_answered(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_one);
    assert_int_equal(world.obeyed, 1);
    world_close(&world);
}

/* Whoever runs the test runs the gateway, too. */
static void ask_who(struct world *world)
{
    char name[CONTROL_GUEST_MAX];
    struct jv *answer;

    control_name_user(geteuid(), name);
    assert_int_equal(strncmp(name, "user ", 5), 0);
    assert_int_equal(control_ask(world->path, "who", &answer), 0);
    assert_string_equal(jv_text(jv_member(answer, "guest")), name);
    jv_free(answer);
    control_name_user(4000000001U, name);
    assert_string_equal(name, "user 4000000001"); /* nobody has that one */
}

static void test_the_guest_is_named(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_who);
    world_close(&world);
}

static void ask_much(struct world *world)
{
    struct jv *answer;

    assert_int_equal(control_ask(world->path, "much", &answer), 0);
    assert_non_null(strstr(jv_text(jv_member(answer, "error")), "too long"));
    assert_null(jv_member(answer, "ok"));
    jv_free(answer);
}

static void test_a_long_answer_is_an_error(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_much);
    assert_int_equal(world.obeyed, 1);
    world_close(&world);
}

static void ask_nonsense(struct world *world)
{
    static const char *const lines[] = {"", "   ", "a b c d e f g h i", "pause\tmodem", "暂停"};
    struct jv *answer;

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(control_ask(world->path, lines[i], &answer), 0);
        assert_non_null(jv_text(jv_member(answer, "error")));
        jv_free(answer);
    }
}

static void test_nonsense_is_answered_with_an_error(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_nonsense);
    assert_int_equal(world.obeyed, 0);
    world_close(&world);
}

static int connect_raw(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* A line without end is cut off; idle and half-spoken clients are hung up on at the end. */
static void ask_without_end(struct world *world)
{
    char piece[512], got[16];
    int endless = connect_raw(world->path), half = connect_raw(world->path);

    memset(piece, 'x', sizeof piece);
    for (size_t sent = 0; sent <= 2 * CONTROL_LINE_MAX; sent += sizeof piece)
        if (send(endless, piece, sizeof piece, MSG_NOSIGNAL) < 0)
            break;
    assert_true(recv(endless, got, sizeof got, 0) <= 0);
    assert_int_equal(send(half, "pau", 3, MSG_NOSIGNAL), 3);
    close(endless);
    close(half);
    ask_one(world);
}

static void test_a_line_without_end_is_hung_up_on(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_without_end);
    assert_int_equal(world.obeyed, 1);
    world_close(&world);
}

/* One too many is told so; when one has gone there is room again. */
static void ask_in_a_crowd(struct world *world)
{
    int crowd[CONTROL_CLIENTS_MAX];
    struct jv *answer;

    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        crowd[i] = connect_raw(world->path);
    assert_int_equal(control_ask(world->path, "pause modem m", &answer), 0);
    assert_non_null(strstr(jv_text(jv_member(answer, "error")), "too many"));
    jv_free(answer);
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        close(crowd[i]);
    for (bool heard = false; !heard;) { /* the gateway notices in its own time who has gone */
        assert_int_equal(control_ask(world->path, "pause modem m", &answer), 0);
        heard = jv_member(answer, "ok") != NULL;
        jv_free(answer);
    }
}

static void test_a_crowd_is_turned_away(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    world_run(&world, ask_in_a_crowd);
    world_close(&world);
}

/* Until the gateway has heard "later". */
static void await_promise(struct world *world)
{
    BUFFER_FREE_LATER struct buffer owed = BUFFER_NULL;
    struct jv *answer;

    while (strcmp(buffer_text(&owed), "true") != 0) {
        buffer_clear(&owed);
        assert_int_equal(control_ask(world->path, "look", &answer), 0);
        assert_true(jv_scalar(jv_member(answer, "owed"), &owed));
        jv_free(answer);
    }
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void keep_promise(struct world *world)
{
    struct jv *answer;

    assert_int_equal(control_ask(world->path, "keep", &answer), 0);
    assert_string_equal(jv_text(jv_member(answer, "ok")), "keep");
    jv_free(answer);
}

/* What is said after it waits for its answer. */
static void ask_later(struct world *world)
{
    int fd = connect_raw(world->path);
    char got[256];
    size_t n = 0;

    say(fd, "later\npause a\n");
    await_promise(world);
    keep_promise(world);
    while (n < 2 || memchr(got, '\n', n - 1) == NULL || got[n - 1] != '\n') {
        ssize_t more = recv(fd, got + n, sizeof got - n - 1, 0);

        assert_true(more > 0);
        n += (size_t)more;
    }
    got[n] = '\0';
    assert_non_null(strstr(got, "\"later\""));
    assert_true(strstr(got, "\"later\"") < strstr(got, "\"pause\""));
    close(fd);
}

static void ask_later_and_leave(struct world *world)
{
    int fd = connect_raw(world->path);

    say(fd, "later\n");
    await_promise(world);
    close(fd);
    keep_promise(world);
    ask_one(world);
}

/* It is kept when nobody is there any more. */
static void ask_later_at_the_end(struct world *world)
{
    say(connect_raw(world->path), "later\npause a\n");
    await_promise(world);
}

static void test_an_answer_may_come_later(void **state)
{
    static void (*const asks[])(struct world *) = {ask_later, ask_later_and_leave,
                                                   ask_later_at_the_end};

    (void)state;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        struct world world;

        world_open(&world);
        world_run(&world, asks[i]);
        assert_null(world.promise);
        world_close(&world);
    }
}

static void ask_nothing(struct world *world)
{
    (void)world;
}

/* A socket that a killed gateway left is taken over; nobody listens after the end. */
static void test_left_socket_is_taken_over(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct world world;
    struct jv *answer;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    world_open(&world);
    memcpy(address.sun_path, world.path, strlen(world.path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(control_ask(world.path, "pause", &answer), -ECONNREFUSED);
    world_run(&world, ask_one);
    assert_int_equal(control_ask(world.path, "pause", &answer), -ENOENT);
    world_run(&world, ask_nothing);
    world_close(&world);
}

static void test_a_path_that_is_too_long_is_refused(void **state)
{
    struct control *control;
    struct jv *answer;
    uv_loop_t loop;
    char path[200];

    (void)state;
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    uv_loop_init(&loop);
    assert_int_equal(control_open(&control, &loop, path, world_obey, NULL), -ENAMETOOLONG);
    assert_null(control);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(control_ask(path, "pause", &answer), -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_command_is_answered),
        cmocka_unit_test(test_the_guest_is_named),
        cmocka_unit_test(test_a_long_answer_is_an_error),
        cmocka_unit_test(test_nonsense_is_answered_with_an_error),
        cmocka_unit_test(test_a_line_without_end_is_hung_up_on),
        cmocka_unit_test(test_a_crowd_is_turned_away),
        cmocka_unit_test(test_an_answer_may_come_later),
        cmocka_unit_test(test_left_socket_is_taken_over),
        cmocka_unit_test(test_a_path_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
