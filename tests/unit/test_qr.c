/* test_qr: the parts of a QR code that ISO/IEC 18004 fixes, and what becomes of them on a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/report/qr.h"

/* The three corners: rings of dark, light and dark modules. */
static void assert_finder(const struct qr *qr, int left, int top)
{
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            int ring = x < y ? x : y, far = 6 - (x > y ? x : y);

            if (far < ring)
                ring = far;
            assert_int_equal(qr->modules[(top + y) * qr->width + left + x], ring != 1);
        }
    }
}

static void test_fixed_parts(void **state)
{
    static const size_t lengths[] = {1, 100, 280, QR_MOST};
    char data[QR_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct qr qr;

        assert_int_equal(qr_make(data, lengths[i], &qr), 0);
        assert_int_equal(qr.width % 4, 1); /* 17 + 4 * version */
        assert_true(qr.width >= 21);
        assert_finder(&qr, 0, 0);
        assert_finder(&qr, qr.width - 7, 0);
        assert_finder(&qr, 0, qr.width - 7);
        for (int x = 8; x < qr.width - 8; x++) /* the timing pattern */
            assert_int_equal(qr.modules[6 * qr.width + x], x % 2 == 0);
        qr_free(&qr);
        assert_null(qr.modules);
    }
}

static void test_bounds(void **state)
{
    static const char data[QR_MOST + 1];
    struct qr qr;

    (void)state;
    assert_int_equal(qr_make(data, 0, &qr), 1);
    assert_int_equal(qr_make(data, QR_MOST + 1, &qr), 1);
    qr_free(&qr);
}

/* As many lines as fit, and no half one. */
static void test_lines(void **state)
{
    static const struct {
        size_t first, second, fit; /* lengths of two lines, and of what is in the code */
    } cases[] = {{200, 300, 500}, {200, 1000, 1200}, {200, 1001, 200}, {1200, 1, 1200}};
    char text[2 * QR_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qr cut, whole;

        memset(text, 'x', sizeof text);
        text[cases[i].first - 1] = text[cases[i].first + cases[i].second - 1] = '\n';
        assert_int_equal(qr_make_lines(text, cases[i].first + cases[i].second, &cut), 0);
        assert_int_equal(qr_make(text, cases[i].fit, &whole), 0);
        assert_int_equal(cut.width, whole.width);
        assert_memory_equal(cut.modules, whole.modules, (size_t)cut.width * (size_t)cut.width);
        qr_free(&cut);
        qr_free(&whole);
    }
    memset(text, 'x', sizeof text);
    assert_int_equal(qr_make_lines(text, QR_MOST + 1, &(struct qr){0}), 1);
}

static void test_drawing(void **state)
{
    static unsigned char modules[] = {1, 0, 1, 1};
    const struct qr qr = {.width = 2, .modules = modules};
    BUFFER_FREE_LATER struct buffer paper = BUFFER_NULL, terminal = BUFFER_NULL;

    (void)state;
    qr_draw(&qr, false, &paper);
    assert_string_equal(buffer_text(&paper), "          \n          \n    "
                                             "\xE2\x96\x88\xE2\x96\x84    \n          \n"
                                             "          \n");
    qr_draw(&qr, true, &terminal);
    assert_memory_equal(terminal.data, "\033[30;107m          \033[0m\n", 23);
    assert_non_null(strstr(terminal.data, "    \xE2\x96\x88\xE2\x96\x84    \033[0m\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_parts),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_drawing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
