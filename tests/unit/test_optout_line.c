/* test_optout_line: refusals in the words of the control socket: there and back, and nonsense.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/control/optout_line.h"

#define FIRST INT64_C(8613800000000)
#define MANY  200

static int read_line(const char *text, struct optout_line *out)
{
    MEM_FREE_LATER char *line = mem_dup(text);
    char *words[CONTROL_WORDS_MAX];
    size_t n = control_split(line, words);

    return optout_line_read(n, words, out);
}

static void there_and_back(const char *note, bool lift, enum refusal_source source)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    MEM_FREE_LATER char *copy = mem_dup(note);
    int64_t numbers[MANY];
    size_t sent = 0;

    for (size_t i = 0; i < MANY; i++)
        numbers[i] = FIRST + (int64_t)i;
    while (sent < MANY) {
        const struct optout_line what = {.lift = lift,
                                         .source = source,
                                         .note = copy,
                                         .numbers = &numbers[sent],
                                         .n = MANY - sent};
        struct optout_line got;
        size_t n = optout_line_write(&what, &line);

        assert_in_range(n, 1, MANY - sent);
        assert_in_range(line.length, 1, CONTROL_LINE_MAX);
        assert_int_equal(read_line(buffer_text(&line), &got), 0);
        assert_int_equal(got.lift, lift);
        assert_int_equal(got.source, source);
        assert_string_equal(got.note, note);
        assert_int_equal(got.n, n);
        assert_memory_equal(got.numbers, &numbers[sent], n * sizeof *numbers);
        optout_line_release(&got);
        sent += n;
    }
}

static void test_there_and_back(void **state)
{
    char longest[OPTOUT_NOTE_MAX + 1];

    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    there_and_back("", false, REFUSAL_COMMAND);
    there_and_back("来电，工单 17", true, REFUSAL_COMMAND);
    there_and_back("-", false, REFUSAL_IMPORT);
    there_and_back(longest, false, REFUSAL_IMPORT);
}

static void test_nonsense(void **state)
{
    static const char *const lines[] = {
        "optout",
        "optout add -",
        "optout add - ,",
        "optout add - 8613800000000 x",
        "optout drop - 8613800000000",
        "optin add - 8613800000000",
        "optout add - 12348",
        "optout add - 8613800000000,1",
        "optout add 0 8613800000000",
        "optout add zz 8613800000000",
        "optout add 00 8613800000000",
        "optout add 410A 8613800000000",
        "optout add FF 8613800000000",
        "optout add 7F 8613800000000",
    };
    struct optout_line got;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (read_line(lines[i], &got) != 1)
            fail_msg("taken: %s", lines[i]);
        optout_line_release(&got);
    }
}

static void test_notes(void **state)
{
    char too_long[OPTOUT_NOTE_MAX + 2];

    (void)state;
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    assert_true(optout_note_is_fine(""));
    assert_true(optout_note_is_fine("12345 热线"));
    assert_false(optout_note_is_fine("a\nb"));
    assert_false(optout_note_is_fine("\xC2\x85")); /* a control character, too */
    assert_false(optout_note_is_fine("\xFF"));
    assert_false(optout_note_is_fine(too_long));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_nonsense),
        cmocka_unit_test(test_notes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
