/* test_campaign_hint: hints that name an answer which counts, and hints that don't. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/config/campaign_hint.h"

static char word_cancel[] = "取消", word_number[] = "0000";
static char *words_of_the_office[] = {word_cancel, word_number};
static const struct option_strings office_words = {words_of_the_office, 2};

static const struct {
    const char *hint;
    bool alone, office; /* without and with the office's words */
} cases[] = {
    {"拒收请回复R", true, true},
    {"拒收请回复Ｒ", true, true},
    {"拒收回复 r。", true, true},
    {"退订回T", true, true},
    {"回TD退订", true, true},
    {"TD退订", true, true},
    {"回复TD、T均可退订", true, true},
    {"不想再收到请回复拒收", true, true},
    {"不想再收到请回“退订”", true, true},
    {"Reply STOP to opt out", true, true},
    {"text stop", true, true},
    {"拒收请回复取消", false, true},
    {"拒收请回取消", false, true},
    {"拒收请回复0000", false, true},
    {"拒收请回复Q", false, false},
    {"拒收请回复QR", false, false},
    {"拒收请回复RX", false, false},
    {"拒收请回复1", false, false},
    {"退订请致电12348", false, false},
    {"拒收请回复", false, false},
    {"回", false, false},
    {"Reply STOPPED", false, false},
    {"", false, false},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (campaign_hint_is_known(cases[i].hint, NULL) != cases[i].alone ||
            campaign_hint_is_known(cases[i].hint, &office_words) != cases[i].office)
            fail_msg("\"%s\"", cases[i].hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
