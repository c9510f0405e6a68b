/* test_sim_pdu: the simulator's reading of SUBMITs and writing of reports.
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
#include "gateway/base/utf8.h"
#include "tests/sim/gsm7.h"
#include "tests/sim/pdu.h"

/* Hexadecimal to bytes; spaces are for the eye. */
static size_t bytes_of(const char *hex, uint8_t *out)
{
    BUFFER_FREE_LATER struct buffer digits = BUFFER_NULL, bytes = BUFFER_NULL;

    for (; *hex; hex++)
        if (*hex != ' ')
            buffer_add_char(&digits, *hex);
    assert_int_equal(hex_decode(&bytes, buffer_text(&digits), digits.length), 0);
    memcpy(out, buffer_text(&bytes), bytes.length);
    return bytes.length;
}

static int read_hex(const char *hex, struct pdu_submit *out)
{
    uint8_t bytes[512];
    size_t length = bytes_of(hex, bytes);

    return pdu_read_submit(bytes, length, length - 1 - bytes[0], out);
}

static const struct {
    const char *hex, *number, *text;
    enum pdu_alphabet alphabet;
    unsigned concat, part, parts;
    int32_t validity_min;
    bool international, want_report;
    int vp;
} good[] = {
    /* as libgammu 1.42 writes it */
    {"0891683108100005F0 31 00 0D91683108000000F1 00 08 FF 14 "
     "3010516D5B895E026CD55BA3529E30115BAA6CD5",
     "8613800000001", "【六安市法宣办】宪法", PDU_UCS2, 0, 1, 1, 635040, true, true, 255},
    {"00 01 00 0B813108000000F1 00 00 0A E8329BFD4697D9EC37", "13800000001", "hellohello", PDU_GSM7,
     0, 1, 1, 0, false, false, PDU_NO_VP},
    /* 8-bit reference: 7 septets of header and fill, then "A" */
    {"00 51 00 0B813108000000F1 00 00 00 08 0500032A0302 82", "13800000001", "A", PDU_GSM7, 42, 2,
     3, 5, false, false, 0},
    /* 16-bit reference, UCS-2, a surrogate pair */
    {"00 51 00 0B813108000000F1 00 08 A7 0B 06080412340201 D83DDE00", "13800000001",
     "\xF0\x9F\x98\x80", PDU_UCS2, 0x1234, 1, 2, 1440, false, false, 167},
    /* an element that isn't concatenation is passed over; flash class; escaped euro sign */
    {"00 41 00 0B813108000000F1 00 10 0A 06050415810000 9B32", "13800000001", "\xE2\x82\xAC",
     PDU_GSM7, 0, 1, 1, 0, false, false, PDU_NO_VP},
    {"00 11 00 01 81 F5 00 F0 A8 00", "5", "", PDU_GSM7, 0, 1, 1, 2880, false, false, 168},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct pdu_submit submit;
        int rc = read_hex(good[i].hex, &submit);

        if (rc)
            fail_msg("%s: %s", good[i].hex, pdu_error_name(rc));
        assert_string_equal(submit.number, good[i].number);
        assert_string_equal(submit.text, good[i].text);
        assert_int_equal(submit.alphabet, good[i].alphabet);
        assert_int_equal(submit.concat, good[i].concat);
        assert_int_equal(submit.part, good[i].part);
        assert_int_equal(submit.parts, good[i].parts);
        assert_int_equal(submit.validity_min, good[i].validity_min);
        assert_int_equal(submit.vp, good[i].vp);
        assert_int_equal(submit.international, good[i].international);
        assert_int_equal(submit.want_report, good[i].want_report);
    }
}

static const struct {
    const char *hex;
    int error;
} bad[] = {
    {"00 01", PDU_LENGTH},
    {"00 02 00 0B813108000000F1 00 00 01 41", PDU_KIND},
    {"00 01 00 00 81 00 00 01 41", PDU_ADDRESS},
    {"00 01 00 15 81 3108000000F131080000F1 00 00 01 41", PDU_ADDRESS},
    {"00 01 00 0B 01 3108000000F1 00 00 01 41", PDU_ADDRESS}, /* no type of address */
    {"00 01 00 0B D1 3108000000F1 00 00 01 41", PDU_ADDRESS}, /* letters */
    {"00 01 00 0B 81 310800000011 00 00 01 41", PDU_ADDRESS}, /* no filler */
    {"00 01 00 0B 81 3108000A00F1 00 00 01 41", PDU_ADDRESS}, /* * */
    {"00 01 00 0B813108000000F1 40 00 01 41", PDU_CODING},    /* TP-PID */
    {"00 01 00 0B813108000000F1 00 04 01 41", PDU_CODING},    /* 8-bit */
    {"00 01 00 0B813108000000F1 00 20 01 41", PDU_CODING},    /* compressed */
    {"00 01 00 0B813108000000F1 00 F4 01 41", PDU_CODING},
    {"00 09 00 0B813108000000F1 00 00 01 01 41", PDU_VALIDITY}, /* enhanced */
    {"00 01 00 0B813108000000F1 00 00 02 41", PDU_LENGTH},
    {"00 01 00 0B813108000000F1 00 00 01 4141", PDU_LENGTH},
    {"00 01 00 0B813108000000F1 00 08 03 4E0041", PDU_LENGTH},       /* half a unit */
    {"00 41 00 0B813108000000F1 00 08 06 0500032A0300", PDU_HEADER}, /* part 0 */
    {"00 41 00 0B813108000000F1 00 08 06 0500032A0304", PDU_HEADER}, /* 4 of 3 */
    {"00 41 00 0B813108000000F1 00 08 06 0500042A0301", PDU_HEADER},
    {"00 41 00 0B813108000000F1 00 08 02 054E", PDU_HEADER},
    {"00 41 00 0B813108000000F1 00 08 00", PDU_HEADER},
    {"00 01 00 0B813108000000F1 00 00 01 1B", PDU_TEXT},   /* half an escape */
    {"00 01 00 0B813108000000F1 00 08 02 D83D", PDU_TEXT}, /* half a pair */
    {"00 01 00 0B813108000000F1 00 08 02 DE00", PDU_TEXT},
    {"00 01 00 0B813108000000F1 00 08 04 D83D4E00", PDU_TEXT},
    {"00 01 00 0B813108000000F1 00 08 02 0000", PDU_TEXT},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pdu_submit submit;
        int rc = read_hex(bad[i].hex, &submit);

        if (rc != bad[i].error)
            fail_msg("%s: %s, not %s", bad[i].hex, pdu_error_name(rc),
                     pdu_error_name(bad[i].error));
    }
}

/* Every way of cutting or announcing a good PDU wrongly is refused. */
static void test_lengths(void **state)
{
    uint8_t bytes[64];
    size_t length = bytes_of("00 51 00 0B813108000000F1 00 00 00 08 0500032A0302 82", bytes);
    struct pdu_submit submit;

    (void)state;
    assert_int_equal(pdu_read_submit(bytes, length, length - 1, &submit), PDU_OK);
    for (size_t cut = 0; cut < length; cut++)
        assert_int_not_equal(pdu_read_submit(bytes, cut, cut ? cut - 1 : 0, &submit), PDU_OK);
    assert_int_equal(pdu_read_submit(bytes, length, length, &submit), PDU_LENGTH);
    assert_int_equal(pdu_read_submit(bytes, length, length - 2, &submit), PDU_LENGTH);
}

/* Packs septets by the book (TS 23.038 6.1.2.1): the inverse that the simulator itself doesn't
 * need. */
static size_t pack(const uint8_t *septets, size_t n, uint8_t *out)
{
    memset(out, 0, 160);
    for (size_t i = 0; i < n * 7; i++)
        if (septets[i / 7] >> (i % 7) & 1)
            out[i / 8] = (uint8_t)(out[i / 8] | 1u << (i % 8));
    return (n * 7 + 7) / 8;
}

static void test_round_trip_gsm7(void **state)
{
    uint8_t septets[160], pdu[200];
    char text[PDU_TEXT_MAX + 1];

    (void)state;
    for (unsigned seed = 1; seed < 200; seed++) {
        size_t head = bytes_of("00 01 00 0B813108000000F1 00 00", pdu);
        size_t n = 0, want = seed % 160, length;
        struct pdu_submit submit;
        char *end = text;

        srand(seed);
        while (n < want) {
            unsigned septet = (unsigned)rand() % 128;

            if (septet == GSM7_ESCAPE && n + 1 < want) {
                septets[n++] = GSM7_ESCAPE;
                septets[n++] = 0x65;
                end += utf8_put(0x20AC, end);
            } else if (septet != GSM7_ESCAPE) {
                septets[n++] = (uint8_t)septet;
                end += utf8_put(gsm7_char(septet), end);
            }
        }
        *end = '\0';
        pdu[head++] = (uint8_t)n;
        length = head + pack(septets, n, pdu + head);
        assert_int_equal(pdu_read_submit(pdu, length, length - 1, &submit), PDU_OK);
        assert_string_equal(submit.text, text);
    }
}

/* The whole table at once: its 127 characters in the order of the standard. */
static void test_alphabet(void **state)
{
    static const char wanted[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ "
                                 "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    char text[400], *end = text;

    (void)state;
    for (unsigned septet = 0; septet < 128; septet++)
        if (septet != GSM7_ESCAPE)
            end += utf8_put(gsm7_char(septet), end);
    *end = '\0';
    assert_string_equal(text, wanted);
    assert_int_equal(gsm7_extension('A'), -1);
}

static void assert_bytes(const struct pdu_bytes *pdu, const char *hex)
{
    uint8_t bytes[PDU_BYTES_MAX];
    size_t length = bytes_of(hex, bytes);

    assert_int_equal(pdu->length, length);
    assert_memory_equal(pdu->bytes, bytes, length);
    assert_int_equal(pdu->tpdu, length - 9);
}

static void test_report(void **state)
{
    /* 2026-10-31 08:30:00 in Shanghai, reported 65 s later */
    struct pdu_report report = {"8613800000001", true, 17, 0x45, 1793406600000, 1793406665000};
    struct pdu_bytes pdu;

    (void)state;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    pdu_write_report(&report, &pdu);
    assert_bytes(&pdu,
                 "0891683108100005F0 06 11 0D91683108000000F1 62011380030023 62011380135023 45");
    setenv("TZ", "America/St_Johns", 1); /* 2 h 30 min behind UTC in October: -10 quarters */
    tzset();
    report.number = "10086";
    report.international = false;
    pdu_write_report(&report, &pdu);
    assert_bytes(&pdu, "0891683108100005F0 06 11 05810180F6 62010322000009 62010322105009 45");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),     cmocka_unit_test(test_bad),
        cmocka_unit_test(test_lengths),  cmocka_unit_test(test_round_trip_gsm7),
        cmocka_unit_test(test_alphabet), cmocka_unit_test(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
