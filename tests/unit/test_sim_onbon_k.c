/* test_sim_onbon_k: the simulated font card: frames, refusals, areas, clock, power.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "tests/sim/board.h"
#include "tests/sim/onbon_k.h"

static const int64_t morning = 1793406600000; /* Saturday 2026-10-31 08:30:00 in Shanghai */

#define HEADER "0100 0080 0000000000 00 FE 02"
#define AREA                                                                                       \
    "00 0080 0000 8080 2000 00 00 00 0A00 00 00 00 02 01 01 00 02 0A 08000000 BBB6D3ADB9E2C1D9"

struct strip_bench {
    struct board_spec spec;
    void *state;
    int64_t now;
    struct buffer told, answer; /* answer: data of the last one */
};

static void bench_view(void *ctx, const struct board_view *view)
{
    struct strip_bench *bench = ctx;

    buffer_printf(&bench->told, "%s%s=%s@%lld ", view->shown ? "+" : "-", view->name, view->text,
                  (long long)(view->t - morning) / 1000);
}

static int bench_setup(void **state)
{
    struct strip_bench *bench = mem_new(struct strip_bench);

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    bench->spec = (struct board_spec){.width = 192, .height = 32};
    bench->now = morning;
    bench->state = board_onbon_k.create(&bench->spec,
                                        &(struct board_screen){.view = bench_view, .ctx = bench});
    *state = bench;
    return 0;
}

static int bench_teardown(void **state)
{
    struct strip_bench *bench = *state;

    board_onbon_k.release(bench->state);
    buffer_free(&bench->told);
    buffer_free(&bench->answer);
    free(bench);
    return 0;
}

static void bench_hex(const char *hex, struct buffer *out)
{
    struct buffer digits BUFFER_FREE_LATER = BUFFER_NULL;

    for (; *hex; hex++)
        if (*hex != ' ')
            buffer_add_char(&digits, *hex);
    assert_int_equal(hex_decode(out, buffer_text(&digits), digits.length), 0);
}

/* A whole frame as it is; the length of what came back. */
static size_t bench_send(struct strip_bench *bench, const struct buffer *frame)
{
    struct board_request request = {
        .method = "", .path = "/", .body = buffer_text(frame), .length = frame->length};
    struct board_reply reply = {0};
    size_t length;

    board_onbon_k.advance(bench->state, bench->now);
    board_onbon_k.request(bench->state, &request, bench->now, &reply);
    length = reply.body.length;
    buffer_clear(&bench->answer);
    if (length) {
        struct buffer plain BUFFER_FREE_LATER = BUFFER_NULL;

        assert_int_equal(board_onbon_k.whole(reply.body.data, length), length);
        assert_int_equal(strip_unpack(reply.body.data, length, &plain), 0);
        buffer_add(&bench->answer, plain.data + STRIP_HEAD, plain.length - STRIP_HEAD - 2);
    }
    buffer_free(&reply.body);
    return length;
}

/* Sends data in a frame of this header (12 bytes); the error of the answer, 0 for none, -1: none
 * came. */
static int bench_ask(struct strip_bench *bench, const char *header, const char *hex)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL, plain BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL;

    bench_hex(hex, &data);
    bench_hex(header, &plain);
    strip_add_16(&plain, (unsigned)data.length);
    buffer_add(&plain, buffer_text(&data), data.length);
    strip_add_16(&plain, strip_checksum((const unsigned char *)plain.data, plain.length));
    buffer_add_char(&frame, '\xA5');
    for (size_t i = 0; i < plain.length; i++)
        switch ((unsigned char)plain.data[i]) {
        case 0xA5:
        case 0xA6:
        case 0x5A:
        case 0x5B:
            buffer_add_char(
                &frame, (char)(plain.data[i] == '\xA5' || plain.data[i] == '\xA6' ? 0xA6 : 0x5B));
            buffer_add_char(&frame, plain.data[i] == '\xA5' || plain.data[i] == '\x5A' ? 2 : 1);
            break;
        default:
            buffer_add_char(&frame, plain.data[i]);
        }
    buffer_add_char(&frame, '\x5A');
    return bench_send(bench, &frame) ? (unsigned char)bench->answer.data[2] : -1;
}

static void assert_told(struct strip_bench *bench, const char *told)
{
    assert_string_equal(buffer_text(&bench->told), told);
    buffer_clear(&bench->told);
}

/* The vendor's PING, and what a card may not answer. */
static void test_frames(void **state)
{
    static const struct {
        const char *frame;
        bool answered;
    } cases[] = {
        {"A5A5A5A5A5A5A5A5 01000080000000000000FE020500 A200010000 68F8 5A", true},
        {"A5 01000080000000000000FE020500 A200010000 68F8 5A", true},
        {"01000080000000000000FE020500 A200010000 68F8 5A", false},
        {"A5 01000080000000000000FE020600 A200010000 68F8 5A", false}, /* its length */
        {"A5 5A", false},
        {"A5 A6 5A", false},
    };
    struct strip_bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL;

        bench_hex(cases[i].frame, &frame);
        assert_int_equal(bench_send(bench, &frame) > 0, cases[i].answered);
    }
}

static void test_addresses(void **state)
{
    struct strip_bench *bench = *state;

    assert_int_equal(bench_ask(bench, HEADER, "A200010000"), 0);
    assert_int_equal(bench_ask(bench, "FEFF 0080 0000000000 00 FE 02", "A200010000"), 0);
    assert_int_equal(bench_ask(bench, "0080 0080 0000000000 00 FE 02", "A200010000"), 0);
    assert_int_equal(bench_ask(bench, "0200 0080 0000000000 00 FE 02", "A200010000"), -1);
    assert_int_equal(bench_ask(bench, "FFFF 0080 0000000000 00 FE 02", "A200010000"), -1);
    assert_int_equal(bench_ask(bench, HEADER, "A200020000"), -1); /* none is wanted */
}

static void test_refusals(void **state)
{
    static const struct {
        const char *data;
        int error;
    } cases[] = {
        {"B000010000", STRIP_GROUP},
        {"A2FF010000", STRIP_COMMAND},
        {"A2030100002620103108300006", STRIP_OK},
        {"A2030100002620133108300006", STRIP_TIME},
        {"A20301000026201031083000", STRIP_TIME},
        {"A300010000 03", STRIP_MEMORY},
        {"A306010000 00 01 2300" AREA, STRIP_OK},
        {"A306010000 00 01 2300" AREA "00", STRIP_MEMORY},
        {"A306010000 00 01 2400" AREA, STRIP_MEMORY},
        {"A306010000 00 02 2300" AREA, STRIP_MEMORY},
        {"A306010000 00", STRIP_MEMORY},
        {"A306010000 09 00 01", STRIP_MEMORY},
        {"A306010000 00 01 1B00 00 0080 0000 C180 2000 00 00 00 0A00 00 00 00 02 01 01 00 02 0A "
         "00000000",
         STRIP_MEMORY}, /* wider than the screen */
        {"A306010000 00 01 1B00 00 0080 0000 8080 2000 05 00 00 0A00 00 00 00 02 01 01 00 02 0A "
         "00000000",
         STRIP_MEMORY}, /* a 6k has areas 0 to 4 */
        {"A306010000 00 01 1B00 00 0080 0000 8080 2000 00 00 00 0A00 00 00 00 02 01 07 00 02 0A "
         "00000000",
         STRIP_MEMORY}, /* no such way of showing */
        {"A306010000 00 01 2100 00 0080 0000 8080 2000 00 00 00 0A00 00 00 00 02 01 01 00 02 0A "
         "06000000 5C464F303039",
         STRIP_FONT},
        {"A306010000 00 01 1D00 00 0080 0000 8080 2000 00 00 00 0A00 00 00 00 02 01 01 00 02 0A "
         "02000000 5C71",
         STRIP_MEMORY}, /* no such code */
        {"A306010000 00 01 1D00 00 0080 0000 8080 2000 00 00 00 0A00 00 00 00 02 01 01 00 02 0A "
         "02000000 FFFF",
         STRIP_FONT}, /* not GB2312 */
    };
    struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL;
    struct strip_bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(bench_ask(bench, HEADER, cases[i].data), cases[i].error);
    bench_hex("A5 01000080000000000000FE020500 A200010000 68F9 5A", &frame);
    assert_true(bench_send(bench, &frame) > 0);
    assert_memory_equal(bench->answer.data, "\xA0\x01\x05\0\0", 5);
}

/* The vendor's sample runs until it is replaced; run mode 2 ends by itself; power ends all. */
static void test_areas(void **state)
{
    struct strip_bench *bench = *state;
    struct jv *names = jv_array();

    board_onbon_k.own(bench->state, "price", "1.20", bench->now);
    assert_int_equal(bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA), 0);
    assert_int_equal(bench_ask(bench, HEADER,
                               "A306010000 00 01 2100 00 0080 0000 8080 2000 03 00 02 0A00 00 00 "
                               "00 02 01 01 00 02 0A 06000000 5C6E 5C4331 41"),
                     0);
    assert_told(bench, "+area-0=欢迎光临@0 +area-3=\nA@0 ");
    assert_int_equal(board_onbon_k.next_change(bench->state, bench->now), morning + 10000);
    bench->now += 60000;
    assert_int_equal(bench_ask(bench, HEADER, "A102010000"), 0);
    assert_told(bench, "-area-3=\nA@10 ");
    assert_int_equal(bench->answer.length, 5 + 15 + 2 + 1 + 1 + 28);
    assert_memory_equal(bench->answer.data + 7,
                        "\x26\x20\x10\x31\x06\x08\x31\x00\x01P000\0\0\x01\0", 17);
    assert_int_equal(bench_ask(bench, HEADER, "A306010000 01 00 00"), 0);
    assert_told(bench, "-area-0=欢迎光临@60 ");
    bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA);
    board_onbon_k.power_off(bench->state, bench->now);
    board_onbon_k.power_on(bench->state, bench->now);
    assert_told(bench, "+area-0=欢迎光临@60 -area-0=欢迎光临@60 ");
    board_onbon_k.list(bench->state, names);
    assert_int_equal(jv_size(names), 1); /* the program, in flash */
    jv_free(names);
}

/* A faulty second area leaves the first one as it was. */
static void test_all_or_nothing(void **state)
{
    struct strip_bench *bench = *state;

    bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA);
    buffer_clear(&bench->told);
    assert_int_equal(bench_ask(bench, HEADER, "A306010000 FF 01 0100 00"), STRIP_MEMORY);
    assert_told(bench, "");
    assert_int_equal(bench_ask(bench, HEADER, "A306010000 FF 00"), 0);
    assert_told(bench, "-area-0=欢迎光临@0 ");
}

static void test_sleep_and_clock(void **state)
{
    struct strip_bench *bench = *state;

    bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA);
    assert_int_equal(bench_ask(bench, HEADER, "A300010000 02"), 0);
    assert_told(bench, "+area-0=欢迎光临@0 -area-0=欢迎光临@0 ");
    board_onbon_k.skew(bench->state, 3600000, bench->now);
    bench_ask(bench, HEADER, "A102010000");
    assert_int_equal(bench->answer.data[5], 2);
    assert_memory_equal(bench->answer.data + 12, "\x09\x30\x00", 3);
    bench_ask(bench, HEADER, "A203010000 2620 10 31 08 30 00 06");
    bench_ask(bench, HEADER, "A102010000");
    assert_memory_equal(bench->answer.data + 12, "\x08\x30\x00", 3);
}

static void test_tricks(void **state)
{
    struct strip_bench *bench = *state;

    board_onbon_k.trick(bench->state, TRICK_LIE, true, bench->now);
    assert_int_equal(bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA), 0);
    bench_ask(bench, HEADER, "A102010000");
    assert_int_equal(bench->answer.data[5 + 17], 0);
    board_onbon_k.trick(bench->state, TRICK_LIE, false, bench->now);
    board_onbon_k.trick(bench->state, TRICK_PRETEND, true, bench->now);
    bench_ask(bench, HEADER, "A306010000 00 01 2300" AREA);
    bench_ask(bench, HEADER, "A102010000");
    assert_int_equal(bench->answer.data[5 + 17], 1);
    assert_told(bench, "");
}

#define AT_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_BENCH(test_frames), AT_BENCH(test_addresses),      AT_BENCH(test_refusals),
        AT_BENCH(test_areas),  AT_BENCH(test_all_or_nothing), AT_BENCH(test_sleep_and_clock),
        AT_BENCH(test_tricks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
