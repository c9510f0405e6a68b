/* control: the gateway's control socket. See control.h.
 * Runs: loop. */
#include "gateway/control/control.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/place.h"

#define CONTROL_UNSENT_MAX 65536 /* a client that doesn't read its answers is hung up on */

struct control {
    uv_pipe_t server; /* first member: what uv_close hands back */
    control_obey *obey;
    void *ctx;
    struct list clients;
    size_t n_clients;
    struct client *asking;      /* whose command is being obeyed; NULL: nobody's */
    char us[CONTROL_GUEST_MAX]; /* who shares our user id; root is the only other one */
    bool closing, closed;
};

struct client {
    uv_pipe_t pipe; /* first member */
    struct list link;
    struct control *control;
    struct buffer in;
    struct control_promise *promise; /* NULL: no answer is owed */
    uid_t user;
    uv_shutdown_t end;
    char piece[CONTROL_LINE_MAX];
};

struct control_promise {
    struct client *client; /* NULL: it has left */
};

/* One answer on its way. */
struct client_answer {
    uv_write_t write;
    struct buffer text;
};

char *control_path(const char *ledger)
{
    return place_beside(ledger, ".control");
}

size_t control_split(char *line, char *words[static CONTROL_WORDS_MAX])
{
    size_t n = 0;
    char *rest = NULL;

    for (const char *c = line; *c; c++)
        if (*c < ' ' || *c > '~')
            return 0;
    for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (n == CONTROL_WORDS_MAX)
            return 0;
        words[n++] = word;
    }
    return n;
}

static void control_free_when_over(struct control *control)
{
    if (control->closed && control->n_clients == 0)
        free(control);
}

static void client_closed(uv_handle_t *handle)
{
    struct client *client = (struct client *)(void *)handle;
    struct control *control = client->control;

    list_remove(&client->link);
    control->n_clients--;
    buffer_free(&client->in);
    free(client);
    control_free_when_over(control);
}

static void client_hang_up(struct client *client)
{
    if (client->promise)
        client->promise->client = NULL;
    client->promise = NULL;
    if (!uv_is_closing((uv_handle_t *)&client->pipe))
        uv_close((uv_handle_t *)&client->pipe, client_closed);
}

static void client_written(uv_write_t *write, int status)
{
    struct client_answer *answer = (struct client_answer *)(void *)write;

    (void)status;
    buffer_free(&answer->text);
    free(answer);
}

static void client_refuse(struct client *client, const char *why);

static void client_answer(struct client *client, struct jv *value)
{
    struct client_answer *answer = mem_new(struct client_answer);
    uv_buf_t piece;

    jv_write(value, false, &answer->text);
    jv_free(value);
    buffer_add_char(&answer->text, '\n');
    if (answer->text.length > CONTROL_ANSWER_MAX) {
        client_written(&answer->write, 0);
        client_refuse(client, lang("the answer is too long", "应答过长"));
        return;
    }
    piece = uv_buf_init(answer->text.data, (unsigned)answer->text.length);
    if (uv_write(&answer->write, (uv_stream_t *)&client->pipe, &piece, 1, client_written)) {
        client_written(&answer->write, 0);
        client_hang_up(client);
    } else if (uv_stream_get_write_queue_size((uv_stream_t *)&client->pipe) > CONTROL_UNSENT_MAX) {
        client_hang_up(client);
    }
}

static void client_refuse(struct client *client, const char *why)
{
    struct jv *answer = jv_object();

    jv_put(answer, "error", jv_string(why));
    client_answer(client, answer);
}

static void client_take_line(struct client *client, char *line)
{
    char *words[CONTROL_WORDS_MAX];
    size_t n = control_split(line, words);
    struct client *before;
    struct jv *answer;

    if (!n) {
        client_refuse(client, lang("this is no command", "这不是命令"));
        return;
    }
    answer = jv_object();
    /* An answer that is kept meanwhile may let another guest's next command in. */
    before = client->control->asking;
    client->control->asking = client;
    client->control->obey(client->control->ctx, n, words, answer);
    client->control->asking = before;
    if (client->promise)
        jv_free(answer);
    else
        client_answer(client, answer);
}

static void client_take_lines(struct client *client)
{
    struct buffer *in = &client->in;
    char *end;

    while (!client->promise && !uv_is_closing((uv_handle_t *)&client->pipe) && in->length &&
           (end = memchr(in->data, '\n', in->length))) {
        MEM_FREE_LATER char *line = mem_dup_n(in->data, (size_t)(end - in->data));

        buffer_consume(in, (size_t)(end - in->data) + 1);
        client_take_line(client, line);
    }
    if (in->length > CONTROL_LINE_MAX)
        client_hang_up(client);
}

struct control_promise *control_promise(struct control *control)
{
    struct control_promise *promise = mem_new(struct control_promise);

    LOG_ASSERT(control->asking && !control->asking->promise);
    promise->client = control->asking;
    control->asking->promise = promise;
    return promise;
}

void control_keep(struct control_promise *promise, struct jv *answer)
{
    struct client *client = promise->client;

    free(promise);
    if (!client) {
        jv_free(answer);
        return;
    }
    client->promise = NULL;
    client_answer(client, answer);
    client_take_lines(client);
}

static void client_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct client *client = (struct client *)(void *)handle;

    (void)suggested;
    *room = uv_buf_init(client->piece, sizeof client->piece);
}

static void client_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *piece)
{
    struct client *client = (struct client *)(void *)stream;

    if (n < 0) {
        client_hang_up(client);
        return;
    }
    buffer_add(&client->in, piece->base, (size_t)n);
    client_take_lines(client);
}

static void client_turned_away(uv_shutdown_t *end, int status)
{
    struct client *client = (struct client *)(void *)end->handle;

    (void)status;
    client_hang_up(client);
}

/* It is told why, and hung up on once it could have read that. */
static void client_turn_away(struct client *client)
{
    client_refuse(client, lang("too many commands at once: try again", "命令太多，请稍后再试"));
    if (!uv_is_closing((uv_handle_t *)&client->pipe) &&
        uv_shutdown(&client->end, (uv_stream_t *)&client->pipe, client_turned_away))
        client_hang_up(client);
}

/* The kernel's word about who is at the other end. */
static bool client_is_allowed(struct client *client)
{
    struct ucred who;
    socklen_t length = sizeof who;
    uv_os_fd_t fd;

    if (uv_fileno((const uv_handle_t *)&client->pipe, &fd) ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length))
        return false;
    client->user = who.uid;
    return who.uid == 0 || who.uid == geteuid();
}

/* A name that could be taken for more than a name is none. Asked for once, before the loop has
 * guests: a directory service may take its time. */
void control_name_user(uid_t user, char name[static CONTROL_GUEST_MAX])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@";
    const size_t room = CONTROL_GUEST_MAX - sizeof "user ";
    struct passwd entry, *found = NULL;
    char bytes[4096];
    bool known = getpwuid_r(user, &entry, bytes, sizeof bytes, &found) == 0 && found;
    size_t length = known ? strlen(found->pw_name) : 0;

    if (length && length <= room && strspn(found->pw_name, letters) == length)
        snprintf(name, CONTROL_GUEST_MAX, "user %s", found->pw_name);
    else
        snprintf(name, CONTROL_GUEST_MAX, "user %lu", (unsigned long)user);
}

const char *control_guest(const struct control *control)
{
    LOG_ASSERT(control->asking);
    return control->asking->user == geteuid() ? control->us : "user root";
}

static void control_come(uv_stream_t *server, int status)
{
    struct control *control = (struct control *)(void *)server;
    struct client *client;

    if (status < 0)
        return;
    client = mem_new(struct client);
    client->control = control;
    list_append(&control->clients, &client->link);
    control->n_clients++;
    uv_pipe_init(server->loop, &client->pipe, 0);
    if (uv_accept(server, (uv_stream_t *)&client->pipe) || !client_is_allowed(client))
        client_hang_up(client);
    else if (control->n_clients > CONTROL_CLIENTS_MAX)
        client_turn_away(client);
    else if (uv_read_start((uv_stream_t *)&client->pipe, client_room, client_read))
        client_hang_up(client);
}

static int control_listen(struct control *control, const char *path)
{
    int rc;

    /* A path longer than an address has room for would be cut silently. */
    if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return -ENAMETOOLONG;
    if (unlink(path) && errno != ENOENT)
        return -errno;
    rc = uv_pipe_bind(&control->server, path);
    if (!rc && chmod(path, S_IRUSR | S_IWUSR))
        rc = -errno;
    return rc ? rc : uv_listen((uv_stream_t *)&control->server, CONTROL_CLIENTS_MAX, control_come);
}

static void control_closed(uv_handle_t *handle)
{
    struct control *control = (struct control *)(void *)handle;

    control->closed = true;
    control_free_when_over(control);
}

int control_open(struct control **out, uv_loop_t *loop, const char *path, control_obey *obey,
                 void *ctx)
{
    struct control *control = mem_new(struct control);
    int rc;

    control->obey = obey;
    control->ctx = ctx;
    control_name_user(geteuid(), control->us);
    list_init(&control->clients);
    uv_pipe_init(loop, &control->server, 0);
    rc = control_listen(control, path);
    *out = rc ? NULL : control;
    if (rc)
        control_close(control);
    return rc;
}

void control_close(struct control *control)
{
    if (!control || control->closing)
        return;
    control->closing = true;
    for (struct list *link = control->clients.next, *next; link != &control->clients; link = next) {
        next = link->next;
        client_hang_up(LIST_ELEMENT(link, struct client, link));
    }
    uv_close((uv_handle_t *)&control->server, control_closed);
}
