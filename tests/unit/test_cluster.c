/* test_cluster: what is drawn as one stays one, what isn't is parted. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/utf8.h"
#include "gateway/model/cluster.h"

struct sample {
    const char *what;
    int32_t codes[8]; /* ended by 0 */
    size_t clusters;
};

static const struct sample samples[] = {
    {"letters", {'a', 'b', 'c'}, 3},
    {"Han", {0x5BAA, 0x6CD5}, 2},
    {"Han and a mark", {0x5BAA, 0x302A, 0x6CD5}, 2},
    {"accents", {'e', 0x301, 0x302, 'x'}, 2},
    {"an accent without a letter", {0x301, 'x'}, 2},
    {"skin tone", {0x1F44D, 0x1F3FD, 'x'}, 2},
    {"family", {0x1F468, 0x200D, 0x1F469, 0x200D, 0x1F467, 'x'}, 2},
    {"heart in red", {0x2764, 0xFE0F, 0x2764}, 2},
    {"rainbow flag", {0x1F3F3, 0xFE0F, 0x200D, 0x1F308, 'x'}, 2},
    {"keycap", {'1', 0xFE0F, 0x20E3, '2'}, 2},
    {"one flag", {0x1F1E8, 0x1F1F3}, 1},
    {"two flags", {0x1F1E8, 0x1F1F3, 0x1F1E8, 0x1F1F3}, 2},
    {"a flag and a half", {0x1F1E8, 0x1F1F3, 0x1F1E8}, 2},
    {"half a flag and a letter", {0x1F1E8, 'x', 0x1F1F3}, 3},
    {"joiner before a flag", {'a', 0x200D, 0x1F1E8, 0x1F1F3, 'x'}, 2},
    {"flag with tags", {0x1F3F4, 0xE0067, 0xE0062, 0xE007F, 'x'}, 2},
    {"variant of an ideograph", {0x845B, 0xE0100, 0x57CE}, 2},
    {"Tibetan", {0x0F66, 0x0F90, 0x0F74, 0x0F0B}, 2},
    {"Mongolian", {0x182D, 0x180B, 0x182E}, 2},
    {"Uyghur", {0x0626, 0x06C7, 0x064A}, 3},
    {"joiner at the end", {'a', 0x200D}, 1},
};

static size_t put(const int32_t *codes, char *text)
{
    size_t n = 0;

    for (; *codes; codes++)
        n += utf8_put(*codes, text + n);
    return n;
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char text[64];
        size_t length = put(samples[i].codes, text), clusters = 0;

        for (size_t at = 0; at < length; at = cluster_end(text, length, at))
            clusters++;
        if (clusters != samples[i].clusters)
            fail_msg("%s: %zu clusters", samples[i].what, clusters);
    }
}

static void test_bad_bytes_stand_alone(void **state)
{
    static const char text[] = "e\xCC\x81\xFF\xCC\x81\xE4";

    (void)state;
    assert_int_equal(cluster_end(text, 7, 0), 3);
    assert_int_equal(cluster_end(text, 7, 3), 4);
    assert_int_equal(cluster_end(text, 7, 4), 6);
    assert_int_equal(cluster_end(text, 7, 6), 7);
}

static const struct {
    int32_t code;
    bool extends;
} borders[] = {
    {-1, false},      {0, false},       {0x2FF, false},  {0x300, true},    {0x36F, true},
    {0x370, false},   {0x200B, false},  {0x200C, true},  {0x200D, true},   {0x200E, false},
    {0x20CF, false},  {0x20E3, true},   {0x3029, false}, {0x302A, true},   {0x3099, true},
    {0x33FF, false},  {0x4E00, false},  {0xA66F, true},  {0xFDFF, false},  {0xFE0F, true},
    {0xFE10, false},  {0x1F3FA, false}, {0x1F3FB, true}, {0x1F3FF, true},  {0x1F400, false},
    {0xE001F, false}, {0xE0020, true},  {0xE01EF, true}, {0xE01F0, false}, {0x10FFFF, false},
};

static void test_borders_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++)
        if (cluster_extends(borders[i].code) != borders[i].extends)
            fail_msg("U+%04X", (unsigned)borders[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_bad_bytes_stand_alone),
        cmocka_unit_test(test_borders_of_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
