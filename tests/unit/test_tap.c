/* test_tap: reports and answers are heard in whatever pieces they come, and a modem that talks
 * without end is found out.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/tap.h"

#define CDS(reference)                                                                             \
    "\r\n+CDS: 25\r\n0006" reference "0D91683108000000F1621132805000236211328060002300\r\n"

struct heard {
    int n, last;
};

static void hear(void *ctx, const struct status_report *report)
{
    struct heard *heard = ctx;

    assert_int_equal(report->address, 8613800000001);
    heard->n++;
    heard->last = report->reference;
}

static const struct tap_events hears_reports = {.report = hear};

static void feed(struct tap *tap, const char *text)
{
    tap_feed(tap, text, strlen(text));
}

/* All at once, and byte for byte. */
static void test_pieces(void **state)
{
    const char *text =
        "AT+CMGS=24\r\r\n> 0011000D91\x1a" CDS("05") "\r\n+CMGS: 77\r\n\r\nOK\r\n" CDS(
            "06") "\r\n+CMS ERROR: 38\r\n\r\n+CDSI: \"SM\",3\r\n";

    (void)state;
    for (size_t step = 1; step <= strlen(text); step += strlen(text) - 1) {
        struct heard heard = {0};
        struct tap tap = {.events = &hears_reports, .ctx = &heard};

        for (size_t at = 0; at < strlen(text); at += step)
            tap_feed(&tap, text + at, step);
        assert_int_equal(heard.n, 2);
        assert_int_equal(heard.last, 6);
        assert_int_equal(tap_fetch_taken(&tap), 1);
        assert_int_equal(tap_fetch_taken(&tap), 0);
        assert_int_equal(tap_fetch_errors(&tap), 1);
        assert_int_equal(tap_fetch_botched(&tap), 0);
        assert_int_equal(tap.heard, strlen(text));
    }
}

static void test_botched_reports(void **state)
{
    struct heard heard = {0};
    struct tap tap = {.events = &hears_reports, .ctx = &heard};
    char digits[TPDU_DIGITS_MAX + 100];

    (void)state;
    feed(&tap, "+CDS: 25\r\nOK\r\n");
    feed(&tap, "+CDS: 25\r\n0006\r\n");
    memset(digits, '0', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    feed(&tap, "+CDS: 25\r\n");
    feed(&tap, digits);
    feed(&tap, "\r\n");
    assert_int_equal(tap_fetch_botched(&tap), 3);
    assert_int_equal(tap_fetch_botched(&tap), 0);
    assert_int_equal(heard.n, 0);
    feed(&tap, CDS("01"));
    assert_int_equal(heard.n, 1);
}

/* What an ended answer brings doesn't count, however much it is. */
static void test_no_flood(void **state)
{
    struct heard heard = {0};
    struct tap tap = {.events = &hears_reports, .ctx = &heard};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        feed(&tap, "\r\n^RSSI:19\r\n");
        feed(&tap, CDS("01"));
        if (i % 1000 == 0)
            feed(&tap, "AT\r\r\n+SOMETHING: 1\r\n\r\nOK\r\n");
        assert_false(tap_is_flooded(&tap));
    }
    assert_int_equal(heard.n, 20000);
}

static void test_floods(void **state)
{
    /* libgammu sees the end of an answer only behind CR LF. */
    static const char *const floods[] = {"x", "garbage\r\n", "OK\n", "OK\r", "\xff\0\r\nxx"};

    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        struct heard heard = {0};
        struct tap tap = {.events = &hears_reports, .ctx = &heard};
        size_t fed = 0;

        while (!tap_is_flooded(&tap) && fed < 2 * TAP_FLOOD) {
            feed(&tap, floods[i]);
            fed += strlen(floods[i]);
        }
        assert_in_range(fed, TAP_FLOOD / 2, TAP_FLOOD + 16);
    }
}

struct words {
    int stored, direct, answers;
    char last[400];
};

static void hear_direct(void *ctx, const char *digits, size_t length)
{
    struct words *words = ctx;

    assert_int_equal(strlen(digits), length);
    words->direct++;
    strcpy(words->last, digits);
}

static void hear_stored(void *ctx, const char *line)
{
    struct words *words = ctx;

    words->stored++;
    strcpy(words->last, line);
}

static bool hear_answer(void *ctx, const char *line, size_t length)
{
    struct words *words = ctx;

    (void)length;
    words->answers++;
    strcpy(words->last, line);
    return true;
}

/* A message for the SIM is heard in whichever way it is announced, also in the middle of the answer
 * to a question, of which it is no part. */
static void test_messages(void **state)
{
    static const struct tap_events events = {.direct = hear_direct, .stored = hear_stored};
    struct words words = {0};
    struct tap tap = {.events = &events, .ctx = &words};

    (void)state;
    feed(&tap, "\r\n+CMTI: \"SM\",3\r\n");
    assert_int_equal(words.stored, 1);
    assert_string_equal(words.last, "+CMTI: \"SM\",3");
    feed(&tap, "\r\n+CDSI: \"SM\",4\r\n");
    assert_int_equal(words.stored, 2);
    tap.answer = hear_answer;
    tap.answer_ctx = &words;
    feed(&tap, "AT+CSQ\r\r\n+CMTI: \"ME\",5\r\n\r\n+CSQ: 20,0\r\n\r\n+CMT: ,4\r\n00112233\r\n");
    assert_int_equal(words.stored, 3);
    assert_int_equal(words.direct, 1);
    assert_string_equal(words.last, "00112233");
    assert_int_equal(words.answers, 2); /* the echo, the value */
    feed(&tap, "\r\n+CME ERROR: 100\r\n");
    assert_int_equal(words.answers, 3);
    assert_int_equal(tap_fetch_errors(&tap), 0); /* the question's */
    tap.answer = NULL;
    feed(&tap, "\r\n+CME ERROR: 100\r\n");
    assert_int_equal(tap_fetch_errors(&tap), 1);
}

static void test_references(void **state)
{
    static const struct {
        const char *line;
        int reference;
    } cases[] = {{"+CMGS: 0\r\n", 0},
                 {"+CMGS:255\r\n", 255},
                 {"+CMGS: 7,\"26/11/23,08:00:00+32\"\r\n", 7},
                 {"+CMGS: 256\r\n", -1},
                 {"+CMGS: 300\r\n", -1},
                 {"+CMGS: -5\r\n", -1},
                 {"+CMGS: -1\r\n", -1},
                 {"+CMGS: 100000000000000000000\r\n", -1},
                 {"+CMGS: abc\r\n", -1},
                 {"+CMGS: 0x10\r\n", -1},
                 {"+CMGS: 7 8\r\n", -1},
                 {"+CMGS:\r\n", -1}};
    struct tap tap = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        feed(&tap, cases[i].line);
        assert_int_equal(tap_fetch_taken(&tap), 1);
        assert_int_equal(tap.reference, cases[i].reference);
    }
}

/* The list of a full memory is longer than a flood; the same without the question, or other lines
 * in the answer, are one. */
static void test_lists(void **state)
{
    static const struct {
        const char *text;
        bool asked, flooded;
    } cases[] = {
        {"\r\n+CMGL: 1,1,,23\r\n00112233\r\n", true, false},
        {"\r\n+CMGL: 1,1,,23\r\n\r\n+CMTI: \"SM\",1\r\n00112233\r\n", true, false},
        {"\r\n+CMGL: 1,1,,23\r\n00112233\r\n", false, true},
        {"\r\n+CMGL: 1,1,,23\r\n00112233\r\n00112233\r\n", true, true},
        {"\r\n00112233\r\n", true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct words words = {0};
        struct tap tap = {.answer = cases[i].asked ? hear_answer : NULL, .answer_ctx = &words};

        for (size_t fed = 0; fed < 8 * TAP_FLOOD; fed += strlen(cases[i].text))
            feed(&tap, cases[i].text);
        if (tap_is_flooded(&tap) != cases[i].flooded)
            fail_msg("case %zu", i);
        feed(&tap, "\r\nOK\r\n");
        assert_false(tap_is_flooded(&tap));
    }
}

/* Endings that say no, of whatever kind, but not those of questions. */
static void test_failures(void **state)
{
    static const struct {
        const char *line;
        unsigned failures;
        int code;
    } cases[] = {{"OK\r\n", 0, 0},
                 {"ERROR\r\n", 1, -1},
                 {"+CMS ERROR: 38\r\n", 2, 38},
                 {"+CME ERROR: -5\r\n", 3, -1},
                 {"+CMS ERROR: 100000000000000000000\r\n", 4, -1},
                 {"+CMS ERROR: 65535\r\n", 5, 65535},
                 {"+CMS ERROR: why\r\n", 6, -1}};
    struct words words = {0};
    struct tap tap = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        feed(&tap, cases[i].line);
        assert_int_equal(tap.failures, cases[i].failures);
        assert_int_equal(tap.code, cases[i].code);
    }
    tap.answer = hear_answer;
    tap.answer_ctx = &words;
    feed(&tap, "ERROR\r\n");
    assert_int_equal(tap.failures, 6);
}

/* NULs are not heard, but a line of nothing else is a flood. */
static void test_nuls(void **state)
{
    struct tap tap = {0};
    static const char nuls[4096];

    (void)state;
    tap_feed(&tap, "\0\0+CM\0GS: 9\r\0\n", 15);
    assert_int_equal(tap_fetch_taken(&tap), 1);
    assert_int_equal(tap.reference, 9);
    for (int i = 0; i < TAP_FLOOD / 4096 + 1; i++)
        tap_feed(&tap, nuls, sizeof nuls);
    assert_true(tap_is_flooded(&tap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),   cmocka_unit_test(test_botched_reports),
        cmocka_unit_test(test_no_flood), cmocka_unit_test(test_floods),
        cmocka_unit_test(test_messages), cmocka_unit_test(test_references),
        cmocka_unit_test(test_lists),    cmocka_unit_test(test_failures),
        cmocka_unit_test(test_nuls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
