/* sim_client: lawcast-sim as a test's child. See sim_client.h.
 * Runs: any (blocks). */
#include "tests/support/sim_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

enum { SIM_CLIENT_WAIT_MS = 60000, SIM_CLIENT_OPTIONS = 64, SIM_CLIENT_LOG_MAX = 1 << 30 };

struct sim_client {
    pid_t pid;   /* -1: ended */
    int in, out; /* its standard input and output, our ends; -1: closed */
    int status;
    char *folder, *modems, *log;
    char *spec; /* the file, or NULL */
    struct jv *ready;
    struct buffer lines; /* read and not yet taken */
};

char *sim_client_program(const char *test_program)
{
    const char *given = getenv("LAWCAST_SIM");
    const char *slash = strrchr(test_program, '/');

    if (given && *given)
        return mem_dup(given);
    return mem_printf("%.*s/../../lawcast-sim", slash ? (int)(slash - test_program) : 1,
                      slash ? test_program : ".");
}

static int sim_client_spawn(struct sim_client *client, const char *program,
                            const char *const *options)
{
    const char *words[SIM_CLIENT_OPTIONS + 8] = {program, "--dir", client->modems, "--log",
                                                 client->log};
    posix_spawn_file_actions_t actions;
    size_t n = 5;
    int to[2], from[2], rc;

    if (client->spec) {
        words[n++] = "--spec";
        words[n++] = client->spec;
    }
    for (; options && *options && n < SIM_CLIENT_OPTIONS + 7; options++)
        words[n++] = *options;
    if (pipe2(to, O_CLOEXEC))
        return -errno;
    client->in = to[1];
    if (pipe2(from, O_CLOEXEC)) {
        close(to[0]);
        return -errno;
    }
    client->out = from[0];
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    rc = posix_spawn(&client->pid, program, &actions, NULL, (char *const *)(uintptr_t)words,
                     environ);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    if (rc)
        client->pid = -1;
    return -rc;
}

/* The next line, parsed; NULL: none came in time, or it is no JSON. */
static struct jv *sim_client_read(struct sim_client *client)
{
    int64_t deadline = clock_mono_ms() + SIM_CLIENT_WAIT_MS;
    struct pollfd wait = {.fd = client->out, .events = POLLIN};
    struct jv *answer;
    const char *end;

    while (!(end = memchr(buffer_text(&client->lines), '\n', client->lines.length))) {
        int64_t left = deadline - clock_mono_ms();
        char bytes[4096];
        ssize_t got;
        int ready;

        if (left <= 0 || (ready = poll(&wait, 1, (int)left)) == 0)
            return NULL;
        if (ready < 0 && errno == EINTR) /* a child of the test has ended */
            continue;
        got = read(client->out, bytes, sizeof bytes);
        if (got <= 0)
            return NULL;
        buffer_add(&client->lines, bytes, (size_t)got);
    }
    answer = jv_parse(client->lines.data, (size_t)(end - client->lines.data), NULL);
    buffer_consume(&client->lines, (size_t)(end - client->lines.data) + 1);
    return answer;
}

static char *sim_client_make_folder(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = mem_printf("%s/lawcast-sim-XXXXXX", parent && *parent ? parent : "/tmp");

    if (mkdtemp(folder))
        return folder;
    free(folder);
    return NULL;
}

/* 0, or -errno. */
static int sim_client_write_spec(struct sim_client *client, const char *text)
{
    FILE *file;
    int rc = 0;

    if (!client->folder)
        return -errno;
    if (!text)
        return 0;
    client->spec = mem_printf("%s/spec", client->folder);
    file = fopen(client->spec, "we");
    if (!file)
        return -errno;
    if (fputs(text, file) < 0)
        rc = -EIO;
    return fclose(file) && !rc ? -errno : rc;
}

struct sim_client *sim_client_start_spec(const char *program, const char *spec,
                                         const char *const *options)
{
    struct sim_client *client = mem_new(struct sim_client);
    int rc;

    client->pid = client->in = client->out = client->status = -1;
    client->folder = sim_client_make_folder();
    client->modems = mem_printf("%s/modems", client->folder ? client->folder : "");
    client->log = mem_printf("%s/log", client->folder ? client->folder : "");
    signal(SIGPIPE, SIG_IGN); /* a dead simulator is an answer that doesn't come */
    rc = sim_client_write_spec(client, spec);
    if (!rc)
        rc = sim_client_spawn(client, program, options);
    if (!rc)
        client->ready = sim_client_read(client);
    if (client->ready)
        return client;
    fprintf(stderr, "%s: not ready: %s\n", program, rc ? strerror(-rc) : "see above");
    sim_client_free(client);
    return NULL;
}

struct sim_client *sim_client_start(const char *program, const char *const *options)
{
    return sim_client_start_spec(program, NULL, options);
}

static void sim_client_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The end of its output is its end; one that doesn't come is killed. */
static bool sim_client_wait_end(struct sim_client *client)
{
    int64_t deadline = clock_mono_ms() + SIM_CLIENT_WAIT_MS;
    struct pollfd wait = {.fd = client->out, .events = POLLIN};

    for (;;) {
        int64_t left = deadline - clock_mono_ms();
        char bytes[4096];

        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        if (read(client->out, bytes, sizeof bytes) <= 0)
            return true;
    }
}

int sim_client_stop(struct sim_client *client)
{
    int status = 0;

    if (client->pid < 0)
        return client->status;
    sim_client_close(&client->in);
    if (!sim_client_wait_end(client))
        kill(client->pid, SIGKILL);
    while (waitpid(client->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    sim_client_close(&client->out);
    client->pid = -1;
    client->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return client->status;
}

void sim_client_free(struct sim_client *client)
{
    if (!client)
        return;
    sim_client_stop(client);
    sim_client_close(&client->in);
    sim_client_close(&client->out);
    unlink(client->log);
    if (client->spec)
        unlink(client->spec);
    if (client->folder && rmdir(client->folder))
        fprintf(stderr, "%s is left behind: %s\n", client->folder, strerror(errno));
    jv_free(client->ready);
    buffer_free(&client->lines);
    free(client->folder);
    free(client->modems);
    free(client->log);
    free(client->spec);
    free(client);
}

const char *sim_client_log(const struct sim_client *client)
{
    return client->log;
}

const char *sim_client_modem(const struct sim_client *client, size_t index)
{
    return jv_text(jv_element(jv_at(client->ready, "/modems"), index));
}

const char *sim_client_board(const struct sim_client *client, const char *id)
{
    MEM_FREE_LATER char *pointer = mem_printf("/boards/%s", id);

    return jv_text(jv_at(client->ready, pointer));
}

__attribute__((format(printf, 2, 0))) static struct jv *
sim_client_converse(struct sim_client *client, const char *format, va_list args)
{
    MEM_FREE_LATER char *line = NULL;
    int length = vasprintf(&line, format, args);

    if (length < 0) {
        line = NULL;
        return NULL;
    }
    line[length] = '\n'; /* in place of the NUL: write takes a length */
    if (client->in < 0 || write(client->in, line, (size_t)length + 1) != length + 1)
        return NULL;
    return sim_client_read(client);
}

struct jv *sim_client_ask(struct sim_client *client, const char *format, ...)
{
    struct jv *answer;
    va_list args;

    va_start(args, format);
    answer = sim_client_converse(client, format, args);
    va_end(args);
    return answer;
}

bool sim_client_tell(struct sim_client *client, const char *format, ...)
{
    struct jv *answer;
    va_list args;
    bool obeyed;

    va_start(args, format);
    answer = sim_client_converse(client, format, args);
    va_end(args);
    obeyed = answer && jv_at(answer, "/ok");
    jv_free(answer);
    return obeyed;
}

static int sim_event_int(const struct jv *line, const char *pointer)
{
    return (int)jv_number(jv_at(line, pointer), -1);
}

static struct sim_event sim_event_read(const struct jv *line)
{
    const char *number = jv_text(jv_at(line, "/number"));

    return (struct sim_event){
        .t = jv_number(jv_at(line, "/t"), -1),
        .event = mem_dup(jv_text(jv_at(line, "/event"))),
        .number = number ? strtoll(number, NULL, 10) : -1,
        .modem = sim_event_int(line, "/modem"),
        .reference = sim_event_int(line, "/ref"),
        .part = sim_event_int(line, "/part"),
        .parts = sim_event_int(line, "/parts"),
        .concat = sim_event_int(line, "/concat"),
        .code = sim_event_int(line, "/code"),
        .status = sim_event_int(line, "/status"),
        .vp = sim_event_int(line, "/vp"),
        .place = sim_event_int(line, "/place"),
        .alphabet = mem_dup(jv_text(jv_at(line, "/alphabet"))),
        .text = mem_dup(jv_text(jv_at(line, "/text"))),
        .board = mem_dup(jv_text(jv_at(line, "/board"))),
        .name = mem_dup(jv_text(jv_at(line, "/name"))),
        .imsi = mem_dup(jv_text(jv_at(line, "/imsi"))),
        .kind = mem_dup(jv_text(jv_at(line, "/kind"))),
        .sender = mem_dup(number),
        .open = jv_at(line, "/open") != NULL,
        .stored = sim_event_int(line, "/place") > 0,
    };
}

struct sim_events sim_client_events(struct sim_client *client)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct sim_events events = {0};
    size_t room = 0;
    const char *at, *end;

    if (client->pid >= 0)
        jv_free(sim_client_ask(client, "sync"));
    if (buffer_read_file(&text, client->log, SIM_CLIENT_LOG_MAX))
        return events;
    at = buffer_text(&text);
    while ((end = strchr(at, '\n'))) {
        struct jv *line = jv_parse(at, (size_t)(end - at), NULL);

        if (events.n == room) {
            room = room ? room * 2 : 64;
            events.items = mem_grow(events.items, room, sizeof *events.items);
        }
        events.items[events.n++] = sim_event_read(line);
        jv_free(line);
        at = end + 1;
    }
    return events;
}

void sim_events_free(struct sim_events *events)
{
    for (size_t i = 0; i < events->n; i++) {
        struct sim_event *event = &events->items[i];

        free(event->event);
        free(event->alphabet);
        free(event->text);
        free(event->board);
        free(event->name);
        free(event->imsi);
        free(event->kind);
        free(event->sender);
    }
    free(events->items);
    *events = (struct sim_events){0};
}

size_t sim_events_count(const struct sim_events *events, const char *event)
{
    size_t n = 0;

    for (size_t i = 0; i < events->n; i++)
        n += events->items[i].event && strcmp(events->items[i].event, event) == 0;
    return n;
}
