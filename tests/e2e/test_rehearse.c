/* test_rehearse: a small order through `lawcast rehearse`, with failing numbers, reserves and
 * boards of both kinds: the report is complete, agrees with the simulator, and nothing is left
 * behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/e2e/rehearse_kit.h"
#include "tests/support/stage.h"

static void test_small_order(void **state)
{
    static const char *const columns[] = {"sent",       "delivered", "undelivered",
                                          "rejected",   "unknown",   "expired",
                                          "suppressed", "cancelled", "open"};
    const char *const args[] = {
        "rehearse", "-c",         "lawcast.cfg", "--out",        "out", "--undelivered",
        "30",       "--rejected", "20",          "campaign.cfg", NULL};
    struct stage stage;
    struct jv *report;
    char *output;
    int64_t sum = 0;
    int code;

    (void)state;
    stage_open(&stage);
    write_world(&stage);
    code = stage_lawcast(&stage, &output, args);
    if (code)
        fail_msg("exit code %d: %s", code, output);
    assert_non_null(strstr(output, "The books agree"));
    free(output);
    report = read_report(&stage);
    assert_string_equal(jv_text(jv_at(report, "/campaign")), "c1");
    assert_int_equal(figure(report, "/units/0/delivered"), 900);
    assert_true(figure(report, "/units/0/undelivered") > 0);
    assert_true(figure(report, "/units/0/rejected") > 0);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        MEM_FREE_LATER char *pointer = mem_printf("/totals/%s", columns[i]);

        sum += figure(report, pointer);
    }
    assert_int_equal(sum, figure(report, "/totals/planned"));
    for (int board = 0; board < 2; board++) {
        MEM_FREE_LATER char *seconds = mem_printf("/boards/%d/shown_seconds", board);
        MEM_FREE_LATER char *slogans = mem_printf("/boards/%d/slogans", board);

        /* five slots of 600, 600, 600, 600 and 600 s, each read back 2 s before its end */
        assert_in_range(figure(report, seconds), 3000 - 5 * 3, 3000);
        assert_int_equal(figure(report, slogans), 3);
    }
    jv_free(report);
    assert_int_equal(access(stage.books, F_OK), -1); /* the real books were not touched */
    stage_close(&stage);
}

#define BOARD(id, kind, address, more)                                                             \
    "{ id = \"" id "\"; owner = \"weather\"; kind = \"" kind "\"; url = \"" address                \
    "192.0.2.1\"; width = 192; height = 64; " more " }"

/* Slogans alone, on a board of each kind, each proved as far as it can be. One of them knows no
 * names, and one proves nothing but by pictures and calls. */
static void test_every_kind_of_board(void **state)
{
    const char *const args[] = {"rehearse", "-c",           "lawcast.cfg", "--out",
                                "out",      "campaign.cfg", NULL};
    struct stage stage;
    char *output;
    int code;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"books.db\"; };\n"
                "listen = { address = \"127.0.0.1\"; port = 0;\n"
                "           key = \"key-of-the-test-only\"; };\n"
                "units = ( { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
                "boards = ( %s,\n%s,\n%s,\n%s,\n%s,\n%s,\n%s );\n",
                BOARD("arch", "onbon-y", "http://", "password = \"guest\";"),
                BOARD("door", "onbon-k", "tcp://", ""),
                BOARD("hall", "huidu", "http://", "key = \"k-1\"; secret = \"s-1\";"),
                BOARD("plaza", "colorlight", "http://", "user = \"admin\"; password = \"p-1\";"),
                BOARD("pole", "xixun", "http://", "card = \"c-1\";"),
                BOARD("tower", "novacloud", "http://",
                      "key = \"k-1\"; secret = \"s-1\"; player = \"p-1\";"),
                BOARD("desk", "webhook", "http://",
                      "publish_path = \"/p\"; withdraw_path = \"/w\"; verify_path = \"/v/{name}\"; "
                      "verify_pointer = \"/data/id\"; verify_equals = \"{name}\";"));
    stage_write(&stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法日\";\n"
                "  windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 08:50\"; } );\n"
                "  displays = ( { boards = [ \"arch\", \"door\", \"hall\", \"plaza\", \"pole\",\n"
                "                            \"tower\", \"desk\" ];\n"
                "                 slogans = [ \"学法\", \"守法\" ]; every = 300; } ); };\n");
    code = stage_lawcast(&stage, &output, args);
    if (code)
        fail_msg("exit code %d: %s", code, output);
    assert_non_null(strstr(output, "28 showings: "));
    assert_non_null(strstr(output, "Shown 28 of 28."));
    assert_non_null(strstr(output, "The books agree"));
    assert_null(strstr(output, "messages"));
    assert_null(strstr(output, "delivered"));
    free(output);
    stage_close(&stage);
}

static void hear(const struct stage *stage, char **output, const char *const *args)
{
    int code = stage_lawcast(stage, output, args);

    if (code)
        fail_msg("exit code %d: %s", code, *output);
}

static void expect_said(const struct stage *stage, const char *says, const char *const *args)
{
    MEM_FREE_LATER char *output = NULL;

    hear(stage, &output, args);
    if (!strstr(output, says))
        fail_msg("%s %s doesn't say \"%s\": %s", args[0], args[1], says, output);
}

/* The document among warnings before and behind it. */
static struct jv *parse_among(const char *output)
{
    const char *from = strstr(output, "{\n"), *to = strrchr(output, '}');
    struct jv *document = NULL;

    if (from && to)
        document = jv_parse(from, (size_t)(to - from) + 1, NULL);
    if (!document)
        fail_msg("no document: %s", output);
    return document;
}

static void refuse_two(const struct stage *stage)
{
    expect_said(stage, "gets no messages",
                ARGS("optout", "add", "13800000000", "-c", "lawcast.cfg"));
    expect_said(stage, "gets no messages",
                ARGS("optout", "add", "13800000003", "-c", "lawcast.cfg"));
}

/* Plan and rehearsal show what the day will: without those who refused, and owing no slogan in the
 * owner's quiet time. */
static void test_refusals_and_quiet_times(void **state)
{
    struct stage stage;
    struct jv *plan, *report;
    char *output;

    (void)state;
    stage_open(&stage);
    write_half_a_world(&stage);
    refuse_two(&stage);
    hear(&stage, &output, ARGS("plan", "-c", "lawcast.cfg", "--json", "campaign.cfg"));
    plan = parse_among(output);
    free(output);
    assert_int_equal(figure(plan, "/totals/opted_out"), 2);
    assert_int_equal(figure(plan, "/totals/good"), 6);
    assert_int_equal(figure(plan, "/totals/reserve"), 2);
    assert_int_equal(figure(plan, "/boards/0/slots"), 5);
    jv_free(plan);
    expect_said(&stage, "The books agree",
                ARGS("rehearse", "-c", "lawcast.cfg", "--out", "out", "campaign.cfg"));
    report = read_report(&stage);
    assert_int_equal(figure(report, "/totals/delivered"), 8);
    assert_int_equal(figure(report, "/totals/suppressed"), 2);
    assert_int_equal(figure(report, "/boards/0/planned"), 5);
    assert_int_equal(figure(report, "/boards/0/showings"), 5);
    jv_free(report);
    expect_said(&stage, "refuse: 2", ARGS("optout", "list", "--ledger", "books.db"));
    stage_close(&stage);
}

/* What a rehearsal leaves can't be taken for evidence. */
static void test_says_that_nothing_was_sent(void **state)
{
    static const char banner[] = "REHEARSAL: nothing was sent.";
    static const char note[] = "! These are the books of a rehearsal";
    const char *const books = "out/rehearsal.db";
    struct stage stage;

    (void)state;
    stage_open(&stage);
    write_half_a_world(&stage);
    expect_said(&stage, banner,
                ARGS("rehearse", "-c", "lawcast.cfg", "--out", "out", "campaign.cfg"));
    expect_said(&stage, banner, ARGS("report", "c1", "--ledger", books));
    expect_said(&stage, banner, ARGS("report", "c1", "--ledger", books, "--csv"));
    expect_said(&stage, banner, ARGS("status", "--ledger", books));
    expect_said(&stage, note, ARGS("audit", "verify", "--ledger", books));
    expect_said(&stage, note,
                ARGS("audit", "prove", "13800000001", "--ledger", books, "--out", "receipt"));
    expect_said(&stage, note, ARGS("audit", "check", "receipt"));
    expect_said(&stage, note, ARGS("audit", "export", "bundle", "--ledger", books));
    expect_said(&stage, note, ARGS("audit", "verify", "bundle"));
    expect_said(&stage, "rehearsal-", ARGS("audit", "checkpoint", "--ledger", books));
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small_order),
                                       cmocka_unit_test(test_every_kind_of_board),
                                       cmocka_unit_test(test_refusals_and_quiet_times),
                                       cmocka_unit_test(test_says_that_nothing_was_sent)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
