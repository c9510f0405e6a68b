/* test_lang_catalog: .mo files, good and damaged. Runs: any. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/catalog.h"

#define MAGIC UINT32_C(0x950412de)

struct pair {
    const char *original, *translation;
    size_t more; /* bytes of the original behind its end: those of a plural */
};

static const struct pair pairs[] = {
    {"", "Content-Type: text/plain; charset=UTF-8\n", 0},
    {"%d of %s", "%2$s 中的 %1$d", 0},
    {"%s is wrong", "%d 有误", 0},
    {"bytes", "\xff\xfe", 0},
    {"hello", "你好", 0},
    {"many", "许多", 4},
    {"nothing", "", 0},
};

#define PAIRS (sizeof pairs / sizeof *pairs)

static void add_word(struct buffer *out, uint32_t word, bool swapped)
{
    if (swapped)
        word = __builtin_bswap32(word);
    buffer_add(out, &word, sizeof word);
}

static void write_catalog(struct buffer *out, bool swapped)
{
    BUFFER_FREE_LATER struct buffer texts = BUFFER_NULL;
    const uint32_t table = 28, start = table + 16 * PAIRS;
    const uint32_t header[] = {MAGIC, 0, PAIRS, table, table + 8 * PAIRS, 0, start};

    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        add_word(out, header[i], swapped);
    for (size_t column = 0; column < 2; column++)
        for (size_t i = 0; i < PAIRS; i++) {
            const char *text = column ? pairs[i].translation : pairs[i].original;
            size_t more = column ? 0 : pairs[i].more, length = strlen(text);

            add_word(out, (uint32_t)(length + more + !!more), swapped);
            add_word(out, start + (uint32_t)texts.length, swapped);
            buffer_add(&texts, text, length + 1);
            if (more)
                buffer_add(&texts, &"pppppp"[6 - more], more + 1);
        }
    buffer_add(out, texts.data, texts.length);
}

static void a_catalog_is_read(void **state)
{
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
        struct catalog *catalog;

        write_catalog(&bytes, swapped);
        assert_int_equal(catalog_parse(&catalog, bytes.data, bytes.length), CATALOG_FINE);
        assert_string_equal(catalog_find(catalog, "hello"), "你好");
        assert_string_equal(catalog_find(catalog, "%d of %s"), "%2$s 中的 %1$d");
        assert_null(catalog_find(catalog, ""));
        assert_null(catalog_find(catalog, "nothing"));
        assert_null(catalog_find(catalog, "many"));
        assert_null(catalog_find(catalog, "bytes"));
        assert_null(catalog_find(catalog, "%s is wrong"));
        assert_null(catalog_find(catalog, "hell"));
        assert_int_equal(catalog_refused(catalog), 3);
        catalog_free(catalog);
    }
}

/* A file that was cut off is none; one with a wrong word is none, or is read within its bounds. */
static void damage_is_found(void **state)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    struct catalog *catalog;

    (void)state;
    write_catalog(&bytes, false);
    for (size_t length = 0; length < bytes.length; length++) {
        assert_int_equal(catalog_parse(&catalog, bytes.data, length), CATALOG_MALFORMED);
        assert_null(catalog);
    }
    for (size_t at = 0; at + 4 <= 28 + 16 * PAIRS; at += 4) {
        static const uint32_t words[] = {UINT32_MAX, UINT32_MAX - 7, 0x7fffffff, 1u << 16, 0};

        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            uint32_t before;

            memcpy(&before, bytes.data + at, 4);
            memcpy(bytes.data + at, &words[i], 4);
            if (catalog_parse(&catalog, bytes.data, bytes.length) == CATALOG_FINE)
                catalog_find(catalog, "hello");
            else
                assert_null(catalog);
            catalog_free(catalog);
            memcpy(bytes.data + at, &before, 4);
        }
    }
}

static void no_file_is_told(void **state)
{
    struct catalog *catalog;

    (void)state;
    assert_int_equal(catalog_read(&catalog, "/nonexistent/lawcast.mo"), -ENOENT);
    assert_null(catalog);
    assert_int_equal(catalog_read(&catalog, "/proc/self/status"), CATALOG_MALFORMED);
    assert_null(catalog);
    catalog_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_catalog_is_read),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(no_file_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
