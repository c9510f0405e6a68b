/* test_attach_line: what a unit hands in passes through the words of the socket unharmed, and
 * nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/control/attach_line.h"
#include "gateway/control/control.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static int read_line(const char *text, struct attach_line *out)
{
    MEM_FREE_LATER char *line = mem_dup(text);
    char *words[CONTROL_WORDS_MAX];
    size_t n = control_split(line, words);

    return attach_line_read(n, words, out);
}

static void assert_text(const char *got, const char *put)
{
    assert_int_equal(got == NULL, put == NULL);
    if (put)
        assert_string_equal(got, put);
}

static void there_and_back(const struct ledger_op *op)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct attach_line got;

    assert_int_equal(attach_line_write(op, &line), 0);
    assert_in_range(line.length, 1, CONTROL_LINE_MAX);
    assert_int_equal(read_line(buffer_text(&line), &got), 0);
    assert_text(got.campaign, op->attach.campaign);
    assert_text(got.unit, op->attach.unit);
    assert_text(got.held, op->attach.held);
    assert_text(got.place, op->attach.place);
    assert_text(got.content, op->attach.content);
    assert_int_equal(got.participants, op->attach.participants);
    assert_int_equal(got.n, op->attach.n_photos);
    for (size_t i = 0; i < got.n; i++) {
        assert_string_equal(got.names[i], op->attach.photos[i].name);
        assert_string_equal(got.files[i], op->attach.photos[i].file);
    }
    attach_line_release(&got);
}

static void test_there_and_back(void **state)
{
    const struct ledger_photo photos[LEDGER_PHOTOS] = {
        {.name = "广场 1.jpg", .file = DIGITS ".jpg"},
        {.name = "a:b,c.png", .file = DIGITS ".png"},
        {.name = "-", .file = DIGITS ".jpg"}};
    struct ledger_op op = {.attach = {.campaign = "c1", .unit = "城", .participants = -1}};

    (void)state;
    op.attach.photos = photos;
    for (op.attach.n_photos = 0; op.attach.n_photos <= LEDGER_PHOTOS; op.attach.n_photos++)
        there_and_back(&op);
    op.attach.n_photos = 1;
    op.attach.held = "2026-10-31 08:30-11:00";
    op.attach.place = "";
    op.attach.content = "发放宪法读本\n= - \"\\";
    op.attach.participants = ATTACH_PEOPLE_MOST;
    there_and_back(&op);
}

/* The longest of everything fits into a line, and a byte more is refused. */
static void test_longest(void **state)
{
    char words[ATTACH_WORDS_MOST + 2] = "", content[ATTACH_CONTENT_MOST + 2] = "";
    struct ledger_photo photos[LEDGER_PHOTOS];
    struct ledger_op op = {.attach = {.campaign = words,
                                      .unit = words,
                                      .held = words,
                                      .place = words,
                                      .content = content,
                                      .participants = ATTACH_PEOPLE_MOST,
                                      .photos = photos,
                                      .n_photos = LEDGER_PHOTOS}};
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    (void)state;
    memset(words, 'w', ATTACH_WORDS_MOST);
    memset(content, 'c', ATTACH_CONTENT_MOST);
    for (size_t i = 0; i < LEDGER_PHOTOS; i++)
        photos[i] = (struct ledger_photo){.name = words, .file = DIGITS ".png"};
    there_and_back(&op);
    content[ATTACH_CONTENT_MOST] = 'c';
    assert_int_equal(attach_line_write(&op, &line), 1);
    content[ATTACH_CONTENT_MOST] = '\0';
    words[ATTACH_WORDS_MOST] = 'w';
    assert_int_equal(attach_line_write(&op, &line), 1);
}

static void test_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "attach",
        "optout =63 =63 - - - - -",
        "attach =63 =63 - - - -",
        "attach =63 =63 - - - - - -",
        "attach - =63 - - - - -",  /* no campaign */
        "attach =63 - - - - - -",  /* no unit */
        "attach 63 =63 - - - - -", /* neither - nor = */
        "attach =6 =63 - - - - -", /* half a byte */
        "attach =63 =63 =00 - - - -",
        "attach =63 =63 =0A - - - -", /* a line break where none is welcome */
        "attach =63 =63 =FF - - - -", /* no UTF-8 */
        "attach =63 =63 - - =1B - -",
        "attach =63 =63 - - - -1 -",
        "attach =63 =63 - - - 1e3 -",
        "attach =63 =63 - - - 10000001 -",
        "attach =63 =63 - - - 99999999999999999999 -",
        "attach =63 =63 - - - - 61",
        "attach =63 =63 - - - - ,",
        "attach =63 =63 - - - - :" DIGITS ".jpg",
        "attach =63 =63 - - - - 61:" DIGITS,
        "attach =63 =63 - - - - 61:" DIGITS ".gif",
        "attach =63 =63 - - - - 61:" DIGITS "0.jpg",
        "attach =63 =63 - - - - 61:../" DIGITS ".jpg",
        "attach =63 =63 - - - - 61:" DIGITS ".jpg/x",
        "attach =63 =63 - - - - 61:" DIGITS ".jpg,61:" DIGITS ".jpg,61:" DIGITS ".jpg,61:" DIGITS
        ".jpg",
    };
    struct attach_line got;

    (void)state;
    assert_int_equal(read_line("attach =63 =63 - - - - -", &got), 0);
    attach_line_release(&got);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (read_line(lines[i], &got) == 0)
            fail_msg("taken: %s", lines[i]);
        attach_line_release(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
