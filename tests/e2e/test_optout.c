/* test_optout: lawcast optout beside a running gateway and without one: what it says, what it
 * stops, and that a list may come twice. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES 60
#define REFUSE   30 /* the last ones */

static int open_stage(void **state)
{
    struct stage *stage = mem_new(struct stage);

    stage_open(stage);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

/* "lawcast optout --ledger BOOKS" and these words, up to a NULL; what it says is to be freed. */
static char *optout(const struct stage *stage, int code, const char *const *words)
{
    const char *args[12] = {"optout", "--ledger", stage->books};
    char *output;
    int got;

    for (size_t n = 3; *words && n < 11;)
        args[n++] = *words++;
    got = stage_lawcast(stage, &output, args);
    if (got != code)
        fail_msg("exit %d instead of %d:\n%s", got, code, output);
    if (strstr(output, "1380000") && !strstr(output, "--numbers"))
        fail_msg("a whole number:\n%s", output);
    return output;
}

static void expect(const struct stage *stage, int code, const char *says, const char *const *words)
{
    MEM_FREE_LATER char *output = optout(stage, code, words);

    if (!strstr(output, says))
        fail_msg("without \"%s\":\n%s", says, output);
}

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

/* The books and their key come into being before anything else is done with them. */
static void begin_books(const struct stage *stage)
{
    const char *const args[] = {"audit", "key", "--begin", "--ledger", stage->books, NULL};

    for (int i = 0; i < 2; i++) {
        MEM_FREE_LATER char *output = NULL;

        assert_int_equal(stage_lawcast(stage, &output, args), 0);
        if (!strstr(output, "lawcast-") || !strstr(output, "keep a copy") ||
            !strstr(output, "already") != (i == 0))
            fail_msg("round %d: %s", i, output);
    }
}

static void test_books_of_the_configuration_are_made(void **state)
{
    const struct stage *stage = *state;
    MEM_FREE_LATER char *output = NULL, *again = NULL;

    stage_write(stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"u\"; signature = \"u\"; } );\n",
                stage->books);
    assert_int_equal(
        stage_lawcast(stage, &output, WORDS("optout", "-c", stage->conf, "add", "13800000001")), 0);
    assert_non_null(strstr(output, "gets no messages"));
    assert_non_null(strstr(output, "New books were made"));
    assert_int_equal(
        stage_lawcast(stage, &again, WORDS("optout", "-c", stage->conf, "add", "13800000002")), 0);
    assert_null(strstr(again, "New books"));
}

static void test_without_a_gateway(void **state)
{
    const struct stage *stage = *state;

    expect(stage, 1, "no books", WORDS("list"));
    expect(stage, 1, "no books", WORDS("add", "13800000001")); /* a path may be mistyped */
    assert_int_equal(access(stage->books, F_OK), -1);
    begin_books(stage);
    expect(stage, 0, "138****0001 gets no messages", WORDS("add", "13800000001", "--note", "热线"));
    expect(stage, 0, "refused already", WORDS("add", "+86 138 0000 0001"));
    expect(stage, 0, "reply", WORDS("--help"));
    expect(stage, 1, "mobile number", WORDS("add", "12348"));
    expect(stage, 2, "--note", WORDS("remove", "13800000001"));
    expect(stage, 0, "gets messages again", WORDS("remove", "13800000001", "--note", "来电"));
    expect(stage, 0, "doesn't refuse", WORDS("remove", "13800000001", "--note", "来电"));
    expect(stage, 0, "refuse: 0", WORDS("list"));
    expect(stage, 0, "gets no messages", WORDS("add", "13800000001"));
    expect(stage, 0, "Since its refusal nothing was sent", WORDS("prove", "13800000001"));
    expect(stage, 0, "来电", WORDS("prove", "13800000001"));
    expect(stage, 0, "has never refused", WORDS("prove", "13800000002"));
}

/* ---- receipts ---- */

/* lawcast WORDS, or any program: its end and what it must say. */
static void expect_audit(const struct stage *stage, int code, const char *says,
                         const char *const *words)
{
    MEM_FREE_LATER char *output = NULL;
    int got = stage_lawcast(stage, &output, words);

    if (got != code || !strstr(output, says))
        fail_msg("exit %d instead of %d, or without \"%s\":\n%s", got, code, says, output);
}

static void expect_python(const char *receipt, bool whole, const char *says)
{
    MEM_FREE_LATER char *command =
        mem_printf("python3 -B tests/support/verify_bundle.py receipt '%s' 2>&1", receipt);
    char text[4096];
    FILE *out = popen(command, "r");
    size_t n = fread(text, 1, sizeof text - 1, out);

    text[n] = '\0';
    if ((pclose(out) == 0) != whole || !strstr(text, says))
        fail_msg("without \"%s\":\n%s", says, text);
}

static void read_receipts(const char *path, struct buffer *text)
{
    struct stat stat_of;

    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    assert_int_equal(buffer_read_file(text, path, 1 << 20), 0);
}

/* Altered in any digit of its record, both verifiers refuse it. */
static void edit_receipt(const struct stage *stage, const struct buffer *text)
{
    MEM_FREE_LATER char *path = mem_printf("%s/bent.txt", stage->dir);
    BUFFER_FREE_LATER struct buffer bent = BUFFER_NULL;
    char *flag;

    buffer_add(&bent, text->data, text->length);
    flag = strstr(bent.data, "\"source\":1");
    assert_non_null(flag);
    flag[strlen("\"source\":")] = '2';
    stage_write(stage, "bent.txt", "%s", bent.data);
    expect_audit(stage, 4, "not in the log", WORDS("audit", "check", path));
    expect_python(path, false, "NOT WHOLE");
}

static void test_receipts(void **state)
{
    const struct stage *stage = *state;
    MEM_FREE_LATER char *path = mem_printf("%s/receipt.txt", stage->dir);
    MEM_FREE_LATER char *other = mem_printf("%s/other.txt", stage->dir);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    begin_books(stage);
    expect(stage, 0, "gets no messages", WORDS("add", "13800000001", "--note", "12345 hotline"));
    expect(stage, 0, "again", WORDS("remove", "13800000001", "--note", "12345 letter"));
    expect(stage, 0, "12345 hotline", WORDS("prove", "13800000001"));
    expect(stage, 0, "Receipts in", WORDS("prove", "13800000001", "--out", path));
    expect(stage, 1, "is there already", WORDS("prove", "13800000001", "--out", path));
    expect(stage, 0, "never refused", WORDS("prove", "13800000002", "--out", other));
    assert_int_equal(access(other, F_OK), -1);
    read_receipts(path, &text);
    assert_null(strstr(text.data, "12345 ")); /* words stay in the books */
    expect_audit(stage, 0, "138****0001: its refusal was recorded at",
                 WORDS("audit", "check", path));
    expect_audit(stage, 0, "+08:00, record ", WORDS("audit", "check", path)); /* wherever it is */
    expect_audit(stage, 0, "that it takes its refusal back was recorded at",
                 WORDS("audit", "check", path, "--number", "13800000001"));
    expect_audit(stage, 4, "not about this number",
                 WORDS("audit", "check", path, "--number", "13800000002"));
    expect_python(path, true, "8613800000001: refuses ");
    expect_python(path, true, "8613800000001: accepts ");
    assert_non_null(strstr(text.data + 1, "lawcast receipt v1"));
    edit_receipt(stage, &text);
}

static void test_wrong_usage(void **state)
{
    static const struct {
        const char *words[4];
        const char *says;
    } cases[] = {
        {{NULL}, "Say what to do"},
        {{"drop", NULL}, "\"drop\" is neither"},
        {{"add", NULL}, "Name one number"},
        {{"add", "13800000001", "13800000002", NULL}, "Name one number"},
        {{"import", NULL}, "Name one file"},
        {{"list", "all", NULL}, "stands alone"},
        {{"add", "13800000001", "--note=a\tb", NULL}, "control characters"},
        {{"list", "--nubmers", NULL}, "not known"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(*state, 2, cases[i].says, cases[i].words);
}

static void test_lists(void **state)
{
    const struct stage *stage = *state;
    struct jv *document;
    char *output;

    stage_write(stage, "list.csv",
                "姓名,手机号\n张三,13800000001\n李四,1380000\n王五,13800000002\n赵六,12348\n"
                "钱七,13800000001\n");
    stage_write(stage, "good.csv", "phone\n13800000002\n86-138-0000-0003\n");
    stage_write(stage, "bare.csv", "13800000002\n13800000003\n");
    begin_books(stage);
    expect(stage, 1, "New: 2. Known before: 1. Wrong rows: 2.",
           WORDS("import", "list.csv", "--note", "名单"));
    expect(stage, 1, "list.csv:3: warning", WORDS("import", "list.csv"));
    expect(stage, 1, "list.csv:5: warning", WORDS("import", "list.csv"));
    expect(stage, 1, "New: 0. Known before: 3.", WORDS("import", "list.csv"));
    expect(stage, 0, "New: 1. Known before: 1. Wrong rows: 0.", WORDS("import", "good.csv"));
    expect(stage, 1, "column", WORDS("import", "bare.csv"));
    expect(stage, 1, "nowhere.csv", WORDS("import", "nowhere.csv"));
    expect(stage, 0, "refuse: 3", WORDS("list"));
    output = optout(stage, 0, WORDS("list", "--json"));
    document = jv_parse(output, strlen(output), NULL);
    assert_int_equal(jv_number(jv_at(document, "/count"), 0), 3);
    assert_string_equal(jv_text(jv_at(document, "/optouts/0/number")), "138****0001");
    assert_string_equal(jv_text(jv_at(document, "/optouts/1/source")), "import");
    assert_string_equal(jv_text(jv_at(document, "/optouts/1/note")), "名单");
    jv_free(document);
    free(output);
    assert_int_equal(stage_lawcast(stage, &output,
                                   WORDS("optout", "--ledger", stage->books, "list", "--numbers")),
                     0);
    assert_non_null(strstr(output, "8613800000002"));
    free(output);
}

/* ---- beside a gateway ---- */

static void start_gateway(struct stage *stage, struct sim_client **sim, struct stage_child *child)
{
    const char *const options[] = {"--modems", "1", "--air-ms", "100", "--report-ms", "20", NULL};
    char program[512];
    struct stage_bank bank = {.modems = 1, .options = "grace_ms = 0; timeout_ms = 2000;"};

    *sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(*sim);
    bank.first_modem = sim_client_modem(*sim, 0);
    stage_write_office(stage, &bank);
    stage_write_campaign(stage, -3600, 7200, "text = \"学法守法\"; report_wait = 1;", MESSAGES);
    stage_spawn(stage, child, WORDS("run", "-c", stage->conf, "--quiet", stage->campaign));
    stage_await(stage, child, "c1");
}

static size_t count_accepted(struct sim_client *sim, int64_t from, int64_t to)
{
    struct sim_events events = sim_client_events(sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++)
        n += strcmp(events.items[i].event, "accepted") == 0 &&
             events.items[i].number % INT64_C(100000000000) >= from &&
             events.items[i].number % INT64_C(100000000000) < to;
    sim_events_free(&events);
    return n;
}

/* Who refuses by list or by hand while messages go out is not sent to any more; one is let back
 * before the next campaign, which changes nothing for this one. */
static void test_beside_a_gateway(void **state)
{
    const int64_t first = STAGE_FIRST + MESSAGES - REFUSE;
    struct stage *stage = *state;
    struct stage_child child;
    struct sim_client *sim;
    size_t refused, others;
    char last[16];

    start_gateway(stage, &sim, &child);
    stage_write_numbers(stage, "list.csv", first, REFUSE - 1);
    snprintf(last, sizeof last, "%lld", (long long)STAGE_FIRST + MESSAGES - 1);
    expect(stage, 0, "New: 29.", WORDS("import", "list.csv", "--note", "市里下发的名单"));
    expect(stage, 0, "New: 0. Known before: 29.", WORDS("import", "list.csv"));
    expect(stage, 0, "suppressed: 1", WORDS("add", last, "--note", "12345 工单"));
    expect(stage, 0, "again", WORDS("remove", last, "--note", "来电"));
    refused = count_accepted(sim, first, STAGE_FIRST + MESSAGES);
    assert_int_equal(stage_wait(&child, 60, NULL), 3); /* short of its quota */
    others = count_accepted(sim, STAGE_FIRST, first);
    assert_int_equal(others, MESSAGES - REFUSE);
    assert_true(count_accepted(sim, first, STAGE_FIRST + MESSAGES) <= refused + 1);
    assert_true(refused < REFUSE / 2); /* what was refused before its turn */
    for (int64_t i = 0; i < REFUSE; i += 7) {
        char number[16];

        snprintf(number, sizeof number, "%lld", (long long)(first + i));
        expect(stage, 0, "nothing was sent to it", WORDS("prove", number));
    }
    expect(stage, 0, "While it did, nothing was sent", WORDS("prove", last));
    sim_client_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_a_gateway, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_books_of_the_configuration_are_made, open_stage,
                                        close_stage),
        cmocka_unit_test_setup_teardown(test_wrong_usage, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_receipts, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_lists, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_beside_a_gateway, open_stage, close_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
