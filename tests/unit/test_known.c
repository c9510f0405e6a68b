/* test_known: checkpoints as somebody has kept them: lines, files with lines, files with notes.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/audit/known.h"

static void lines_are_read(void **state)
{
    static const struct {
        const char *line;
        int64_t size; /* 0: it is none */
    } cases[] = {
        {"7303 c9320eeb808489df 2026-10-31", 7303},
        {"  7303\tC9320EEB808489DF  \r\n", 7303},
        {"9223372036854775807 c9320eeb808489df", INT64_MAX},
        {"9223372036854775808 c9320eeb808489df", 0},
        {"0 c9320eeb808489df", 0},
        {"-1 c9320eeb808489df", 0},
        {"+1 c9320eeb808489df", 0},
        {"7303", 0},
        {"", 0},
        {"7303 c9320eeb808489d", 0},
        {"7303 c9320eeb808489df0", 0},
        {"7303 c9320eeb808489dg", 0},
        {"7303 c9320eeb808489df 2026-10-3", 0},
        {"7303 c9320eeb808489df 2026-10-311", 0},
        {"7303 c9320eeb808489df 2026-10-31 x", 0},
        {"7303 c9320eeb808489df 2026/10/31", 0},
        {"7303 c9320eeb808489df                                            2026-10-31", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct known known;
        int rc = known_parse(cases[i].line, strlen(cases[i].line), &known);

        if (rc != !cases[i].size || known.size != cases[i].size)
            fail_msg("%s", cases[i].line);
        assert_string_equal(known.digits, rc ? "" : "c9320eeb808489df");
    }
    assert_int_equal(known_parse("7303 c9320eeb808489df\0x", 24, &(struct known){0}), 1);
}

static void read_file(const char *text, size_t length, int wanted, struct known *out)
{
    const char *base = getenv("TMPDIR");
    MEM_FREE_LATER char *path = mem_printf("%s/known-XXXXXX", base ? base : "/tmp");
    int fd = mkstemp(path);

    assert_int_equal(write(fd, text, length), length);
    close(fd);
    assert_int_equal(known_read(path, out), wanted);
    unlink(path);
}

static void files_are_read(void **state)
{
    static const char note[] = "origin\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
                               "\n";
    static const char line[] = "\n12 000102030405ABCD 2026-10-31\n\n";
    struct known known;

    (void)state;
    read_file(note, sizeof note - 1, 0, &known);
    assert_int_equal(known.size, 12);
    assert_string_equal(known.digits, "");
    assert_string_equal(known.note, note);
    known_release(&known);
    read_file(line, sizeof line - 1, 0, &known);
    assert_int_equal(known.size, 12);
    assert_string_equal(known.digits, "000102030405abcd");
    assert_string_equal(known.note, "12 000102030405ABCD 2026-10-31");
    known_release(&known);
    read_file("nonsense\n", 9, 1, &known);
    read_file("", 0, 1, &known);
    assert_int_equal(known_read("/nowhere/at/all", &known), -ENOENT);
    assert_int_equal(known_read("12 000102030405abcd", &known), 0);
    assert_string_equal(known.note, "12 000102030405abcd");
    known_release(&known);
    known_release(&known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(files_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
