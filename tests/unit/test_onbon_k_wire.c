/* test_onbon_k_wire: frames of BX-5K and BX-6K cards against the vendor's own, and what is in them.
 * Runs: any. */
#include "tests/unit/onbon_k_kit.h"

#define A5x8 "A5A5A5A5A5A5A5A5"

#define SEEN_MS INT64_C(1793406605000) /* 2026-10-31 08:30:05 in Shanghai */

/* As they stand in the document "BX-5K/6K protocol, user version" 1.4; the answers have nine A5. */
static const struct {
    const char *what, *frame, *begins; /* the data's first bytes */
    size_t length;
} vectors[] = {
    {"ack", A5x8 "A5 0080FEFF000000000000FE020500 A000000000 14AC 5A", "A000", 5},
    {"nack", A5x8 "A5 0080FEFF000000000000FE020500 A001050000 0551 5A", "A00105", 5},
    {"ping", A5x8 "01000080000000000000FE020500 A200010000 68F8 5A", "A200", 5},
    {"format", A5x8 "01000080000000000000FE020500 A100010000 2CF8 5A", "A100", 5},
    {"lock", A5x8 "01000080000000000000FE020B00 A3040100000001 50303030 C240 5A", "A304", 11},
    {"unlock", A5x8 "01000080000000000000FE020B00 A3040100000000 50303030 FF80 5A", "A304", 11},
    {"set time", A5x8 "01000080000000000000FE020D00 A203010800 1320012511172605 B03F 5A", "A203",
     13},
    {"start file", A5x8 "FEFF0080000000000000FE020E00 A10501000001503030304700 0000 4814 5A",
     "A105", 14},
    {"dynamic area",
     A5x8 "FEFF0080000000000000FE022C00 A306010000000123000000800000808020000000000A00000000"
          "020101 00020A08000000 BBB6D3ADB9E2C1D9 3C49 5A",
     "A306", 44},
    {"write file",
     A5x8 "FEFF0080000000000000FE025900 A106010000503030300100004700000000000050303030"
          "47000000FF000001FFFFFFFFFFFFFFFF010000012C000000000080000080802000FF0000000000000002"
          "0202000A0A0D000000BBB6D3ADB9E2C1D94F6E626F6E0F18 ECF0 5A",
     "A106", 89},
    {"write a file of two areas",
     A5x8 "0100008000000000000063027700 A106010000503030300100006500000000000050303030"
          "65000000FF000001FFFFFFFFFFFFFFFF0100000227000000000080000080801000FF0000000000000002"
          "0203000A0A08000000BBB6D3ADB9E2C1D923000000000080100080801000FF0000000000000002020300"
          "0A0A04000000313233348AEC F74C 5A",
     "A106", 119},
    {"write a file whose length is escaped",
     A5x8 "01000080000000000000FE025B0100 A106010000503030300100004900000000000050303030"
          "49000000FF000001FFFF0124142001 24FF000001 2A0000000018000000080040 00FF0000000000000"
          "00202010000 0A0F000000 7777772E6F6E626F6E62782E636F6D 524D 0711 5A",
     "A106", 91},
};

static void test_the_vendors_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL, data BUFFER_FREE_LATER = BUFFER_NULL;
        struct buffer begins BUFFER_FREE_LATER = BUFFER_NULL;
        const char *why = NULL;

        k_bytes(vectors[i].frame, &frame);
        k_bytes(vectors[i].begins, &begins);
        assert_int_equal(onbon_k_whole(frame.data, frame.length), frame.length);
        assert_int_equal(onbon_k_whole(frame.data, frame.length - 1), 0);
        if (onbon_k_open(frame.data, frame.length, &data, &why))
            fail_msg("%s: %s", vectors[i].what, why);
        assert_int_equal(data.length, vectors[i].length);
        assert_memory_equal(data.data, begins.data, begins.length);
    }
}

/* Any damage of a byte is found. */
static void test_damaged_frames(void **state)
{
    struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL, data BUFFER_FREE_LATER = BUFFER_NULL;

    (void)state;
    k_bytes(vectors[8].frame, &frame);
    for (size_t i = 8; i < frame.length; i++) {
        const char *why = NULL;

        frame.data[i] ^= 0x10;
        assert_int_equal(onbon_k_open(frame.data, frame.length, &data, &why), 1);
        assert_non_null(why);
        assert_int_equal(data.length, 0);
        frame.data[i] ^= 0x10;
    }
}

static void test_no_frames(void **state)
{
    static const char *const cases[] = {
        "5A",       "A55A",   "015A",     "A5A65A",
        "A5A6035A", "A55B5A", "A501A55A", A5x8 "0100008000000000000000FE02055A"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL, data BUFFER_FREE_LATER = BUFFER_NULL;
        const char *why = NULL;

        k_bytes(cases[i], &frame);
        assert_int_equal(onbon_k_open(frame.data, frame.length, &data, &why), 1);
    }
}

static void test_checksum(void **state)
{
    (void)state;
    assert_int_equal(onbon_k_crc("123456789", 9), 0xBB3D); /* the check value of CRC-16/ARC */
    assert_int_equal(onbon_k_crc("", 0), 0);
}

static void test_writing(void **state)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL, frame BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct onbon_k_area area = {.width = 128,
                                .height = 32,
                                .run = ONBON_K_LOOP,
                                .timeout_s = 10,
                                .lines = true,
                                .show = ONBON_K_STILL,
                                .speed = 2,
                                .stay = 10,
                                .text = &text};

    (void)state;
    k_bytes("BBB6D3ADB9E2C1D9", &text);
    onbon_k_update(&data, &area);
    onbon_k_frame(&frame, 0xFFFE, false, &data);
    assert_bytes(&frame, vectors[8].frame);
    buffer_clear(&data);
    onbon_k_delete(&data, 3);
    assert_bytes(&data, "A306010000 01 03 00");
    buffer_clear(&data);
    onbon_k_ask_status(&data);
    assert_bytes(&data, "A102010000");
    buffer_clear(&data);
    buffer_clear(&frame);
    k_bytes("A5A65A5B", &data); /* what has to be escaped */
    onbon_k_frame(&frame, 0x5AA5, true, &data);
    assert_memory_equal(frame.data + 8, "\xA6\x02\x5B\x02\x00\x80", 6);
    assert_non_null(memmem(frame.data, frame.length, "\xA6\x02\xA6\x01\x5B\x02\x5B\x01", 8));
    assert_int_equal(frame.data[19], 1); /* over the programs */
}

static void test_texts(void **state)
{
    static const struct {
        struct onbon_k_look look;
        const char *text, *bytes;
    } cases[] = {
        {{16, "#ff0000"}, "欢迎光临", "\\FO000\\FE000\\C1\xBB\xB6\xD3\xAD\xB9\xE2\xC1\xD9"},
        {{24, "#00ff00"},
         "a",
         "\\FO001\\FE001\\C2"
         "a"},
        {{48, "#ffff00"},
         "a",
         "\\FO002\\FE002\\C3"
         "a"},
        {{8, "#ffffff"},
         "a",
         "\\FO000\\FE000\\C7"
         "a"},
        {{16, "#000000"},
         "a",
         "\\FO000\\FE000\\C1"
         "a"},
        {{16, NULL},
         "a\\C2\nb",
         "\\FO000\\FE000\\C1"
         "a\xA3\xDC"
         "C2 b"}, /* no code of theirs */
    };
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;

        assert_int_equal(onbon_k_text(&out, &cases[i].look, cases[i].text, &bad), 0);
        assert_string_equal(buffer_text(&out), cases[i].bytes);
    }
    struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;
    assert_int_equal(onbon_k_text(&out, &cases[0].look, "宪法𠮷", &bad), 1);
    assert_int_equal(bad, 6);
    assert_int_equal(out.length, 0);
}

static int k_status(const char *hex, struct onbon_k_status *status)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
    struct onbon_k_answer answer;

    k_bytes(hex, &data);
    assert_int_equal(onbon_k_answer(&data, &answer), 0);
    return onbon_k_status(&answer, status);
}

static void test_status(void **state)
{
    static const struct {
        const char *data;
        int rc, n_areas;
        bool on;
        int64_t clock_ms;
    } cases[] = {
        {HEAD TIME FILE_ "0000"
                         "00" TAIL,
         0, 0, true, SEEN_MS},
        {HEAD TIME FILE_ "0105"
                         "020004" TAIL,
         0, 2, true, SEEN_MS},
        {HEAD TIME FILE_ "00" TAIL, 0, 0, true, SEEN_MS}, /* a BX-5K1 */
        {HEAD TIME FILE_ "020004" TAIL, 0, 2, true, SEEN_MS},
        {HEAD "2026103106083005" FILE_ "00" TAIL, 0, 0, true, SEEN_MS},
        {"A102000000 020F" TIME FILE_ "00" TAIL, 0, 0, false, SEEN_MS},
        {HEAD "2620133106083005" FILE_ "00" TAIL, 0, 0, true, 0}, /* a thirteenth month */
        {HEAD "262010310608300A" FILE_ "00" TAIL, 0, 0, true, 0}, /* no digit */
        {HEAD "9919103106083005" FILE_ "00" TAIL, 0, 0, true, 0}, /* another century */
        {HEAD TIME FILE_ "0000"
                         "03"
                         "00" TAIL,
         1, 0, false, 0}, /* an id is missing */
        {HEAD TIME FILE_ "00", 1, 0, false, 0},
        {"A102000000 030F" TIME FILE_ "00" TAIL, 1, 0, false, 0},
        {"A102030000 010F" TIME FILE_ "00" TAIL, 1, 0, false, 0},
        {"A103000000 010F" TIME FILE_ "00" TAIL, 1, 0, false, 0},
        {"A102000000", 1, 0, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct onbon_k_status status;
        int n = 0;

        assert_int_equal(k_status(cases[i].data, &status), cases[i].rc);
        if (cases[i].rc)
            continue;
        for (int id = 0; id < ONBON_K_AREAS; id++)
            n += status.areas[id];
        assert_int_equal(n, cases[i].n_areas);
        assert_int_equal(n == 2, status.areas[0] && status.areas[4]);
        assert_int_equal(status.on, cases[i].on);
        assert_int_equal(status.clock_ms, cases[i].clock_ms);
        assert_string_equal(status.program, "P000");
    }
}

static void test_errors(void **state)
{
    (void)state;
    for (int error = -1; error < 256; error++) {
        bool lasts = error == 1 || error == 2 || error == 12 || error == 13;

        assert_int_equal(onbon_k_error_outcome(error), lasts ? OUTCOME_REJECTED : OUTCOME_DEFERRED);
        assert_int_equal(onbon_k_error_name(error) != NULL, error >= 0 && error <= 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_vendors_frames),
        cmocka_unit_test(test_damaged_frames),
        cmocka_unit_test(test_no_frames),
        cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_errors),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
