/* test_sim_deliver: the simulator's SMS-DELIVERs: alphabets, parts, senders.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "tests/sim/deliver.h"
#include "tests/sim/gsm7.h"

#define CENTRE "0891683108100005F0"

/* 2026-10-31 08:30:00 in Shanghai */
static const struct deliver_head head = {
    .sender = "8613800000001", .concat = 42, .sent_ms = 1793406600000};

static char *written(const char *text, const struct deliver_head *from, unsigned part)
{
    BUFFER_FREE_LATER struct buffer hex = BUFFER_NULL;
    struct deliver *deliver = deliver_new(text);
    struct pdu_bytes pdu;

    assert_non_null(deliver);
    deliver_write(deliver, from, part, &pdu);
    deliver_free(deliver);
    assert_int_equal(pdu.tpdu, pdu.length - 9);
    hex_encode(&hex, pdu.bytes, pdu.length);
    return buffer_take(&hex);
}

static const struct {
    const char *text, *hex;
} alone[] = {
    {"退订\xF0\x9F\x98\x80", CENTRE "040D91683108000000F100086201138003002308"
                                    "90008BA2D83DDE00"},
    {"TD", CENTRE "040D91683108000000F1000062011380030023025422"},
    {"hellohello", CENTRE "040D91683108000000F10000620113800300230AE8329BFD4697D9EC37"},
    {"€", CENTRE "040D91683108000000F1000062011380030023029B32"},
    {"", CENTRE "040D91683108000000F100006201138003002300"},
};

static void test_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        MEM_FREE_LATER char *hex = written(alone[i].text, &head, 1);

        assert_string_equal(hex, alone[i].hex);
    }
}

/* The header's fill bit: 7 septets, then the text as TS 23.040 9.2.3.24 puts it. */
static void test_headed(void **state)
{
    MEM_FREE_LATER char *text = mem_alloc(162, 1);
    MEM_FREE_LATER char *last = NULL;

    (void)state;
    memset(text, 'a', 160);
    text[159] = 'A';
    text[160] = 'A';
    last = written(text, &head, 2);
    /* 161 septets: 153 and 8; "aaaaaaAA" */
    assert_string_equal(last, CENTRE
                        "440D91683108000000F10000620113800300230F0500032A0202C2E170381C0E0601");
}

static const struct {
    const char *piece; /* repeated times */
    unsigned times, parts;
} sizes[] = {
    {"a", 160, 1}, {"a", 161, 2}, {"a", 306, 2}, {"a", 307, 3}, {"€", 80, 1},   {"€", 81, 2},
    {"€", 152, 2}, {"€", 153, 3}, {"法", 70, 1}, {"法", 71, 2}, {"法", 134, 2}, {"法", 135, 3},
    {"😀", 35, 1},  {"😀", 36, 2},  {"😀", 66, 2},  {"😀", 67, 3},
};

/* Every part is within its limits, and together they are the text. */
static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL, joined = BUFFER_NULL;
        struct deliver *deliver;

        for (unsigned n = 0; n < sizes[i].times; n++)
            buffer_add_text(&text, sizes[i].piece);
        deliver = deliver_new(buffer_text(&text));
        assert_non_null(deliver);
        if (deliver_parts(deliver) != sizes[i].parts)
            fail_msg("%u x %s: %u parts", sizes[i].times, sizes[i].piece, deliver_parts(deliver));
        for (unsigned part = 1; part <= deliver_parts(deliver); part++) {
            char own[PDU_TEXT_MAX + 1];
            struct pdu_bytes pdu;

            deliver_text(deliver, part, own);
            buffer_add_text(&joined, own);
            deliver_write(deliver, &head, part, &pdu);
            assert_true(pdu.length <= PDU_BYTES_MAX);
        }
        assert_string_equal(buffer_text(&joined), buffer_text(&text));
        deliver_free(deliver);
    }
}

static void test_limits(void **state)
{
    size_t most = (size_t)DELIVER_PARTS_MAX * 153;
    MEM_FREE_LATER char *text = mem_alloc(most + 2, 1);
    struct deliver *deliver;

    (void)state;
    memset(text, 'a', most);
    deliver = deliver_new(text);
    assert_non_null(deliver);
    assert_int_equal(deliver_parts(deliver), DELIVER_PARTS_MAX);
    deliver_free(deliver);
    text[most] = 'a';
    assert_null(deliver_new(text));
    assert_null(deliver_new("\xFF"));
}

static const struct {
    const char *sender, *address; /* NULL: no sender */
} senders[] = {
    {"10086", "05810180F6"},
    {"13800000001", "0B813108000000F1"},
    {"+8613800000001", "0D91683108000000F1"},
    {"LAWCAST", "0DD0CCE075189C5201"},
    {"8letters", "0ED03876994E2FCBE7"},
    {"elevenchars", "14D06576D95E768FD161F91C"},
    {"twelve chars", NULL},
    {"法", NULL},
    {"a{b", NULL},
    {"+name", NULL},
    {"", NULL},
    {"+", NULL},
    {"123456789012345678901", NULL},
};

static void assert_address(const struct deliver_head *from, const char *address)
{
    MEM_FREE_LATER char *hex = written("", from, 1);
    MEM_FREE_LATER char *wanted = mem_printf(CENTRE "04%s00006201138003002300", address);

    assert_string_equal(hex, wanted);
}

static void test_senders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        struct deliver_head from = {.sent_ms = head.sent_ms};
        int rc = deliver_read_sender(senders[i].sender, &from);

        if (rc != !senders[i].address)
            fail_msg("%s: %d", senders[i].sender, rc);
        if (!rc)
            assert_address(&from, senders[i].address);
    }
}

static void test_gsm7(void **state)
{
    (void)state;
    for (unsigned septet = 0; septet < 128; septet++) {
        if (septet != GSM7_ESCAPE)
            assert_int_equal(gsm7_septet(gsm7_char(septet)), septet);
        if (gsm7_extension(septet) >= 0)
            assert_int_equal(gsm7_septet(gsm7_extension(septet)), GSM7_EXTENDED | septet);
    }
    assert_int_equal(gsm7_septet(0x6CD5), -1);
    assert_int_equal(gsm7_septet('`'), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone),  cmocka_unit_test(test_headed),  cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_senders), cmocka_unit_test(test_gsm7),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
