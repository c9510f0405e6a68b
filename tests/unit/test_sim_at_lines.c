/* test_sim_at_lines: the simulator's modems while a message is handed over, and with noise on the
 * line.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/sim/at.h"
#include "tests/unit/sim_phone.h"

/* One message up to the end of its PDU. */
static void phone_send(struct phone *phone)
{
    phone_ask(phone, "AT+CMGS=1");
    phone_type(phone, "0000\x1a");
    buffer_clear(at_output(phone->at));
}

static void test_answers(void **state)
{
    const struct at_refusal cms = {AT_ERROR_CMS, 513}, cme = {AT_ERROR_CME, 515},
                            plain = {AT_ERROR_PLAIN, 0};
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    phone_send(&phone);
    assert_true(at_is_busy(phone.at));
    at_answer(phone.at, 7, 1);
    assert_string_equal(phone_heard(&phone), "\r\n+CMGS: 7\r\n\r\nOK\r\n");
    phone_send(&phone);
    at_answer(phone.at, 8, 2);
    assert_string_equal(phone_heard(&phone), "\r\n+CMGS: 8\r\n\r\n+CMGS: 8\r\n\r\nOK\r\n");
    phone_send(&phone);
    at_refuse(phone.at, &cms);
    assert_string_equal(phone_heard(&phone), "\r\n+CMS ERROR: 513\r\n");
    phone_send(&phone);
    at_refuse(phone.at, &cme);
    assert_string_equal(phone_heard(&phone), "\r\n+CME ERROR: 515\r\n");
    phone_send(&phone);
    at_refuse(phone.at, &plain);
    assert_string_equal(phone_heard(&phone), "\r\nERROR\r\n");
    phone_send(&phone);
    phone_type(&phone, "AT\r"); /* held until the answer is out */
    assert_string_equal(phone_heard(&phone), "");
    at_cut(phone.at);
    assert_string_equal(phone_heard(&phone), "\r\n+CMAT\r\r\nOK\r\n");
    assert_int_equal(phone.submitted, 6);
    phone_close(&phone);
}

static void test_prompt(void **state)
{
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    at_withhold_prompt(phone.at);
    phone_expect(&phone, "AT+CMGS=1", "");
    phone_expect(&phone, "AT", OK);
    phone_expect(&phone, "AT+CMGS=1", "\r\n> ");
    phone_type(&phone, "00zz\x1a");
    assert_int_equal(phone.garbage, 1);
    phone_expect(&phone, "AT+CMGF=1", OK);
    phone_expect(&phone, "AT+CMGS=1", "\r\n+CMS ERROR: 302\r\n");
    phone_close(&phone);
}

/* The line that is muttered next, and what follows it. */
static char *mutter_print(const struct family *family, unsigned *muttered, const char *line)
{
    unsigned n = 0;

    while (family->mutter[n])
        n++;
    return mem_printf("\r\n%s\r\n\r\n%s\r\n", family->mutter[(*muttered)++ % n], line);
}

static void mutter_expect(struct phone *phone, const struct family *family, unsigned *muttered)
{
    MEM_FREE_LATER char *prompt = mem_printf("\r\n> \r\n%s\r\n", family->mutter[*muttered]);
    MEM_FREE_LATER char *sent = NULL, *fine = NULL, *value = NULL, *end = NULL, *all = NULL;

    *muttered += 1;
    phone_expect(phone, "AT+CMGS=1", prompt);
    buffer_clear(at_output(phone->at));
    phone_type(phone, "0000\x1a");
    at_answer(phone->at, 1, 1);
    sent = mutter_print(family, muttered, "+CMGS: 1");
    fine = mutter_print(family, muttered, "OK");
    all = mem_printf("0000%s%s", sent, fine);
    assert_string_equal(phone_heard(phone), all);
    value = mutter_print(family, muttered, "+CMEE: 0");
    end = mutter_print(family, muttered, "OK");
    free(all);
    all = mem_printf("%s%s", value, end);
    phone_expect(phone, "AT+CMEE?", all);
}

/* A line comes wherever it hurts: after the prompt, and before every line of an answer. */
static void test_mutter(void **state)
{
    (void)state;
    for (unsigned i = 0; family_name(i); i++) {
        const struct family *family = family_find(family_name(i));
        unsigned muttered = 0;
        struct phone phone;

        phone_open(&phone, family->name, "");
        at_set_mutter(phone.at, true);
        mutter_expect(&phone, family, &muttered);
        phone_close(&phone);
    }
}

/* Lines that are too long, noise with NULs before a command, keys that correct. */
static void test_noise(void **state)
{
    static const char noisy[] = "\xfe\0\xff"
                                "AT\r";
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    phone_expect(&phone, "ATE0", OK);
    buffer_clear(at_output(phone.at));
    at_feed(phone.at, noisy, sizeof noisy - 1);
    assert_string_equal(phone_heard(&phone), OK);
    buffer_clear(at_output(phone.at));
    for (int i = 0; i < 600; i++)
        phone_type(&phone, "x");
    phone_type(&phone, "AT\r");
    assert_string_equal(phone_heard(&phone), "");
    phone_type(&phone, "ATX\bI\r");
    assert_string_equal(phone_heard(&phone), "\r\nSIM BANK\r\n" OK);
    phone_close(&phone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_mutter),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
