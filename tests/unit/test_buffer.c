/* test_buffer: bytes in, the same bytes out, always ended by a NUL. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/buffer.h"

static void test_grows_and_stays_terminated(void **state)
{
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    assert_string_equal(buffer_text(&b), "");
    for (size_t i = 0; i < 10000; i++) {
        buffer_add_char(&b, (char)('a' + i % 26));
        assert_int_equal(b.length, i + 1);
        assert_int_equal(b.data[b.length], '\0');
    }
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(b.data[i], 'a' + i % 26);
    buffer_clear(&b);
    assert_string_equal(buffer_text(&b), "");
}

static void test_adds(void **state)
{
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    buffer_add(&b, "a\0b", 3);
    buffer_add(&b, NULL, 0);
    buffer_add_text(&b, "宪");
    buffer_printf(&b, "%d|%s", 7, "x");
    assert_int_equal(b.length, 9);
    assert_memory_equal(b.data, "a\0b宪7|x", 10);
}

static void test_consume(void **state)
{
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    buffer_consume(&b, 5);
    assert_int_equal(b.length, 0);
    buffer_add_text(&b, "abcdef");
    buffer_consume(&b, 0);
    assert_string_equal(buffer_text(&b), "abcdef");
    buffer_consume(&b, 2);
    assert_string_equal(buffer_text(&b), "cdef");
    assert_int_equal(b.length, 4);
    buffer_consume(&b, 100);
    assert_int_equal(b.length, 0);
    assert_string_equal(buffer_text(&b), "");
}

static void test_take(void **state)
{
    struct buffer b = BUFFER_NULL;
    char *empty = buffer_take(&b), *text;

    (void)state;
    assert_string_equal(empty, "");
    free(empty);
    buffer_add_text(&b, "abc");
    text = buffer_take(&b);
    assert_string_equal(text, "abc");
    assert_int_equal(b.length, 0);
    assert_null(b.data);
    free(text);
}

static void test_reads_files_up_to_a_limit(void **state)
{
    const char *folder = getenv("TMPDIR");
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer path = BUFFER_NULL;
    FILE *f;
    int fd;

    (void)state;
    buffer_printf(&path, "%s/lawcast-test-XXXXXX", folder && *folder ? folder : "/tmp");
    fd = mkstemp(path.data);
    assert_true(fd >= 0);
    f = fdopen(fd, "w");
    assert_non_null(f);
    for (size_t i = 0; i < 100000; i++)
        fputc((int)(i % 251), f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(buffer_read_file(&b, path.data, 100000), 0);
    assert_int_equal(b.length, 100000);
    for (size_t i = 0; i < b.length; i++)
        assert_int_equal((unsigned char)b.data[i], i % 251);
    buffer_clear(&b);
    assert_int_equal(buffer_read_file(&b, path.data, 99999), -EFBIG);
    assert_int_equal(unlink(path.data), 0);
    assert_int_equal(buffer_read_file(&b, path.data, 1), -ENOENT);
    assert_int_equal(buffer_read_file(&b, "/", 1), -EISDIR);
}

static void feed(int fd)
{
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
}

/* A pipe that nobody writes is not waited for. */
static void test_only_files_are_files(void **state)
{
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;
    char folder[] = "/tmp/lawcast-test-XXXXXX", path[64], stream[32];
    int ends[2];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20); /* ends the program if it waits */
    assert_int_equal(buffer_read_file(&b, path, 100), -EINVAL);
    alarm(0);
    assert_int_equal(buffer_read_file(&b, "/dev/null", 100), -EINVAL);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(pipe(ends), 0);
    feed(ends[1]);
    snprintf(stream, sizeof stream, "/dev/fd/%d", ends[0]);
    assert_int_equal(buffer_read_stream(&b, stream, 100), 0);
    assert_string_equal(buffer_text(&b), "abc");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_stays_terminated),
        cmocka_unit_test(test_adds),
        cmocka_unit_test(test_consume),
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_reads_files_up_to_a_limit),
        cmocka_unit_test(test_only_files_are_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
