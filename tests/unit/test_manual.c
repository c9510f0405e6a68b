/* test_manual: the manual page of the configuration has every option of boards, and its examples
 * are good ones. Runs: any. From the root of the project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "gateway/config/office_options.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"

#define EXAMPLE ".Bd -literal -offset indent\n{ id ="

static char *read_page(void)
{
    struct buffer page = BUFFER_NULL;

    assert_int_equal(buffer_read_file(&page, "gateway/man/lawcast.cfg.5", 1 << 20), 0);
    return buffer_take(&page);
}

/* ".It Ic a , b No (..." tells of both. */
static bool is_told(const char *section, const char *end, const char *name)
{
    for (const char *at = section; (at = strstr(at, "\n.It Ic ")) && at < end;) {
        const char *stop = strstr(at += 8, " No (");

        while (stop && at < stop) {
            size_t length = strcspn(at, " ,\n");

            if (length == strlen(name) && strncmp(at, name, length) == 0)
                return true;
            at += length + 1;
        }
    }
    return false;
}

/* What stands between the section's heading and the next one. */
static const char *find_section(const char *page, const char *title, const char **end)
{
    MEM_FREE_LATER char *heading = mem_printf("\n.Ss %s\n", title);
    const char *section = strstr(page, heading);

    if (!section)
        fail_msg("no section %s", title);
    *end = strstr(section + 1, "\n.Ss ");
    return section;
}

/* A webhook's four requests share what is said of publish_. */
static bool is_repeated(const char *name)
{
    return strncmp(name, "withdraw_", 9) == 0 || strncmp(name, "probe_", 6) == 0 ||
           (strncmp(name, "verify_", 7) == 0 && !strstr(name, "_level") && !strstr(name, "_by") &&
            !strstr(name, "_wait") && !strstr(name, "_picture"));
}

static void every_option_is_told(void **state)
{
    MEM_FREE_LATER char *page = read_page();
    const struct option_kind *kind;
    const char *section, *end;

    (void)state;
    for (size_t i = 0; (kind = adapter_board_kind(i)); i++) {
        section = find_section(page, kind->name, &end);
        for (const struct option_def *option = kind->options; option->name; option++)
            if (!is_repeated(option->name) && !is_told(section, end, option->name))
                fail_msg("%s of %s is not in the manual page", option->name, kind->name);
    }
    section = find_section(page, "boards", &end);
    for (const struct option_def *option = office_options_board; option->name; option++)
        if (!is_told(section, end, option->name))
            fail_msg("%s of boards is not in the manual page", option->name);
}

/* As it is read on paper. */
static void add_example(struct buffer *out, const char *from, const char *until)
{
    for (; from < until; from++)
        if (strncmp(from, "\\e", 2) == 0) {
            buffer_add_char(out, '\\');
            from++;
        } else if (strncmp(from, "\"...\"", 5) == 0) {
            buffer_add_text(out, "\"0123456789abcdef\"");
            from += 4;
        } else {
            buffer_add_char(out, *from);
        }
}

static void examples_are_good(void **state)
{
    MEM_FREE_LATER char *page = read_page();
    BUFFER_FREE_LATER struct buffer boards = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    struct stage stage;
    size_t kinds = 0;

    (void)state;
    for (const char *at = page; (at = strstr(at, EXAMPLE));) {
        const char *from = at + strlen(EXAMPLE) - strlen("{ id =");

        at = strstr(from, "\n.Ed");
        buffer_add_text(&boards, boards.length ? "," : "");
        add_example(&boards, from, at);
    }
    while (adapter_board_kind(kinds))
        kinds++;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                "office = { name = \"x\"; };\nledger = { path = \"b\"; };\n"
                "units = ( { id = \"city\"; name = \"x\"; } );\nboards = (%s);\n",
                buffer_text(&boards));
    assert_int_equal(chmod(stage.conf, 0640), 0);
    if (config_read_office(stage.conf, adapter_board_kind, &diag, &office) || diag.n) {
        diag_print(&diag, stderr);
        fail();
    }
    assert_int_equal(office->n_boards, kinds);
    office_free(office);
    free(office);
    diag_free(&diag);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_told),
        cmocka_unit_test(examples_are_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
