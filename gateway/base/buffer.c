/* buffer: a growing run of bytes. See buffer.h.
 * Runs: any. */
#include "gateway/base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/mem.h"

static void buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t need;

    if (__builtin_add_overflow(buffer->length + 1, more, &need))
        abort();
    if (need <= buffer->room)
        return;
    if (need < buffer->room * 2)
        need = buffer->room * 2;
    buffer->data = mem_grow(buffer->data, need, 1);
    buffer->room = need;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = BUFFER_NULL;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    buffer_reserve(buffer, length);
    if (length)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        abort();
    buffer_add(buffer, text, (size_t)length);
    free(text);
}

void buffer_consume(struct buffer *buffer, size_t count)
{
    if (count >= buffer->length) {
        buffer_clear(buffer);
        return;
    }
    buffer->length -= count;
    memmove(buffer->data, buffer->data + count, buffer->length + 1);
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

char *buffer_take(struct buffer *buffer)
{
    char *text = buffer->data ? buffer->data : mem_alloc(1, 1);

    *buffer = BUFFER_NULL;
    return text;
}

static int buffer_read_fd(struct buffer *buffer, int fd, size_t limit)
{
    for (;;) {
        ssize_t got;

        buffer_reserve(buffer, 65536);
        got = read(fd, buffer->data + buffer->length, 65536);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        buffer->length += (size_t)got;
        buffer->data[buffer->length] = '\0';
        if (got == 0)
            return 0;
        if (buffer->length > limit)
            return -EFBIG;
    }
}

static int buffer_judge(int fd)
{
    struct stat file;

    if (fstat(fd, &file))
        return -errno;
    if (S_ISDIR(file.st_mode))
        return -EISDIR;
    return S_ISREG(file.st_mode) ? 0 : -EINVAL;
}

/* Without waiting: to open a pipe that nobody writes would. */
int buffer_read_file(struct buffer *buffer, const char *path, size_t limit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc;

    if (fd < 0)
        return errno == ENXIO ? -EINVAL : -errno; /* a socket */
    rc = buffer_judge(fd);
    if (rc == 0)
        rc = buffer_read_fd(buffer, fd, limit);
    close(fd);
    return rc;
}

int buffer_read_stream(struct buffer *buffer, const char *path, size_t limit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return -errno;
    rc = buffer_read_fd(buffer, fd, limit);
    close(fd);
    return rc;
}
