/* test_command: the command line as a user meets it: exit codes, help, suggestions, plan's files.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "tests/support/stage.h"

#define ARGUMENTS 8

static const char *const all_commands[] = {"check",  "plan",    "rehearse", "run",
                                           "status", "report",  "optout",   "erase",
                                           "backup", "restore", "upgrade",  "help"};

static int stage_setup(void **state)
{
    struct stage *stage = malloc(sizeof *stage);

    stage_open(stage);
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"test\"; };\nledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"/dev/null\"; per_hour = 200; } );\n",
                stage->books);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"day\"; title = \"日\";\n"
                "  windows = ( { from = \"2099-10-31 08:30\"; to = \"2099-10-31 11:00\"; } );\n"
                "  sms = { text = \"宪法日\"; };\n"
                "  orders = ( { unit = \"city\"; quota = 3; recipients = \"city.csv\"; } ); };\n");
    stage_write(stage, "city.csv",
                "手机号\n13800000001\n13800000002\n13800000002\n0564-3330000\n13800000003\n"
                "13800000004\n");
    *state = stage;
    return 0;
}

static int stage_teardown(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

/* Runs "lawcast WORDS"; the words are separated by spaces. */
static int lawcast(const struct stage *stage, const char *words, char **output)
{
    const char *args[ARGUMENTS + 1] = {NULL};
    char *copy = strdup(words), *rest = copy;
    size_t n = 0;
    int code;

    for (char *word; (word = strsep(&rest, " ")) && n < ARGUMENTS;)
        if (*word)
            args[n++] = word;
    code = stage_lawcast(stage, output, args);
    free(copy);
    return code;
}

static void exit_codes_and_words(void **state)
{
    static const struct {
        const char *words;
        int code;
        const char *expected;
    } cases[] = {
        {"", 2, "a command is missing"},
        {"--version", 0, "lawcast 0."},
        {"--help", 0, "Exit codes:"},
        {"help", 0, "rehearse"},
        {"help plan", 0, "Usage: lawcast plan "},
        {"help --help", 0, "Exit codes: 0 "},
        {"help conf", 0, "{text:json}"},
        {"help pla", 2, "Nearest: \"plan\""},
        {"help conf", 0, "timezone"},
        {"help campaign", 0, "quota"},
        {"help plan run", 2, "One topic"},
        {"chek", 2, "Did you mean \"check\"?"},
        {"elephant", 2, "no command \"elephant\". See"},
        {"plan", 2, "Name a campaign"},
        {"plan --jsno x", 2, "--jsno is not known"},
        {"plan -c", 2, "The option -c needs a value"},
        {"plan a --config", 2, "The option --config needs a value"},
        {"run -qc", 2, "The option -c needs a value"},
        {"run -xq foo", 2, "The option -x is not known"},
        {"run -qx foo", 2, "The option -x is not known"},
        {"run foo -q -x", 2, "The option -x is not known"},
        {"run --quiet -xq", 2, "The option -x is not known"},
        {"rehearse --out=x -aq", 2, "The option -a is not known"},
        {"run foo --quiet=3 -q", 2, "The option --quiet=3 takes no value"},
        {"plan --json=3 a", 2, "The option --json=3 takes no value"},
        {"run -é foo", 2, "The option -é is not known"},
        {"run --re", 2, "The option --re needs a value"},
        {"status day", 2, "is too much"},
        {"report", 2, "by its id"},
        {"check -c missing.cfg", 1, "missing.cfg"},
        {"check -c lawcast.cfg", 0, "No errors"},
        {"check -c lawcast.cfg campaign.cfg", 0, "campaigns: 1, messages: 3."},
        {"check -c lawcast.cfg campaign.cfg campaign.cfg", 1, "is also used by"},
        {"check -c lawcast.cfg missing.cfg", 1, "Errors: 1"},
        {"check -c campaign.cfg campaign.cfg", 1, "were not checked"},
        {"status -c lawcast.cfg", 1, "books.db"},
        {"backup -c lawcast.cfg copy.db", 1, "books.db"},
        {"backup -c lawcast.cfg", 2, "Name one file"},
        {"restore -c lawcast.cfg missing.db", 1, "no file missing.db"},
        {"restore -c lawcast.cfg", 2, "Name one backup"},
        {"upgrade -c lawcast.cfg", 1, "books.db"},
        {"upgrade more", 2, "is too much"},
        {"report -c lawcast.cfg day", 1, "books.db"},
        {"report --ledger city.csv day", 4, "lawcast: "},
        {"plan -c lawcast.cfg --out missing campaign.cfg", 4, "can't be written"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *output = NULL;
        int code = lawcast(*state, cases[i].words, &output);

        if (code != cases[i].code || !strstr(output, cases[i].expected))
            print_error("lawcast %s: %d\n%s", cases[i].words, code, output);
        assert_int_equal(code, cases[i].code);
        assert_non_null(strstr(output, cases[i].expected));
        free(output);
    }
}

static void every_command_explains_itself(void **state)
{
    for (size_t i = 0; i < sizeof all_commands / sizeof *all_commands; i++) {
        char words[64], *output = NULL;

        snprintf(words, sizeof words, "%s --help", all_commands[i]);
        assert_int_equal(lawcast(*state, words, &output), 0);
        assert_non_null(strstr(output, "Usage: lawcast "));
        assert_non_null(strstr(output, "Example"));
        assert_non_null(strstr(output, "Exit codes: 0 "));
        free(output);
        snprintf(words, sizeof words, "%s --nonsense", all_commands[i]);
        assert_int_equal(lawcast(*state, words, &output), 2);
        free(output);
    }
}

static void plan_writes_what_it_refused(void **state)
{
    const struct stage *stage = *state;
    struct buffer text = BUFFER_NULL;
    char path[256], *output = NULL;

    assert_int_equal(lawcast(stage, "plan -c lawcast.cfg campaign.cfg", &output), 0);
    assert_non_null(strstr(output, "2 rows were refused"));
    free(output);
    snprintf(path, sizeof path, "%s/day-refused.csv", stage->dir);
    assert_int_equal(buffer_read_file(&text, path, 65536), 0);
    assert_non_null(strstr(buffer_text(&text), ",4,138****0002,"));
    assert_non_null(strstr(buffer_text(&text), ",5,056****0000,"));
    buffer_free(&text);
}

static void plan_says_when_numbers_are_missing(void **state)
{
    char *output = NULL;

    stage_write(*state, "city.csv", "手机号\n13800000001\n13800000002\n");
    assert_int_equal(lawcast(*state, "plan -c lawcast.cfg campaign.cfg", &output), 3);
    assert_non_null(strstr(output, "市法宣办: 1 good numbers are missing"));
    free(output);
}

static void plan_speaks_json(void **state)
{
    char *output = NULL;
    struct jv *document;

    assert_int_equal(lawcast(*state, "plan -c lawcast.cfg --json campaign.cfg", &output), 0);
    document = jv_parse(output, strlen(output), NULL);
    assert_non_null(document);
    assert_int_equal(jv_number(jv_at(document, "/units/0/good"), 0), 3);
    assert_int_equal(jv_number(jv_at(document, "/units/0/reserve"), 0), 1);
    assert_int_equal(jv_number(jv_at(document, "/units/0/refused/duplicate"), 0), 1);
    assert_int_equal(jv_number(jv_at(document, "/refused_rows"), 0), 2);
    jv_free(document);
    free(output);
}

static void a_list_that_breaks_off_stops_the_plan(void **state)
{
    const struct stage *stage = *state;
    char path[256], *output = NULL;

    stage_write(stage, "city.csv", "手机号\n13800000001\n\"13800000002\n");
    assert_int_equal(lawcast(stage, "plan -c lawcast.cfg campaign.cfg", &output), 1);
    assert_non_null(strstr(output, "city.csv:3: error: "));
    free(output);
    snprintf(path, sizeof path, "%s/day-refused.csv", stage->dir);
    assert_int_equal(access(path, F_OK), -1);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(exit_codes_and_words),
        STAGED(every_command_explains_itself),
        STAGED(plan_writes_what_it_refused),
        STAGED(plan_says_when_numbers_are_missing),
        STAGED(plan_speaks_json),
        STAGED(a_list_that_breaks_off_stops_the_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
