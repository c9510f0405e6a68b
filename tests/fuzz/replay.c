/* replay: runs a fuzz target without a fuzzer: thousands of seeded inputs, the same ones each time.
 *
 * `make test` links every target with it, so that a target always builds and its promises hold
 * under the sanitizers on any machine; `make fuzz` searches further with libFuzzer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define REPLAY_INPUTS 5000
#define REPLAY_MOST   512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t replay_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* What parsers stumble over, mixed with noise. */
static const char *const replay_pieces[] = {
    "\r\n",
    "\"",
    ",",
    "{",
    "}",
    "{{",
    "{name:json}",
    "\xEF\xBB\xBF",
    "\xE5\xAD\xA6",
    "\xF0\x9F\x91\xA8\xE2\x80\x8D",
    "\xC3",
    "\xFF",
    "+86138",
    "1380000",
    "sent ",
    "report ",
    "0011000D91",
    "campaign = {",
    "id = \"",
    "99999999999",
    "/*",
    "@include \"/\"",
    "\\u0000",
    "null",
    "[",
    "]",
    "AT+CMGS=",
    "\x1A",
    "手机",
    ";",
};

static size_t replay_make(uint64_t *seed, uint8_t *data)
{
    size_t size = 0, wanted = replay_random(seed) % REPLAY_MOST;

    while (size < wanted) {
        const char *piece =
            replay_pieces[replay_random(seed) % (sizeof replay_pieces / sizeof *replay_pieces)];
        size_t length = strlen(piece);

        if (replay_random(seed) % 2 && size + length <= REPLAY_MOST) {
            memcpy(data + size, piece, length);
            size += length;
        } else {
            data[size++] = (uint8_t)replay_random(seed);
        }
    }
    return size;
}

static void test_seeded_inputs(void **state)
{
    uint64_t seed = 20261031;

    (void)state;
    for (int i = 0; i < REPLAY_INPUTS; i++) {
        uint8_t data[REPLAY_MOST + 1];
        size_t size = replay_make(&seed, data);
        uint8_t *exact = malloc(size ? size : 1); /* so that a read past the end is seen */

        assert_non_null(exact);
        memcpy(exact, data, size);
        assert_int_equal(LLVMFuzzerTestOneInput(exact, size), 0);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seeded_inputs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
