/* test_line: every line comes back as it was said, and nonsense is refused.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/line.h"

static struct line line; /* large, and always overwritten */

static void line_back(struct buffer *out)
{
    assert_int_equal(line_take(out, &line), LINE_TAKEN);
    assert_int_equal(out->length, 0);
}

static void test_send(void **state)
{
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;
    struct line_send send = {.id = INT64_MAX,
                             .number = 8613800000001,
                             .want_report = true,
                             .valid_s = 9000,
                             .text = "弘扬宪法精神 8:30~11:00\n",
                             .length = strlen("弘扬宪法精神 8:30~11:00\n")};

    (void)state;
    line_add_send(&out, &send);
    line_back(&out);
    assert_int_equal(line.kind, LINE_SEND);
    assert_int_equal(line.send.id, send.id);
    assert_int_equal(line.send.number, send.number);
    assert_true(line.send.want_report);
    assert_int_equal(line.send.valid_s, 9000);
    assert_int_equal(line.send.length, send.length);
    assert_memory_equal(line.send.text, send.text, send.length);
}

static void test_longest_send(void **state)
{
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;
    char *text = malloc(LINE_TEXT_MAX);
    struct line_send send = {.id = INT64_MAX,
                             .number = 999999999999999999,
                             .valid_s = INT32_MAX,
                             .text = text,
                             .length = LINE_TEXT_MAX};

    (void)state;
    memset(text, 'a', LINE_TEXT_MAX);
    line_add_send(&out, &send);
    assert_true(out.length <= LINE_LENGTH_MAX + 1);
    line_back(&out);
    assert_int_equal(line.send.length, LINE_TEXT_MAX);
    assert_memory_equal(line.send.text, text, LINE_TEXT_MAX);
    free(text);
}

static void test_results(void **state)
{
    static const struct outcome outcomes[] = {
        {.kind = OUTCOME_SENT, .n_references = 1, .references = {255}},
        {.kind = OUTCOME_SENT, .n_references = 3, .references = {0, -1, 17}},
        {.kind = OUTCOME_SENT,
         .n_references = OUTCOME_PARTS_MAX,
         .references = {-1, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3, 4, 5, 6, 7, 8}},
        {.kind = OUTCOME_REJECTED, .code = 1, .detail = "error 1: unassigned number"},
        {.kind = OUTCOME_DEFERRED, .code = 38, .wait_ms = 60000, .detail = "x"},
        {.kind = OUTCOME_DEFERRED, .code = -1, .wait_ms = 10000, .detail = "ERROR"},
        {.kind = OUTCOME_UNKNOWN, .detail = "-1 is no reference, 2 of them neither"},
        {.kind = OUTCOME_UNKNOWN,
         .code = 42,
         .n_references = 2,
         .references = {7, -1},
         .detail = "2 of 3 parts were taken, then: error 42"},
        {.kind = OUTCOME_RETURNED, .code = 65535, .detail = "gone"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

        line_add_result(&out, 42, &outcomes[i]);
        line_back(&out);
        assert_int_equal(line.kind, LINE_RESULT);
        assert_int_equal(line.id, 42);
        assert_memory_equal(&line.outcome, &outcomes[i], sizeof line.outcome);
    }
}

static void test_report(void **state)
{
    const struct status_report report = {.kind = REPORT_FAILED,
                                         .address = 8613800000001,
                                         .reference = 255,
                                         .status = 0x45,
                                         .sent_ms = 1793406600000};
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    (void)state;
    line_add_report(&out, &report);
    line_back(&out);
    assert_int_equal(line.kind, LINE_REPORT);
    assert_int_equal(line.report.kind, report.kind);
    assert_int_equal(line.report.address, report.address);
    assert_int_equal(line.report.reference, report.reference);
    assert_int_equal(line.report.status, report.status);
    assert_int_equal(line.report.sent_ms, report.sent_ms);
}

static void test_health(void **state)
{
    static const struct modem_health cases[] = {
        {.imei = "860000000000001",
         .imsi = "460000000000017",
         .smsc = "+8613800100500",
         .network = "中国移动",
         .model = "Quectel \"EC20\"",
         .registration = REGISTRATION_HOME,
         .signal_dbm = -73},
        {.imei = "A0000012345678", .registration = REGISTRATION_DENIED, .cdma = true},
        {.registration = REGISTRATION_ROAMING, .signal_dbm = -113},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

        line_add_health(&out, &cases[i]);
        line_back(&out);
        assert_int_equal(line.kind, LINE_HEALTH);
        assert_memory_equal(&line.health, &cases[i], sizeof line.health);
    }
}

static void test_inbound(void **state)
{
    static const struct inbound cases[] = {
        {.ticket = 1,
         .sender = "+8613800000001",
         .address = 8613800000001,
         .sent_ms = 1795392300000,
         .reference = -1,
         .total = 1,
         .seq = 1,
         .text = "TD"},
        {.ticket = UINT32_MAX,
         .sender = "学法办",
         .reference = 65535,
         .total = 255,
         .seq = 255,
         .text = "收到，谢谢\n🙏"},
        {.sender = "10086", .reference = 0, .total = 2, .seq = 1},
        {.reference = -1, .total = 1, .seq = 1, .text = "nobody's"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

        line_add_inbound(&out, &cases[i]);
        line_back(&out);
        assert_int_equal(line.kind, LINE_INBOUND);
        assert_memory_equal(&line.inbound, &cases[i], sizeof line.inbound);
    }
}

static void test_short_lines(void **state)
{
    static const enum line_kind words[] = {LINE_READY, LINE_BEAT, LINE_NEED_PIN, LINE_TOOK_PIN,
                                           LINE_BAD_PIN};
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    (void)state;
    line_add_pin(&out, "00427361");
    line_back(&out);
    assert_int_equal(line.kind, LINE_PIN);
    assert_string_equal(line.pin, "00427361");
    line_add_forget(&out, UINT32_MAX);
    line_back(&out);
    assert_int_equal(line.kind, LINE_FORGET);
    assert_true(line.place == UINT32_MAX);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        line_add_word(&out, words[i]);
        line_back(&out);
        assert_int_equal(line.kind, words[i]);
    }
}

static void test_sentences(void **state)
{
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    (void)state;
    line_add_down(&out, "/dev/ttyUSB0:\tthe device\ndoesn't exist \xE4\xBD\xA0");
    line_add_down(&out, "");
    line_add_doubt(&out, "an answer,\rtwice");
    line_add_barred(&out, "wrong PIN");
    assert_int_equal(line_take(&out, &line), LINE_TAKEN);
    assert_int_equal(line.kind, LINE_DOWN);
    assert_string_equal(line.why, "/dev/ttyUSB0: the device doesn't exist    ");
    assert_int_equal(line_take(&out, &line), LINE_TAKEN);
    assert_string_equal(line.why, "-");
    assert_int_equal(line_take(&out, &line), LINE_TAKEN);
    assert_int_equal(line.kind, LINE_DOUBT);
    assert_string_equal(line.why, "an answer, twice");
    assert_int_equal(line_take(&out, &line), LINE_TAKEN);
    assert_int_equal(line.kind, LINE_BARRED);
    assert_string_equal(line.why, "wrong PIN");
    assert_int_equal(line_take(&out, &line), LINE_NONE);
}

static void test_nonsense(void **state)
{
    static const char *const lines[] = {
        "",
        "send",
        "Send 1 8613800000001 1 0 41",
        "send 1 8613800000001 1 0 ",
        "send 1 8613800000001 1 0 4",
        "send 1 8613800000001 1 0 4G",
        "send 1 8613800000001 1 0 FF",
        "send 1 8613800000001 2 0 41",
        "send 1 8613800000001 1 -1 41",
        "send 1 0 1 0 41",
        "send -1 8613800000001 1 0 41",
        "send 01 8613800000001 1 0 41",
        "send 9223372036854775808 8613800000001 1 0 41",
        "send 1 +8613800000001 1 0 41",
        "send  1 8613800000001 1 0 41",
        "send 1 8613800000001 1 0 41 ",
        "ready 1",
        "ready ",
        "readyx",
        "beat -",
        "badpin 1",
        "needpin 1",
        "tookpin ",
        "pin",
        "pin 123",
        "pin 123456789",
        "pin 12a4",
        "pin -1234",
        "forget",
        "forget -1",
        "forget 4294967296",
        "forget 1 ",
        "health 6 -73 0 1 1 - - -",
        "health 1 -114 0 1 1 - - -",
        "health 1 -50 0 1 1 - - -",
        "health 1 -73 2 1 1 - - -",
        "health 1 -73 0 ab 1 - - -",
        "health 1 -73 0 8600000000000010000000000 1 - - -",
        "health 1 -73 0 1 46A - - -",
        "health 1 -73 0 1 1 86x - -",
        "health 1 -73 0 1 1 - 4 -",
        "health 1 -73 0 1 1 - FF -",
        "health 1 -73 0 1 1 - 00 -",
        "health 1 -73 0 1 1 - -",
        "health 1 -73 0 1 1 -  -",
        "health 1 -73 0 1 1 - - - -",
        "inbound 1 41 0 -1 1 1",
        "inbound 1 41 0 -1 1 1 ",
        "inbound 4294967296 41 0 -1 1 1 41",
        "inbound 1 4 0 -1 1 1 41",
        "inbound 1 41 -1 -1 1 1 41",
        "inbound 1 41 0 -2 1 1 41",
        "inbound 1 41 0 65536 1 1 41",
        "inbound 1 41 0 1 0 1 41",
        "inbound 1 41 0 1 1 2 41",
        "inbound 1 41 0 1 256 1 41",
        "inbound 1 41 0 1 1 1 C0",
        "sent 1 ",
        "sent 1 256",
        "sent 1 -2",
        "sent 1 1,",
        "sent 1 ,1",
        "sent 1 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
        "deferred 1 38 text",
        "deferred 1 38 -1 text",
        "rejected 1 70000 text",
        "rejected 1 1",
        "rejected 1 1 ",
        "unknown 1 -2 - text",
        "unknown 1 0 text",
        "unknown 1 0 -",
        "unknown 1 0 - ",
        "unknown 1 0 7",
        "unknown 1 0 7,256 text",
        "unknown 1 0 7, text",
        "unknown 1 0 -,7 text",
        "unknown 1 0 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 text",
        "doubt",
        "doubt ",
        "returned 1 0 a\tb",
        "report 8613800000001 1 0",
        "report 8613800000001 256 0 0",
        "report 8613800000001 1 256 0",
        "report 8613800000001 1 0 0 ",
        "down ",
        "barred ",
        "barred",
        "down \x7F",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (line_parse(lines[i], strlen(lines[i]), &line) != 1)
            fail_msg("taken for sense: \"%s\"", lines[i]);
}

static void test_pieces(void **state)
{
    const char *text = "sent 7 1\nreport 8613800000001 1 0 0\n";
    BUFFER_FREE_LATER struct buffer in = BUFFER_NULL;
    int taken = 0;

    (void)state;
    for (const char *at = text; *at; at++) {
        buffer_add_char(&in, *at);
        if (line_take(&in, &line) == LINE_TAKEN)
            taken++;
    }
    assert_int_equal(taken, 2);
    assert_int_equal(line.kind, LINE_REPORT);
    assert_int_equal(line.report.kind, REPORT_DELIVERED);
}

static void test_endless(void **state)
{
    BUFFER_FREE_LATER struct buffer in = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < LINE_LENGTH_MAX; i++)
        buffer_add_char(&in, 'a');
    assert_int_equal(line_take(&in, &line), LINE_NONE);
    buffer_add_char(&in, 'a');
    assert_int_equal(line_take(&in, &line), LINE_NONSENSE);
    buffer_add_char(&in, '\n');
    assert_int_equal(line_take(&in, &line), LINE_NONSENSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_send),        cmocka_unit_test(test_longest_send),
        cmocka_unit_test(test_results),     cmocka_unit_test(test_report),
        cmocka_unit_test(test_health),      cmocka_unit_test(test_inbound),
        cmocka_unit_test(test_short_lines), cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_nonsense),    cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_endless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
