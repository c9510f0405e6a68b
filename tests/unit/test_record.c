/* test_record: lines of the log: what is written is read, and nothing else is.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/model/record.h"

#define NUMBER INT64_C(8613800000000)

static const struct record_key key = {.bytes = {1, 2, 3, 31}};

static void write_again(const char *line)
{
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer again = BUFFER_NULL;
    struct record record;

    if (record_read(line, strlen(line), &room, &record))
        fail_msg("refused: %s", line);
    record_write(&record, &again);
    assert_string_equal(buffer_text(&again), line);
}

#define TAG "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_lines_that_are_read(void **state)
{
    (void)state;
    write_again("E\t1700000000000\t1\t2\t3\t1\t1\t" TAG "\t0\t1\t2\t0\t0\t0\t" TAG "\t0");
    write_again("E\t1700000000000\t1\t2\t3\t2\t0\t17\t4\t1\t2\t-5\t9223372036854775807\t3\t" TAG
                "\t0");
    write_again("C\t1\t1\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t-\t-");
    write_again("C\t1\t1\t2\t3\t" TAG "\t2\t7\t4\t12\t0\t38\t-\t-\t-\t网络故障 CMS 38");
    write_again("C\t1\t1\t2\t3\t5\t4\t12\t9\t-\t-\t0\t3\t60000\t100:160:60:3:ab12:ab12.png\t-");
    write_again("C\t1\t1\t2\t3\t5\t4\t12\t9\t-\t-\t0\t3\t60000\t100:160:60:3::\t-");
    write_again("F\t5\tunit\t{\"unit\":1,\"code\":\"city\",\"name\":\"市法宣办\"}");
    write_again("F\t5\tclock\t{\"from\":6}");
}

static void test_lines_that_are_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "X\t1",
        "E",
        "E\t1",
        "F\t5\tnothing\t{}",
        "F\t5\tunit",
        "F\t5\tunit\t",
        "F\t5\tunit\t{}\tmore",
        "F\t05\tunit\t{}",
        "F\t+5\tunit\t{}",
        "F\t-0\tunit\t{}",
        "F\t\tunit\t{}",
        "F\t9223372036854775808\tunit\t{}",
        "F\t99999999999999999999999\tunit\t{}",
        "F\t5\tunit\t{}\n",
        "C\t1\t1\t2\t3\tzz\t0\t1\t2\t-\t-\t-\t-\t-\t-\t-",
        "C\t1\t-\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t-\t-",
        "C\t1\t1\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t1:2:3\t-",
        "C\t1\t1\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t1:2:3:4:AB:\t-",
        "C\t1\t1\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t1:2:3:4:ab:x:y\t-",
        "C\t1\t1\t2\t3\t" TAG "\t0\t1\t2\t-\t-\t-\t-\t-\t01:2:3:4::\t-",
        "E\t1\t1\t2\t3\t1\t1\t17\t0\t1\t2\t0\t0\t0\t" TAG "\t0",
        "E\t1\t1\t2\t3\t2\t1\t" TAG "\t0\t1\t2\t0\t0\t0\t" TAG "\t0",
    };
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct record record;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (record_read(lines[i], strlen(lines[i]), &room, &record) != 1)
            fail_msg("read: %s", lines[i]);
    assert_int_equal(record_read("F\t5\tu\0it\t{}", 11, &room, &record), 1);
}

/* A text of a device can't make two fields, or two records, out of one. */
static void test_texts_stay_in_their_field(void **state)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct record record = {.kind = RECORD_CHANGE,
                            .at_ms = 1,
                            .change = {.delivery = 1,
                                       .is_board = true,
                                       .device = RECORD_NONE,
                                       .sim = RECORD_NONE,
                                       .code = RECORD_NONE,
                                       .level = RECORD_NONE,
                                       .shown_ms = RECORD_NONE,
                                       .detail = "a\tb\nc\x7f"}};

    (void)state;
    record_write(&record, &line);
    assert_string_equal(buffer_text(&line), "C\t1\t1\t0\t0\t0\t0\t0\t0\t-\t-\t-\t-\t-\t-\ta b c ");
    write_again(buffer_text(&line));
}

static void test_every_fact_has_a_name(void **state)
{
    (void)state;
    for (int i = 1; i < FACTS; i++) {
        const char *name = record_fact_name((enum record_fact)i);

        assert_non_null(name);
        assert_int_equal(record_fact_find(name, strlen(name)), i);
    }
    assert_null(record_fact_name((enum record_fact)0));
    assert_null(record_fact_name(FACTS));
    assert_int_equal(record_fact_find("unit1", 5), 0);
    assert_int_equal(record_fact_find("uni", 3), 0);
}

/* As the header says, written out with the plain functions. */
static void test_tag_is_its_definition(void **state)
{
    static const char data[] = "number:8613800000000";
    struct digest salt =
        digest_hmac(DIGEST_SHA256, key.bytes, sizeof key.bytes, data, sizeof data - 1);
    BUFFER_FREE_LATER struct buffer salted = BUFFER_NULL;
    struct record_tag tag, own;
    struct digest made;

    (void)state;
    buffer_add(&salted, salt.bytes, salt.n);
    buffer_add(&salted, data, sizeof data - 1);
    made = digest_of(DIGEST_SHA256, salted.data, salted.length);
    record_tag_number(&key, NUMBER, &tag, &own);
    assert_memory_equal(tag.bytes, made.bytes, sizeof tag.bytes);
    assert_memory_equal(own.bytes, salt.bytes, sizeof own.bytes);
}

static void test_only_the_right_one_opens(void **state)
{
    static const struct record_key other = {.bytes = {1, 2, 3, 30}};
    struct record_tag tag, salt, foreign, text;

    (void)state;
    record_tag_number(&key, NUMBER, &tag, &salt);
    assert_true(record_opens_number(&tag, &salt, NUMBER));
    assert_false(record_opens_number(&tag, &salt, NUMBER + 1));
    record_tag_number(&other, NUMBER, &foreign, NULL);
    assert_memory_not_equal(tag.bytes, foreign.bytes, sizeof tag.bytes);
    record_tag_text(&key, "8613800000000", &text, &salt);
    assert_memory_not_equal(tag.bytes, text.bytes, sizeof tag.bytes);
    assert_true(record_opens_text(&text, &salt, "8613800000000"));
    assert_false(record_opens_text(&text, &salt, "8613800000001"));
    assert_false(record_opens_number(&text, &salt, NUMBER));
}

static void test_tag_texts(void **state)
{
    struct record_tag tag, again;
    char text[RECORD_TAG_TEXT];

    (void)state;
    record_tag_number(&key, NUMBER, &tag, NULL);
    record_tag_hex(&tag, text);
    assert_int_equal(strlen(text), 64);
    assert_int_equal(record_tag_parse(text, 64, &again), 0);
    assert_memory_equal(tag.bytes, again.bytes, sizeof tag.bytes);
    assert_int_equal(record_tag_parse(text, 63, &again), 1);
    text[5] = 'G';
    assert_int_equal(record_tag_parse(text, 64, &again), 1);
    text[5] = 'A';
    assert_int_equal(record_tag_parse(text, 64, &again), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_that_are_read),
        cmocka_unit_test(test_lines_that_are_refused),
        cmocka_unit_test(test_texts_stay_in_their_field),
        cmocka_unit_test(test_every_fact_has_a_name),
        cmocka_unit_test(test_tag_is_its_definition),
        cmocka_unit_test(test_only_the_right_one_opens),
        cmocka_unit_test(test_tag_texts),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
