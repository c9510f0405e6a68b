/* test_terminal: what people see of a running gateway in a terminal of tmux: the display in two
 * languages, a pause, another size, an end in order; status --watch beside it.
 *
 * tmux has a server of its own, whose socket lies in the test's folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/wait.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

enum { PATIENCE_MS = 30000, MESSAGES = 4000 };

struct world {
    struct stage stage;
    struct sim_client *sim;
    char program[512];
};

static int world_open(void **state)
{
    static const char *const options[] = {"--modems",    "2",  "--air-ms", "50",
                                          "--report-ms", "20", NULL};
    struct world *world = mem_new(struct world);
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    stage_program("lawcast", world->program, sizeof world->program);
    stage_write_office(&world->stage,
                       &(struct stage_bank){.first_modem = sim_client_modem(world->sim, 0),
                                            .modems = 2,
                                            .options = "per_hour = 100000; per_day = 200000;"});
    stage_write_campaign(&world->stage, -2, 1800, "text = \"学法守法\"; report_wait = 1;",
                         MESSAGES);
    *state = world;
    return 0;
}

/* What a command of a shell prints; to be freed. */
static char *shell(const char *command)
{
    struct buffer said = BUFFER_NULL;
    FILE *pipe = popen(command, "r");
    char bytes[4096];
    size_t n;

    assert_non_null(pipe);
    while ((n = fread(bytes, 1, sizeof bytes, pipe)) > 0)
        buffer_add(&said, bytes, n);
    pclose(pipe);
    return buffer_take(&said);
}

static char *tmux(const struct world *world, const char *command)
{
    MEM_FREE_LATER char *line =
        mem_printf("tmux -u -f /dev/null -S %s/tmux %s 2>&1", world->stage.dir, command);

    return shell(line);
}

static int world_close(void **state)
{
    struct world *world = *state;

    free(tmux(world, "kill-server"));
    sim_client_free(world->sim);
    stage_close(&world->stage);
    free(world);
    return 0;
}

/* Runs lawcast in a terminal of its own; when it has ended "gone CODE" is there. */
static void session(const struct world *world, const char *name, const char *lang,
                    const char *arguments)
{
    MEM_FREE_LATER char *line =
        mem_printf("new-session -d -x 80 -y 24 -s %s \"env -u LC_ALL -u LC_MESSAGES -u NO_COLOR "
                   "LANG=%s TZ=CST-8 %s %s; echo gone \\$?; exec sleep 1000\"",
                   name, lang, world->program, arguments);

    free(tmux(world, line));
}

static char *screen(const struct world *world, const char *name)
{
    MEM_FREE_LATER char *line = mem_printf("capture-pane -p -t %s", name);

    return tmux(world, line);
}

/* Until the terminal shows text; to be freed. */
static char *sees(const struct world *world, const char *name, const char *text)
{
    int64_t give_up = clock_mono_ms() + PATIENCE_MS;
    char *seen = screen(world, name);

    while (!strstr(seen, text)) {
        if (clock_mono_ms() > give_up)
            fail_msg("\"%s\" doesn't come:\n%s", text, seen);
        free(seen);
        stage_pause();
        seen = screen(world, name);
    }
    return seen;
}

static void keys(const struct world *world, const char *name, const char *key)
{
    MEM_FREE_LATER char *line = mem_printf("send-keys -t %s %s", name, key);

    free(tmux(world, line));
}

/* Digits become 0 and runs of one character one, so that times, counts and bars compare. */
static char *normal(const char *text)
{
    struct buffer out = BUFFER_NULL;
    char last = 0;

    for (; *text; text++) {
        char c = *text >= '0' && *text <= '9' ? '0' : *text;

        if (c == ',' && text[1] >= '0' && text[1] <= '9' && last == '0')
            continue;
        if (c == last && (c == '0' || c == ' ' || c == '\n'))
            continue;
        buffer_add_char(&out, c);
        last = c;
    }
    return buffer_take(&out);
}

static void lines_fit(char *text, size_t columns)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_in_range(utf8_columns(line), 1, columns);
}

static void run_session(struct world *world, const char *lang)
{
    MEM_FREE_LATER char *arguments = mem_printf("run -c %s --refused %s %s", world->stage.conf,
                                                world->stage.dir, world->stage.campaign);

    session(world, "run", lang, arguments);
}

static void the_display_is_english(void **state)
{
    static const char *const parts[] = {
        "● t\n ● Running · 0-0 0:0-0:0, 0:0:0 left\n",
        "delivered 0 · no report 0 · failed 0 · in doubt 0 · open 0\n",
        "done at 0:0, at worst 0:0",
        "modems 0/0 ▮",
        "ready 0",
        "0-0-0 0:0:0 · Ctrl-C: stop in order",
    };
    struct world *world = *state;
    const char *const pause[] = {"pause", "-c", world->stage.conf, "campaign", "c1", NULL};
    char *seen, *same;

    run_session(world, "C.UTF-8");
    seen = sees(world, "run", "done at ");
    same = normal(seen);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(same, parts[i]))
            fail_msg("\"%s\" isn't in:\n%s", parts[i], same);
    lines_fit(seen, 79);
    free(seen);
    free(same);

    free(stage_ends(&world->stage, 0, pause));
    free(sees(world, "run", "paused by a person"));
    free(tmux(world, "resize-window -t run -x 60 -y 20"));
    seen = sees(world, "run", "Ctrl-C");
    lines_fit(seen, 60);
    free(seen);
    keys(world, "run", "C-c");
    free(sees(world, "run", "gone 3"));
}

static void the_display_is_chinese_and_watched(void **state)
{
    struct world *world = *state;
    MEM_FREE_LATER char *watch = mem_printf("status -c %s --watch", world->stage.conf);
    char *seen;

    run_session(world, "zh_CN.UTF-8");
    seen = sees(world, "run", "短信设备 2/2");
    assert_non_null(strstr(seen, "Ctrl-C：有序停止"));
    assert_non_null(strstr(seen, "已送达"));
    lines_fit(seen, 79);
    free(seen);
    session(world, "watch", "zh_CN.UTF-8", watch);
    seen = sees(world, "watch", "q：退出");
    assert_non_null(strstr(seen, "短信设备 2/2"));
    lines_fit(seen, 79);
    free(seen);
    keys(world, "watch", "q");
    free(sees(world, "watch", "gone 0"));
    keys(world, "run", "C-c");
    free(sees(world, "run", "gone 3"));
    /* And when no gateway is at work. */
    free(tmux(world, "kill-session -t watch"));
    session(world, "watch", "C.UTF-8", watch);
    free(sees(world, "watch", "no gateway is at work"));
    keys(world, "watch", "C-c");
    free(sees(world, "watch", "gone 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_display_is_english, world_open, world_close),
        cmocka_unit_test_setup_teardown(the_display_is_chinese_and_watched, world_open,
                                        world_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
