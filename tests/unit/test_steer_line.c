/* test_steer_line: people's words on the control socket: read, refused, written back; and the table
 * of verbs with its manual pages. From the root of the project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/control/steer_line.h"
#include "gateway/control/verbs.h"
#include "gateway/model/window.h"

static enum steer_line_fault read_line(const char *line, struct steer *steer)
{
    MEM_FREE_LATER char *text = mem_dup(line);
    char *words[CONTROL_WORDS_MAX];
    size_t n = control_split(text, words);

    assert_true(n > 0);
    return steer_line_read(n, words, steer);
}

static void good_lines_come_back(void **state)
{
    static const struct {
        const char *line;
        struct steer steer;
    } lines[] = {
        {"pause campaign 2026-c_1", {STEER_CAMPAIGN, STEER_PAUSE, "2026-c_1", "", 0, 0}},
        {"resume unit jinan", {STEER_UNIT, STEER_RESUME, "", "jinan", 0, 0}},
        {"cancel unit jinan c1", {STEER_UNIT, STEER_CANCEL, "c1", "jinan", 0, 0}},
        {"pause modem bank-a/17", {STEER_MODEM, STEER_PAUSE, "", "bank-a/17", 0, 0}},
        {"cancel board plaza", {STEER_BOARD, STEER_CANCEL, "", "plaza", 0, 0}},
        {"cancel board plaza c1", {STEER_BOARD, STEER_CANCEL, "c1", "plaza", 0, 0}},
        {"set-rate campaign c1 0", {STEER_CAMPAIGN, STEER_RATE, "c1", "", 0, 0}},
        {"set-rate unit jinan c1 4000", {STEER_UNIT, STEER_RATE, "c1", "jinan", 4000, 0}},
        {"set-rate modem m 10000000", {STEER_MODEM, STEER_RATE, "", "m", 10000000, 0}},
        {"extend campaign c1 2026-10-31T11:40:00", {STEER_CAMPAIGN, STEER_EXTEND, "c1", "", 1, 0}},
        {"extend unit jinan c1 2026-10-31T11:40:15",
         {STEER_UNIT, STEER_EXTEND, "c1", "jinan", 1, 0}},
    };
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct steer steer;

        assert_int_equal(read_line(lines[i].line, &steer), STEER_LINE_FINE);
        assert_int_equal(steer.scope, lines[i].steer.scope);
        assert_int_equal(steer.verb, lines[i].steer.verb);
        assert_string_equal(steer.campaign, lines[i].steer.campaign);
        assert_string_equal(steer.name, lines[i].steer.name);
        if (steer.verb == STEER_EXTEND)
            assert_int_equal(steer.value / 60000, INT64_C(1793418000000) / 60000);
        else
            assert_int_equal(steer.value, lines[i].steer.value);
        steer_line_write(&steer, &line);
        assert_string_equal(buffer_text(&line), lines[i].line);
    }
}

static void bad_lines_are_refused(void **state)
{
    static const struct {
        enum steer_line_fault fault;
        const char *line;
    } lines[] = {
        {STEER_LINE_VERB, "stop campaign c1"},
        {STEER_LINE_VERB, "hello"},
        {STEER_LINE_SCOPE, "pause"},
        {STEER_LINE_SCOPE, "pause bank m"},
        {STEER_LINE_SCOPE, "cancel modem m/0"},
        {STEER_LINE_SCOPE, "extend board plaza 2026-10-31T11:40"},
        {STEER_LINE_SCOPE, "set-rate board plaza 5"},
        {STEER_LINE_WORDS, "pause campaign"},
        {STEER_LINE_WORDS, "pause campaign c1 c2"},
        {STEER_LINE_WORDS, "pause modem m/0 c1"},
        {STEER_LINE_WORDS, "pause board plaza c1"},
        {STEER_LINE_WORDS, "extend campaign c1"},
        {STEER_LINE_WORDS, "set-rate unit 4000"},
        {STEER_LINE_WORDS, "set-rate unit jinan c1 c2 4000"},
        {STEER_LINE_NAME, "pause campaign c/1"},
        {STEER_LINE_NAME, "pause unit jin*an"},
        {STEER_LINE_NAME, "pause unit jinan c.1"},
        {STEER_LINE_TIME, "extend campaign c1 2026-02-31T11:40"},
        {STEER_LINE_TIME, "extend campaign c1 11:40"},
        {STEER_LINE_TIME, "extend campaign c1 0226-10-31T11:40"},
        {STEER_LINE_TIME, "extend campaign c1 2026-10-31T11:40:15:99"},
        {STEER_LINE_TIME, "extend campaign c1 T"},
        {STEER_LINE_RATE, "set-rate modem m -1"},
        {STEER_LINE_RATE, "set-rate modem m 10000001"},
        {STEER_LINE_RATE, "set-rate modem m 99999999999999999999"},
        {STEER_LINE_RATE, "set-rate modem m 4k"},
    };
    char longest[STEER_NAME_MOST + 16] = "pause unit ";

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct steer steer;

        assert_int_equal(read_line(lines[i].line, &steer), lines[i].fault);
        assert_true(*steer_line_label(lines[i].fault));
    }
    memset(longest + strlen(longest), 'a', STEER_NAME_MOST);
    assert_int_equal(read_line(longest, &(struct steer){0}), STEER_LINE_NAME);
}

static void verbs_are_found(void **state)
{
    (void)state;
    for (int i = 0; i < CONTROL_VERBS; i++) {
        const struct control_form *form = &control_forms[i];

        assert_int_equal(control_verb_find(form->verb), i);
        assert_memory_equal(form->form, form->verb, strlen(form->verb));
        assert_true(form->least >= 1 && form->least <= form->most);
        assert_true(form->most <= CONTROL_WORDS_MAX);
        assert_true(*form->help_en && *form->help_zh);
    }
    assert_int_equal(control_verb_find("stop"), CONTROL_VERBS);
    assert_int_equal(control_verb_find(""), CONTROL_VERBS);
}

/* Every verb with its form, in the table's order, and no other. */
static void manual_pages_tell_all_verbs(void **state)
{
    static const char *const pages[][2] = {
        {"gateway/man/lawcast-control.7", "\n.Sh VERBS\n"},
        {"gateway/man/zh_CN/lawcast-control.7", "\n.Sh 命令\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        BUFFER_FREE_LATER struct buffer page = BUFFER_NULL;
        const char *at;
        int n = 0;

        assert_int_equal(buffer_read_file(&page, pages[i][0], 1 << 20), 0);
        at = strstr(buffer_text(&page), pages[i][1]);
        assert_non_null(at);
        for (; (at = strstr(at, "\n.It Ic ")); n++) {
            MEM_FREE_LATER char *item = NULL;

            assert_true(n < CONTROL_VERBS);
            item =
                mem_printf("\n.It Ic %s\n.Dl %s\n", control_forms[n].verb, control_forms[n].form);
            if (strncmp(at, item, strlen(item)) != 0)
                fail_msg("%s: not%s", pages[i][0], item);
            at++;
        }
        assert_int_equal(n, CONTROL_VERBS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_come_back),
        cmocka_unit_test(bad_lines_are_refused),
        cmocka_unit_test(verbs_are_found),
        cmocka_unit_test(manual_pages_tell_all_verbs),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
