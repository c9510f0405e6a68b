/* test_sieve: libgammu hears its answers from the echo to the end, and nothing else.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/sieve.h"

struct sieve_case {
    const char *said, *heard;
};

static void check(const struct sieve_case *which, size_t step)
{
    struct sieve sieve = {0};
    char piece[SIEVE_SPARE + 256], heard[256];
    size_t length = strlen(which->said), n = 0;

    for (size_t at = 0; at < length; at += step) {
        size_t more = at + step < length ? step : length - at;

        memcpy(piece + SIEVE_SPARE, which->said + at, more);
        more = sieve_pass(&sieve, piece, piece + SIEVE_SPARE, more);
        memcpy(heard + n, piece, more);
        n += more;
    }
    heard[n] = '\0';
    assert_string_equal(heard, which->heard);
}

/* At once, and in pieces of every size. */
static void test_sieve(void **state)
{
    static const struct sieve_case cases[] = {
        {"", ""},
        {"AT\r\r\nOK\r\n", "AT\r\r\nOK\r\n"},
        {"\r\n+QIND: 1\r\nAT+CMGS=17\r\r\n> ", "AT+CMGS=17\r\r\n> "},
        {"\xff\x80 noise A:AT+CMGS=1\r\r\n> \x01\xfeX\r\n", "AT+CMGS=1\r\r\n> X\r\n"},
        {"AT+A\r\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\nAT+B\r\r\n+CME ERROR: 3\r\nRDY\r\n",
         "AT+A\r\r\nOK\r\nAT+B\r\r\n+CME ERROR: 3\r\n"},
        {"+CMGS: 7\r\n\r\nOK\r\nat^X\r\r\nOKAY\r\nERROR\r\nOK\r\n", "AT^X\r\r\nOKAY\r\nERROR\r\n"},
        {"x9AT+CMGS=1\r\r\n> ", "AT+CMGS=1\r\r\n> "},
        /* An OK is no prompt, and behind the prompt it is the answer. */
        {"AT+CMGS=17\r\r\nOK\r\n", "AT+CMGS=17\r\r\n"},
        {"AT+CMGS=17\r\r\nOK\r\n\r\n> 00\x1a\r\n+CMGS: 1\r\n\r\nOK\r\nRING\r\n",
         "AT+CMGS=17\r\r\n\r\n> 00\r\n+CMGS: 1\r\n\r\nOK\r\n"},
        {"AT+CMGS=17\r> 00\x1a\r\n+CMGS: 1\r\n\r\nOK\r\nRING\r\n",
         "AT+CMGS=17\r> 00\r\n+CMGS: 1\r\n\r\nOK\r\n"},
        {"AT+CMGS=17\r\r\nOKAY\r\nOOK\r\nOKO\r\n\r\nERROR\r\nRING\r\n",
         "AT+CMGS=17\r\r\nOKAY\r\nOOK\r\nOKO\r\n\r\nERROR\r\n"},
        {"AT+CMGS=17\r\r\nx> 00\r\nOK\r\nRING\r\n", "AT+CMGS=17\r\r\nx> 00\r\nOK\r\n"},
        {"AT+CMGS=17\r\r\nERROR\r\nAT+X\r\r\nOK\r\nRING\r\n",
         "AT+CMGS=17\r\r\nERROR\r\nAT+X\r\r\nOK\r\n"},
        {"+STAT: 1\r\nATTACH\r\n+CREATED\r\n", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step <= strlen(cases[i].said); step++)
            check(&cases[i], step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sieve)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
