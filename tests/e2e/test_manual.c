/* test_manual: the manual pages, made by the program of their sources: nothing that it knows is
 * missing, in either language, groff has nothing to complain of, and the examples are good ones.
 * Runs: any. From the root of the project; needs the package groff-base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"

#define EXAMPLE ".Bd -literal -offset indent\n{ id ="

static const struct {
    const char *locale, *folder;
} languages[] = {{"en", "gateway/man"}, {"zh_CN", "gateway/man/zh_CN"}};

#define LANGUAGES (sizeof languages / sizeof *languages)

static const char *const pages[] = {"lawcast.1", "lawcast.cfg.5", "lawcast-campaign.5"};

#define PAGES (sizeof pages / sizeof *pages)

/* What a command of the shell printed, to be freed. */
static char *shell(int code, const char *command)
{
    BUFFER_FREE_LATER struct buffer said = BUFFER_NULL;
    FILE *out = popen(command, "r");
    char bytes[4096];
    size_t n;
    int status;

    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof bytes, out)) > 0)
        buffer_add(&said, bytes, n);
    status = pclose(out);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("%s: %d instead of %d\n%s", command, WEXITSTATUS(status), code,
                 buffer_text(&said));
    return buffer_take(&said);
}

static char *lawcast(size_t language, int code, const char *arguments)
{
    char program[512];
    MEM_FREE_LATER char *command =
        mem_printf("env -i LC_ALL=%s %s %s 2>&1", languages[language].locale,
                   stage_program("lawcast", program, sizeof program), arguments);

    return shell(code, command);
}

static char *make_page(size_t language, const char *name)
{
    MEM_FREE_LATER char *arguments =
        mem_printf("help --man %s/%s.in", languages[language].folder, name);

    return lawcast(language, 0, arguments);
}

/* A copy of what stands between this heading and the next one; to be freed. */
static char *take_section(const char *page, const char *heading)
{
    MEM_FREE_LATER char *line = mem_printf("\n%s\n", heading);
    const char *section = strstr(page, line), *end;

    if (!section)
        fail_msg("no section %s", heading);
    for (end = section + 1; *end && strncmp(end, "\n.Ss ", 5) != 0 && strncmp(end, "\n.Sh ", 5);)
        end++;
    return mem_dup_n(section, (size_t)(end - section));
}

static void expect_options(const char *page, const char *heading, const struct option_def *options)
{
    MEM_FREE_LATER char *section = take_section(page, heading);

    for (; options->name; options++) {
        MEM_FREE_LATER char *item = mem_printf("\n.It Ic %s\n", options->name);

        if (!strstr(section, item))
            fail_msg("%s of \"%s\" is not on its page", options->name, heading);
    }
}

static void expect_groups(const char *page, const char *title, const struct option_group *groups)
{
    for (; groups->options; groups++) {
        MEM_FREE_LATER char *heading =
            groups->heading
                ? mem_printf(".Ss %.*s", (int)strcspn(groups->heading, " "), groups->heading)
                : mem_printf(".Sh %s", title);

        expect_options(page, heading, groups->options);
    }
}

static void every_option_is_told(void **state)
{
    static const char *const titles[LANGUAGES] = {"OPTIONS", "选项"};
    const struct option_kind *kind;

    (void)state;
    for (size_t language = 0; language < LANGUAGES; language++) {
        MEM_FREE_LATER char *conf = make_page(language, "lawcast.cfg.5");
        MEM_FREE_LATER char *campaign = make_page(language, "lawcast-campaign.5");

        expect_groups(conf, titles[language], config_office_groups);
        expect_groups(campaign, titles[language], config_campaign_groups);
        for (size_t i = 0; (kind = adapter_board_kind(i)); i++) {
            MEM_FREE_LATER char *heading = mem_printf(".Ss %s", kind->name);

            expect_options(conf, heading, kind->options);
        }
    }
}

/* How a page has a word that is to be typed. */
static char *typed(const char *before, const char *word)
{
    struct buffer text = BUFFER_NULL;

    buffer_add_text(&text, before);
    for (; *word; word++)
        buffer_add_text(&text, *word == '-' ? "\\-" : (char[]){*word, '\0'});
    return buffer_take(&text);
}

/* As help lists them: the names in front of the lines that are indented by two. */
static size_t expect_commands(const char *page, const char *list, const char *group)
{
    MEM_FREE_LATER char *copy = mem_dup(list);
    char *rest = copy, *line, name[32];
    size_t n = 0;

    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "  ", 2) != 0 || sscanf(line + 2, "%31[a-z-]", name) != 1)
            continue;
        MEM_FREE_LATER char *heading = mem_printf(".Ss %s%s", group, name);
        MEM_FREE_LATER char *section = take_section(page, heading);
        MEM_FREE_LATER char *lead = mem_printf("\nlawcast %s", group);
        MEM_FREE_LATER char *usage = typed(lead, name);
        MEM_FREE_LATER char *synopsis = mem_printf("\n.Nm\n.Cm %s%s\n", group, name);

        if (!strstr(section, usage) || !strstr(page, synopsis) || strlen(section) < 200)
            fail_msg("%s%s is not told whole:\n%s", group, name, section);
        n++;
    }
    return n;
}

static void every_command_is_told(void **state)
{
    (void)state;
    for (size_t language = 0; language < LANGUAGES; language++) {
        MEM_FREE_LATER char *page = make_page(language, "lawcast.1");
        MEM_FREE_LATER char *list = lawcast(language, 0, "help");
        MEM_FREE_LATER char *audit = lawcast(language, 0, "audit");

        assert_true(expect_commands(page, audit, "audit ") >= 8);
        assert_true(expect_commands(page, list, "") >= 17);
    }
}

static void pages_are_read_without_complaint(void **state)
{
    (void)state;
    for (size_t i = 0; i < LANGUAGES * PAGES; i++) {
        MEM_FREE_LATER char *page = make_page(i / PAGES, pages[i % PAGES]);
        struct stage stage;

        stage_open(&stage);
        stage_write(&stage, "page", "%s", page);
        MEM_FREE_LATER char *text =
            mem_printf("groff -K utf8 -ww -mdoc -Tutf8 %s/page 2>%s/said | wc -l && cat %s/said",
                       stage.dir, stage.dir, stage.dir);
        MEM_FREE_LATER char *said = shell(0, text);

        if (atoi(said) < 80 || strchr(said, '\n')[1])
            fail_msg("%s: %s", pages[i % PAGES], said);
        stage_close(&stage);
    }
}

static const struct {
    const char *source;
    const char *says;
} mistakes[] = {
    {"text\n@OPTION conf\n", "page:2: error: \"@OPTION conf\""},
    {"@OPTIONS conf\ntext\n@END\n", "page:2: error: \"text\""},
    {"@OPTIONS conf\n", "page:1: error: \"@OPTIONS conf\""},
    {"@OPTIONS conf\n@modems.nothing\nremark\n@END\n", "page:2: error: \"modems.nothing\""},
    {"@OPTIONS kinds\n@modems\n@END\n", "page:2: error: \"modems\""},
    {"@END\n", "page:1: error: \"@END\""},
};

static void wrong_sources_are_refused(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        MEM_FREE_LATER char *arguments = mem_printf("help --man %s/page", stage.dir);

        stage_write(&stage, "page", "%s", mistakes[i].source);
        MEM_FREE_LATER char *said = lawcast(0, 1, arguments);

        if (!strstr(said, mistakes[i].says))
            fail_msg("no \"%s\" in\n%s", mistakes[i].says, said);
    }
    stage_close(&stage);
    free(lawcast(0, 1, "help --man /nonexistent"));
    free(lawcast(0, 2, "help --man /nonexistent check"));
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

static void add_examples(struct buffer *out, const char *page)
{
    for (const char *at = page; (at = strstr(at, EXAMPLE));) {
        const char *from = at + strlen(EXAMPLE) - strlen("{ id =");

        at = strstr(from, "\n.Ed");
        buffer_add_text(out, out->length ? "," : "");
        add_example(out, from, at);
    }
}

static void examples_are_good(void **state)
{
    size_t kinds = 0;

    (void)state;
    while (adapter_board_kind(kinds))
        kinds++;
    for (size_t language = 0; language < LANGUAGES; language++) {
        MEM_FREE_LATER char *page = make_page(language, "lawcast.cfg.5");
        BUFFER_FREE_LATER struct buffer boards = BUFFER_NULL;
        struct diag diag = DIAG_NULL;
        struct office *office = NULL;
        struct stage stage;

        add_examples(&boards, page);
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_told),
        cmocka_unit_test(every_command_is_told),
        cmocka_unit_test(pages_are_read_without_complaint),
        cmocka_unit_test(wrong_sources_are_refused),
        cmocka_unit_test(examples_are_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
