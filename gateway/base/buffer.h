/* buffer: a growing run of bytes, always ended by a NUL that is not counted.
 * Runs: any.
 *
 * struct buffer b = BUFFER_NULL; ... buffer_free(&b). A zeroed buffer is valid and empty. */
#ifndef LAWCAST_BASE_BUFFER_H
#define LAWCAST_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; /* NULL while nothing was ever added; see buffer_text */
    size_t length, room;
};

#define BUFFER_NULL                                                                                \
    (struct buffer)                                                                                \
    {                                                                                              \
        0                                                                                          \
    }
#define BUFFER_FREE_LATER __attribute__((cleanup(buffer_free)))

void buffer_free(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Drops the first count bytes. */
void buffer_consume(struct buffer *buffer, size_t count);
/* The text, "" when empty; valid until the buffer changes. */
const char *buffer_text(const struct buffer *buffer);
/* Hands the text over to the caller (free it); the buffer is empty afterwards. Never NULL. */
char *buffer_take(struct buffer *buffer) __attribute__((returns_nonnull));

/* Reads a whole file of at most limit bytes. 0, or -errno (-EFBIG when larger; -EINVAL what is no
 * file: a pipe could keep the reader for ever). */
int buffer_read_file(struct buffer *buffer, const char *path, size_t limit);
/* The same of what may also be a pipe, and is waited for. */
int buffer_read_stream(struct buffer *buffer, const char *path, size_t limit);

#endif
