/* child: a process with three pipes. See child.h.
 * Runs: loop. */
#include "adapters/modem/child.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"

#define CHILD_COMPLAINT_MAX 512

static struct child *child_of(uv_handle_t *handle)
{
    return handle->data;
}

static void child_closed(uv_handle_t *handle)
{
    struct child *child = child_of(handle);

    LOG_ASSERT(child->open > 0);
    if (--child->open == 0)
        child->events->gone(child->ctx);
}

static void child_close(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, child_closed);
}

/* The last words have to be read before it is gone, and a process ends before its pipe does. */
static void child_check_end(struct child *child)
{
    if (!child->exited || !child->out_ended)
        return;
    child_close(&child->process);
    child_close(&child->in);
    child_close(&child->err);
}

static void child_exited(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = child_of((uv_handle_t *)process);

    child->exited = true;
    child->status = status;
    child->signal = signal;
    child_check_end(child);
}

static void child_lend_piece(uv_handle_t *handle, size_t wish, uv_buf_t *buf)
{
    struct child *child = child_of(handle);

    (void)wish;
    *buf = uv_buf_init(child->piece, sizeof child->piece);
}

static void child_read_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *child = child_of((uv_handle_t *)stream);

    if (n > 0)
        child->events->output(child->ctx, buf->base, (size_t)n);
    if (n >= 0)
        return;
    child->out_ended = true;
    child_close(stream);
    child_check_end(child);
}

static void child_log_complaint(struct child *child)
{
    if (child->complaint.length)
        log_debug("event=agent_stderr modem=%s text=\"%s\"", child->label,
                  buffer_text(&child->complaint));
    buffer_clear(&child->complaint);
}

static void child_read_error(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *child = child_of((uv_handle_t *)stream);

    for (ssize_t i = 0; i < n; i++) {
        char c = buf->base[i];

        if (c == '\n' || child->complaint.length == CHILD_COMPLAINT_MAX)
            child_log_complaint(child);
        if (c >= ' ' && c <= '~')
            buffer_add_char(&child->complaint, c);
    }
    if (n >= 0)
        return;
    child_log_complaint(child);
    child_close(stream);
}

static int child_spawn(struct child *child, uv_loop_t *loop, char **argv)
{
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->err},
    };
    uv_process_options_t options = {
        .exit_cb = child_exited, .file = argv[0], .args = argv, .stdio_count = 3, .stdio = stdio};

    return uv_spawn(loop, &child->process, &options);
}

void child_ignore_sigpipe(void)
{
    struct sigaction now;

    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

void child_start(struct child *child, uv_loop_t *loop, char **argv)
{
    LOG_ASSERT(child->open == 0);
    uv_pipe_init(loop, &child->in, 0);
    uv_pipe_init(loop, &child->out, 0);
    uv_pipe_init(loop, &child->err, 0);
    child->failed = child_spawn(child, loop, argv);
    child->in.data = child->out.data = child->err.data = child->process.data = child;
    child->open = 4;
    child->status = child->signal = 0;
    child->exited = child->out_ended = child->failed != 0;
    if (child->failed) {
        child_close(&child->out);
        child_check_end(child);
        return;
    }
    uv_read_start((uv_stream_t *)&child->out, child_lend_piece, child_read_output);
    uv_read_start((uv_stream_t *)&child->err, child_lend_piece, child_read_error);
}

bool child_write(struct child *child, const char *bytes, size_t length)
{
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);

    if (uv_is_closing((uv_handle_t *)&child->in))
        return false;
    return uv_try_write((uv_stream_t *)&child->in, &buf, 1) == (int)length;
}

void child_end_input(struct child *child)
{
    child_close(&child->in);
}

void child_kill(struct child *child)
{
    if (!child->exited && !uv_is_closing((uv_handle_t *)&child->process))
        uv_process_kill(&child->process, SIGKILL);
}

void child_abandon(struct child *child)
{
    LOG_ASSERT(child->open > 0);
    child_close(&child->process);
    child_close(&child->in);
    child_close(&child->out);
    child_close(&child->err);
}

void child_explain(const struct child *child, char *why, size_t why_size)
{
    if (child->failed)
        snprintf(why, why_size, "the agent can't be started: %s", uv_strerror(child->failed));
    else if (child->signal)
        snprintf(why, why_size, "the agent was ended by signal %d", child->signal);
    else
        snprintf(why, why_size, "the agent ended with status %" PRId64, child->status);
}

void child_fini(struct child *child)
{
    LOG_ASSERT(child->open == 0);
    buffer_free(&child->complaint);
}
