/* test_deliver: a message for the SIM is read as the standard writes it, and broken ones are
 * refused. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/hex.h"
#include "gateway/model/sms_text.h"
#include "gateway/base/utf8.h"

#include "adapters/modem/deliver.h"
#include "adapters/modem/septets.h"

#define CENTRE "0891683108100005F0"
#define SENDER "0D91683108000000F1" /* +8613800000001 */
#define TIME   "62113280500023"     /* 2026-11-23 08:05:00 +08:00 */
#define HEAD   CENTRE "04" SENDER "00"
#define HEADED CENTRE "44" SENDER "00"

static void read_ok(const char *digits, struct inbound *inbound)
{
    if (deliver_parse(digits, strlen(digits), inbound) != DELIVER_OK)
        fail_msg("refused: %s", digits);
    assert_int_equal(inbound->ticket, 0);
}

/* "TD" is 54 44 in septets: 2 septets are 54 22. */
static void test_texts(void **state)
{
    static const struct {
        const char *digits, *text;
    } cases[] = {
        {HEAD "00" TIME "02"
              "5422",
         "TD"},
        {HEAD "00" TIME "00", ""},
        {HEAD "08" TIME "04"
              "90008BA2",
         "退订"},
        /* A letter beyond the basic plane; then half of it, at the end and before another. */
        {HEAD "08" TIME "04"
              "D83DDE4F",
         "🙏"},
        {HEAD "08" TIME "04"
              "0054D83D",
         "T\xEF\xBF\xBD"},
        {HEAD "08" TIME "06"
              "D83D0054DE4F",
         "\xEF\xBF\xBDT\xEF\xBF\xBD"},
        {HEAD "08" TIME "02"
              "0000",
         "\xEF\xBF\xBD"},
        {HEAD "08" TIME "03"
              "005400",
         "T"},
        {HEAD "04" TIME "02"
              "5422",
         "[data]"},
        {HEAD "20" TIME "02"
              "5422",
         "[data]"},
        /* Message waiting, classes, deletion on reading: the alphabet is elsewhere. */
        {HEAD "E0" TIME "04"
              "90008BA2",
         "退订"},
        {HEAD "C8" TIME "02"
              "5422",
         "TD"},
        {HEAD "F1" TIME "02"
              "5422",
         "TD"},
        {HEAD "F5" TIME "02"
              "5422",
         "[data]"},
        {HEAD "48" TIME "04"
              "90008BA2",
         "退订"},
        {HEAD "18" TIME "04"
              "90008BA2",
         "退订"},
        {HEAD "90" TIME "02"
              "5422",
         "TD"},
        /* € is an escape and 65; an escape alone is a space. */
        {HEAD "00" TIME "02"
              "9B32",
         "€"},
        {HEAD "00" TIME "01"
              "1B",
         " "},
        /* More after it than it says. */
        {HEAD "00" TIME "02"
              "5422FFFF",
         "TD"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inbound inbound;

        read_ok(cases[i].digits, &inbound);
        assert_string_equal(inbound.text, cases[i].text);
        assert_string_equal(inbound.sender, "+8613800000001");
        assert_true(inbound.address == 8613800000001);
        assert_true(inbound.sent_ms == 1795392300000);
        assert_int_equal(inbound.reference, -1);
        assert_int_equal(inbound.total, 1);
        assert_int_equal(inbound.seq, 1);
    }
}

static void test_senders(void **state)
{
    static const struct {
        const char *digits, *sender;
        int64_t address;
    } cases[] = {
        {"0B8131080000"
         "00F2",
         "13800000002", 8613800000002},
        {"05810180F6", "10086", 0},
        {"0D91446108000000F1", "+4416800000001", 0},
        {"0491BA21", "+*#12", 0}, /* A and B, then 1 and 2, swapped */
        /* "LAW" in septets: CC E0 15, 5 semi-octets' worth and a filler. */
        {"06D0CCE015", "LAW", 0},
        {"0081", "", 0},
        {"0091", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char digits[120];
        struct inbound inbound;

        snprintf(digits, sizeof digits, "0004%s0000" TIME "025422", cases[i].digits);
        read_ok(digits, &inbound);
        assert_string_equal(inbound.text, "TD");
        assert_string_equal(inbound.sender, cases[i].sender);
        assert_true(inbound.address == cases[i].address);
    }
}

static void test_headers(void **state)
{
    static const struct {
        const char *digits, *text;
        int reference, total, seq;
    } cases[] = {
        {HEADED "08" TIME "0A"
                "0500034203029000"
                "8BA2",
         "退订", 0x42, 3, 2},
        {HEADED "08" TIME "0B"
                "06080412340201"
                "90008BA2",
         "退订", 0x1234, 2, 1},
        /* In septets the text begins at the next whole one: 7 octets are 8 septets. */
        {HEADED "00" TIME "0A"
                "06080412340202"
                "5422",
         "TD", 0x1234, 2, 2},
        /* 6 octets are 48 bits: one bit fills up. */
        {HEADED "00" TIME "09"
                "050003420201"
                "A844",
         "TD", 0x42, 2, 1},
        /* Others are passed over, before and after. */
        {HEADED "08" TIME "10"
                "0D24010100034203012503"
                "010203"
                "9000",
         "退", 0x42, 3, 1},
        /* Counts that make no sense; an element of another length. */
        {HEADED "08" TIME "08"
                "0500034200019000",
         "退", -1, 1, 1},
        {HEADED "08" TIME "08"
                "0500034202039000",
         "退", -1, 1, 1},
        {HEADED "08" TIME "08"
                "0500034202009000",
         "退", -1, 1, 1},
        {HEADED "08" TIME "07"
                "04000242029000",
         "退", -1, 1, 1},
        /* An empty header, and nothing behind the header. */
        {HEADED "08" TIME "03"
                "009000",
         "退", -1, 1, 1},
        {HEADED "08" TIME "06"
                "050003420201",
         "", 0x42, 2, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inbound inbound;

        read_ok(cases[i].digits, &inbound);
        assert_string_equal(inbound.text, cases[i].text);
        assert_int_equal(inbound.reference, cases[i].reference);
        assert_int_equal(inbound.total, cases[i].total);
        assert_int_equal(inbound.seq, cases[i].seq);
    }
}

/* The longest there is. */
static void test_longest(void **state)
{
    BUFFER_FREE_LATER struct buffer digits = BUFFER_NULL;
    struct inbound inbound;

    (void)state;
    buffer_add_text(&digits, HEAD "00" TIME "A0");
    for (int i = 0; i < 140; i++)
        buffer_add_text(&digits, i % 7 == 6 ? "20" : "10"); /* all are Δ or _ or like them */
    read_ok(buffer_text(&digits), &inbound);
    assert_int_equal(utf8_columns(inbound.text), 160);
    buffer_clear(&digits);
    buffer_add_text(&digits, HEAD "08" TIME "8C");
    for (int i = 0; i < 70; i++)
        buffer_add_text(&digits, "9000");
    read_ok(buffer_text(&digits), &inbound);
    assert_int_equal(strlen(inbound.text), 210);
}

/* Cut short at every place it is refused. */
static void test_cut(void **state)
{
    static const char *const whole[] = {HEAD "00" TIME "025422",
                                        HEADED "08" TIME "0A05000342030290008BA2",
                                        HEADED "00" TIME "0A060804123402025422"};
    struct inbound inbound;

    (void)state;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        read_ok(whole[i], &inbound);
        for (size_t length = 0; length < strlen(whole[i]); length++)
            if (deliver_parse(whole[i], length, &inbound) != DELIVER_BROKEN)
                fail_msg("taken at %zu digits: %s", length, whole[i]);
    }
}

static void test_bad(void **state)
{
    static const struct {
        const char *digits;
        int error;
    } cases[] = {
        {"0011000B813108000000F20000FF025422", DELIVER_OTHER},       /* one that we sent */
        {"0006010D91683108000000F1" TIME TIME "00", DELIVER_OTHER},  /* a report */
        {"+CMGR: 1,\"TD\"", DELIVER_BROKEN},                         /* text mode */
        {"0004158131080000000000000000000000" TIME, DELIVER_BROKEN}, /* 21 digits of a sender */
        {HEAD "00" TIME "A1", DELIVER_BROKEN},                       /* 161 septets */
        {HEAD "08" TIME "8D", DELIVER_BROKEN},                       /* 141 octets */
        {HEADED "08" TIME "00", DELIVER_BROKEN},                     /* no header */
        {HEADED "08" TIME "020200", DELIVER_BROKEN},                 /* beyond the text */
        {HEADED "08" TIME "0606000342020190", DELIVER_BROKEN},
        {HEADED "08" TIME "0805000442020190009000", DELIVER_BROKEN}, /* an element beyond it */
        {HEADED "08" TIME "030100009000", DELIVER_BROKEN},           /* half an element */
        {"FF04", DELIVER_BROKEN},                                    /* a centre beyond it */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct inbound inbound;
        int error = deliver_parse(cases[i].digits, strlen(cases[i].digits), &inbound);

        if (error != cases[i].error)
            fail_msg("%d instead of %d: %s", error, cases[i].error, cases[i].digits);
    }
}

/* The alphabet is the one that the model counts in. */
static void test_alphabet(void **state)
{
    (void)state;
    for (unsigned septet = 0; septet < 128; septet++) {
        const uint8_t alone[] = {(uint8_t)septet, 0};
        const uint8_t extended[] = {(uint8_t)(0x1B | septet << 7), (uint8_t)(septet >> 1)};
        BUFFER_FREE_LATER struct buffer one = BUFFER_NULL, two = BUFFER_NULL;
        size_t at = 0;

        septets_decode(&one, alone, 0, 1);
        assert_int_equal(sms_text_septets(utf8_next(one.data, one.length, &at)), 1);
        at = 0;
        septets_decode(&two, extended, 0, 2);
        if (strcmp(one.data, two.data) != 0 && septet != 0x1B)
            assert_int_equal(sms_text_septets(utf8_next(two.data, two.length, &at)), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_senders),
        cmocka_unit_test(test_headers),  cmocka_unit_test(test_longest),
        cmocka_unit_test(test_cut),      cmocka_unit_test(test_bad),
        cmocka_unit_test(test_alphabet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
