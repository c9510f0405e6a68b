/* test_outlet: nobody who reads too slowly holds up a writer, and what is read are whole frames.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/outlet.h"

#define FRAMES       3000
#define FRAME_LENGTH 500

/* Both ends of something that a gateway's output may be. */
struct line {
    int reader, writer;
};

static struct line line_pipe(void)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    return (struct line){ends[0], ends[1]};
}

static struct line line_socket(void)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    return (struct line){ends[0], ends[1]};
}

static struct line line_terminal(void)
{
    struct termios raw;
    struct line line;

    assert_int_equal(openpty(&line.reader, &line.writer, NULL, NULL, NULL), 0);
    assert_int_equal(tcgetattr(line.writer, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(line.writer, TCSANOW, &raw), 0);
    return line;
}

/* The master's side of a terminal can't be opened anew: its description is shared. */
static struct line line_master(void)
{
    struct line line = line_terminal();

    return (struct line){line.writer, line.reader};
}

typedef struct line (*line_maker)(void);

static const line_maker line_makers[] = {line_pipe, line_socket, line_terminal, line_master};

/* "[17]......\n": a frame that can be told from every other. */
static void frame_make(size_t number, char frame[static FRAME_LENGTH])
{
    memset(frame, '.', FRAME_LENGTH);
    frame[FRAME_LENGTH - 1] = '\n';
    frame[snprintf(frame, FRAME_LENGTH, "[%zu]", number)] = '.';
}

static void line_read_all(int fd, struct buffer *out)
{
    char bytes[4096];
    ssize_t n;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        buffer_add(out, bytes, (size_t)n);
}

/* Whole frames in the order of writing, exactly those that were taken; the last may be cut. */
static void assert_frames(const struct buffer *got, const bool taken[static FRAMES], bool cut)
{
    size_t at = 0;

    for (size_t i = 0; i < FRAMES; i++) {
        char frame[FRAME_LENGTH];
        size_t left = got->length - at, length = left < FRAME_LENGTH ? left : FRAME_LENGTH;

        if (!taken[i])
            continue;
        if (length < FRAME_LENGTH)
            assert_true(cut);
        frame_make(i, frame);
        assert_memory_equal(got->data + at, frame, length);
        at += length;
    }
    assert_int_equal(at, got->length);
}

static void nobody_reads(line_maker make)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;
    struct line line = make();
    int flags = fcntl(line.writer, F_GETFL);
    struct outlet *outlet = outlet_open(line.writer);
    bool taken[FRAMES] = {false};
    size_t n = 0;

    for (size_t i = 0; i < FRAMES; i++) {
        char frame[FRAME_LENGTH];

        frame_make(i, frame);
        taken[i] = outlet_write(outlet, frame, sizeof frame);
        n += taken[i];
    }
    assert_in_range(n, 4, FRAMES - 1);
    assert_int_equal(fcntl(line.writer, F_GETFL), flags);
    line_read_all(line.reader, &got);
    assert_frames(&got, taken, true);
    outlet_drain(outlet, 0);
    line_read_all(line.reader, &got);
    assert_frames(&got, taken, false);
    assert_true(outlet_write(outlet, "x", 1));
    outlet_close(outlet);
    close(line.writer);
    close(line.reader);
}

static void a_reader_who_sleeps_holds_up_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof line_makers / sizeof *line_makers; i++)
        nobody_reads(line_makers[i]);
}

/* As Ctrl-S does it. */
static void a_stopped_terminal_holds_up_nobody(void **state)
{
    struct line line = line_terminal();
    struct outlet *outlet = outlet_open(line.writer);

    (void)state;
    assert_int_equal(tcflow(line.writer, TCOOFF), 0);
    for (size_t i = 0; i < FRAMES; i++)
        assert_false(outlet_write(outlet, "frame\n", 6));
    assert_int_equal(tcflow(line.writer, TCOON), 0);
    assert_true(outlet_write(outlet, "frame\n", 6));
    outlet_close(outlet);
    close(line.writer);
    close(line.reader);
}

static void a_reader_who_is_gone_is_no_failure(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < 2; i++) {
        struct line line = line_makers[i]();
        struct outlet *outlet = outlet_open(line.writer);

        close(line.reader);
        assert_false(outlet_write(outlet, "frame\n", 6));
        assert_false(outlet_write(outlet, "frame\n", 6));
        outlet_drain(outlet, 1000);
        outlet_close(outlet);
        close(line.writer);
    }
}

/* The place in a file is shared with whoever wrote before, as in "(echo; lawcast run) > file". */
static void files_are_written_on(void **state)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;
    char path[] = "/tmp/test-outlet-XXXXXX";
    int fd = mkstemp(path);
    struct outlet *outlet;

    (void)state;
    assert_int_equal(write(fd, "one\n", 4), 4);
    outlet = outlet_open(fd);
    assert_true(outlet_write(outlet, "two\n", 4));
    outlet_close(outlet);
    assert_int_equal(write(fd, "three\n", 6), 6);
    close(fd);
    assert_int_equal(buffer_read_file(&got, path, 100), 0);
    unlink(path);
    assert_string_equal(buffer_text(&got), "one\ntwo\nthree\n");
}

static void what_cannot_be_written_is_dropped(void **state)
{
    struct outlet *closed = outlet_open(-1), *reading = outlet_open(open("/dev/null", O_RDONLY));
    struct line line = line_pipe();
    struct outlet *outlet = outlet_open(line.writer);
    char *large = calloc(1, OUTLET_FRAME_MAX + 1);

    (void)state;
    assert_false(outlet_write(closed, "x", 1));
    assert_false(outlet_write(reading, "x", 1));
    assert_false(outlet_write(outlet, large, OUTLET_FRAME_MAX + 1));
    outlet_drain(closed, 1000);
    outlet_close(closed);
    outlet_close(reading);
    outlet_close(outlet);
    close(line.reader);
    close(line.writer);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_who_sleeps_holds_up_nobody),
        cmocka_unit_test(a_stopped_terminal_holds_up_nobody),
        cmocka_unit_test(a_reader_who_is_gone_is_no_failure),
        cmocka_unit_test(files_are_written_on),
        cmocka_unit_test(what_cannot_be_written_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
