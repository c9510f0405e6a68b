/* test_compare: every way in which books and log can differ is found, and nothing else.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "gateway/report/compare.h"
#include "tests/unit/fake_books.h"

#define NUMBER INT64_C(8613800000000)

/* One delivery against one log, as text: the counter that must be 1, or NULL when all agrees. */
struct scene {
    const char *what;
    enum delivery_state state;
    int32_t parts;
    const char *log; /* see scene_line; "?" in front: reports may be lost */
    size_t counter;  /* offset in struct compare; 0: agrees */
};

#define DIFFERS(counter) offsetof(struct compare, counter)

static FILE *log_make(char *path, size_t size)
{
    const char *tmp = getenv("TMPDIR");
    int fd;

    snprintf(path, size, "%s/lawcast-compare-XXXXXX", tmp ? tmp : "/tmp");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    return fdopen(fd, "w");
}

static void log_accepted(FILE *log, int64_t number, int reference, int part, int parts,
                         const char *text)
{
    fprintf(
        log,
        "{\"t\":1,\"event\":\"accepted\",\"modem\":3,\"number\":\"%lld\",\"ref\":%d,\"part\":%d,"
        "\"parts\":%d,\"concat\":5,\"alphabet\":\"ucs2\",\"text\":\"%s\"}\n",
        (long long)number, reference, part, parts, text);
}

static void log_view(FILE *log, int64_t t, const char *event, const char *name)
{
    fprintf(log,
            "{\"t\":%lld,\"event\":\"%s\",\"board\":\"plaza\",\"name\":\"%s\",\"text\":\"x\"}\n",
            (long long)t, event, name);
}

static void log_reported(FILE *log, int64_t number, int reference, int status)
{
    fprintf(log,
            "{\"t\":1,\"event\":\"reported\",\"modem\":3,\"number\":\"%lld\",\"ref\":%d,"
            "\"status\":%d}\n",
            (long long)number, reference, status);
}

static void log_rejected(FILE *log, int64_t number, int code)
{
    fprintf(log, "{\"t\":1,\"event\":\"rejected\",\"modem\":3,\"number\":\"%lld\",\"code\":%d}\n",
            (long long)number, code);
}

/* The message is "宪法日" in one part or "宪" + "法日" in two. A part's number is its reference,
 * but y and z, whose modem gives 0 to all. */
static void scene_accepted(FILE *log, char letter)
{
    static const struct {
        char letter;
        int64_t number;
        int reference, part, parts;
        const char *text;
    } all[] = {
        {'a', NUMBER, 1, 1, 1, "宪法日"},     {'1', NUMBER, 1, 1, 2, "宪"},
        {'2', NUMBER, 2, 2, 2, "法日"},       {'y', NUMBER, 0, 1, 2, "宪"},
        {'z', NUMBER, 0, 2, 2, "法日"},       {'w', NUMBER, 1, 1, 1, "宪法"},
        {'x', NUMBER + 1, 1, 1, 1, "宪法日"},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].letter == letter)
            log_accepted(log, all[i].number, all[i].reference, all[i].part, all[i].parts,
                         all[i].text);
}

static void scene_line(FILE *log, char letter)
{
    switch (letter) {
    case '?':
        break;
    case 'd': /* delivered: first part, second part, reference 0 */
    case 'e':
    case 'o':
        log_reported(log, NUMBER, letter == 'd' ? 1 : letter == 'e' ? 2 : 0, 31);
        break;
    case 't':
        log_reported(log, NUMBER, 1, 63);
        break;
    case 'f':
    case 'g':
        log_reported(log, NUMBER, letter == 'f' ? 1 : 2, 64);
        break;
    case 's':
        log_reported(log, NUMBER, 99, 0);
        break;
    case 'r':
        log_rejected(log, NUMBER, 28);
        break;
    case 'q':
        log_rejected(log, NUMBER, 42);
        break;
    case 'b':
        fputs("{\"t\":1,\"event\":\"bad\",\"modem\":3,\"why\":\"hex\"}\n", log);
        break;
    default:
        assert_non_null(strchr("a12yzwx", letter));
        scene_accepted(log, letter);
    }
}

static void run_scene(const struct scene *scene, struct compare *out)
{
    const struct books_delivery delivery = {.id = 9,
                                            .unit = "city",
                                            .channel = CHANNEL_SMS,
                                            .address = NUMBER,
                                            .state = scene->state,
                                            .parts = scene->parts,
                                            .code = 28,
                                            .text = "宪法日"};
    struct books books = {.units = {{.id = "city", .name = "市法宣办"}},
                          .n_units = 1,
                          .deliveries = &delivery,
                          .n_deliveries = 1};
    char path[256];
    FILE *log = log_make(path, sizeof path);

    books.units[0].n[scene->state] = 1;
    log_rejected(log, NUMBER + 1, 28);
    log_rejected(log, NUMBER - 1, 28);
    for (const char *letter = scene->log; *letter; letter++)
        scene_line(log, *letter);
    fclose(log);
    assert_int_equal(compare_log(&books, 7, path, *scene->log == '?', out), 0);
    unlink(path);
}

static void messages(void **state)
{
    static const struct scene scenes[] = {
        {"sent once", DELIVERY_SENT, 1, "a", 0},
        {"delivered once", DELIVERY_DELIVERED, 1, "ad", 0},
        {"both parts, any order", DELIVERY_DELIVERED, 2, "21de", 0},
        {"unknown, never taken", DELIVERY_UNKNOWN, 2, "", 0},
        {"unknown, one part taken", DELIVERY_UNKNOWN, 2, "2", 0},
        {"unknown, taken", DELIVERY_UNKNOWN, 1, "a", 0},
        {"in flight at a crash", DELIVERY_INFLIGHT, 1, "a", 0},
        {"undelivered by its first part", DELIVERY_UNDELIVERED, 2, "1f", 0},
        {"rejected", DELIVERY_REJECTED, 1, "r", 0},
        {"expired", DELIVERY_EXPIRED, 1, "", 0},
        {"sent, but nowhere", DELIVERY_SENT, 1, "", DIFFERS(lost)},
        {"delivered in part", DELIVERY_DELIVERED, 2, "1d", DIFFERS(lost)},
        {"undelivered, but nowhere", DELIVERY_UNDELIVERED, 1, "", DIFFERS(lost)},
        {"sent in other parts", DELIVERY_SENT, 1, "12", DIFFERS(lost)},
        {"sent twice", DELIVERY_SENT, 1, "aa", DIFFERS(duplicates)},
        {"one part twice", DELIVERY_SENT, 2, "121", DIFFERS(duplicates)},
        {"unknown twice", DELIVERY_UNKNOWN, 1, "aa", DIFFERS(duplicates)},
        {"another text", DELIVERY_DELIVERED, 1, "wd", DIFFERS(wrong_text)},
        {"rejected, but taken", DELIVERY_REJECTED, 1, "ar", DIFFERS(unrecorded)},
        {"planned, but taken", DELIVERY_PLANNED, 1, "a", DIFFERS(unrecorded)},
        {"deferred, but taken in part", DELIVERY_DEFERRED, 2, "1", DIFFERS(unrecorded)},
        {"suppressed, but taken", DELIVERY_SUPPRESSED, 1, "a", DIFFERS(unrecorded)},
        {"somebody else", DELIVERY_SENT, 1, "ax", DIFFERS(invented)},
        {"delivered after a while", DELIVERY_DELIVERED, 1, "atd", 0},
        {"delivered, said twice", DELIVERY_DELIVERED, 1, "add", 0},
        {"delivered, references that are all 0", DELIVERY_DELIVERED, 2, "yzoo", 0},
        {"undelivered, though one part arrived", DELIVERY_UNDELIVERED, 2, "12dg", 0},
        {"sent, one part reported", DELIVERY_SENT, 2, "12d", 0},
        {"sent, the network still tries", DELIVERY_SENT, 1, "at", 0},
        {"unknown, but reported", DELIVERY_UNKNOWN, 1, "ad", 0},
        {"rejected, after it was busy", DELIVERY_REJECTED, 1, "qr", 0},
        {"delivered, no report", DELIVERY_DELIVERED, 1, "a", DIFFERS(reports)},
        {"delivered, one of two", DELIVERY_DELIVERED, 2, "12d", DIFFERS(reports)},
        {"delivered, the same part twice", DELIVERY_DELIVERED, 2, "12dd", DIFFERS(reports)},
        {"delivered, one reference 0 of two", DELIVERY_DELIVERED, 2, "yzo", DIFFERS(reports)},
        {"delivered, still trying", DELIVERY_DELIVERED, 1, "at", DIFFERS(reports)},
        {"delivered, failed", DELIVERY_DELIVERED, 1, "af", DIFFERS(reports)},
        {"undelivered, no report", DELIVERY_UNDELIVERED, 1, "a", DIFFERS(reports)},
        {"undelivered, still trying", DELIVERY_UNDELIVERED, 1, "at", DIFFERS(reports)},
        {"undelivered, delivered", DELIVERY_UNDELIVERED, 1, "ad", DIFFERS(reports)},
        {"sent, delivered", DELIVERY_SENT, 1, "ad", DIFFERS(reports)},
        {"sent, failed", DELIVERY_SENT, 2, "12dg", DIFFERS(reports)},
        {"a report about nothing", DELIVERY_SENT, 1, "as", DIFFERS(reports)},
        {"rejected by nobody", DELIVERY_REJECTED, 1, "", DIFFERS(rejections)},
        {"rejected for another reason", DELIVERY_REJECTED, 1, "q", DIFFERS(rejections)},
        {"unreadable", DELIVERY_SENT, 1, "ab", DIFFERS(bad)},
        {"report lost on its way", DELIVERY_SENT, 1, "?ad", 0},
        {"bad report lost on its way", DELIVERY_SENT, 1, "?af", 0},
        {"delivered, nothing to lose", DELIVERY_DELIVERED, 1, "?a", DIFFERS(reports)},
        {"undelivered, nothing to lose", DELIVERY_UNDELIVERED, 1, "?a", DIFFERS(reports)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        struct compare out;

        run_scene(&scenes[i], &out);
        if (out.agrees != !scenes[i].counter)
            print_error("scene: %s: %s\n", scenes[i].what, out.first[0]);
        assert_int_equal(out.agrees, !scenes[i].counter);
        if (scenes[i].counter) {
            assert_int_equal(*(int64_t *)(void *)((char *)&out + scenes[i].counter), 1);
            assert_true(out.first[0][0]);
            assert_null(strstr(out.first[0], "13800000000"));
        }
        compare_release(&out);
    }
}

static void counts_that_disagree_are_found(void **state)
{
    const struct books_delivery delivery = {.id = 9,
                                            .unit = "city",
                                            .channel = CHANNEL_SMS,
                                            .address = NUMBER,
                                            .state = DELIVERY_SENT,
                                            .parts = 1,
                                            .text = "x"};
    struct books books = {.units = {{.id = "city", .name = "市法宣办"}},
                          .n_units = 1,
                          .deliveries = &delivery,
                          .n_deliveries = 1};
    struct compare out;
    char path[256];
    FILE *log = log_make(path, sizeof path);

    (void)state;
    log_accepted(log, NUMBER, 1, 1, 1, "x");
    fclose(log);
    books.units[0].n[DELIVERY_SENT] = 2;
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    assert_false(out.agrees);
    assert_int_equal(out.differences, 1);
    assert_non_null(strstr(out.first[0], "市法宣办"));
    compare_release(&out);
    unlink(path);
}

struct board_scene {
    const char *what;
    enum delivery_state state;
    int64_t books_ms;
    int64_t shown[2], hidden[2]; /* 0: no such event */
    size_t counter;
    int level, need;
};

static void boards(void **state)
{
    static const struct board_scene scenes[] = {
        {"as shown", DELIVERY_WITHDRAWN, 300000, {1000, 0}, {301000, 0}, 0, 0, 0},
        {"a little less", DELIVERY_WITHDRAWN, 297500, {1000, 0}, {301000, 0}, 0, 0, 0},
        {"a little more", DELIVERY_WITHDRAWN, 300900, {1000, 0}, {301000, 0}, 0, 0, 0},
        {"with a gap", DELIVERY_WITHDRAWN, 200000, {1000, 201000}, {101000, 301000}, 0, 0, 0},
        {"still up", DELIVERY_SHOWN, 0, {1000, 0}, {301000, 0}, 0, 0, 0},
        {"never shown", DELIVERY_EXPIRED, 0, {0, 0}, {0, 0}, 0, 0, 0},
        {"never hidden", DELIVERY_WITHDRAWN, 399000, {1000, 0}, {0, 0}, 0, 0, 0},
        {"claimed", DELIVERY_WITHDRAWN, 5000, {0, 0}, {0, 0}, DIFFERS(boards_over), 0, 0},
        {"too much",
         DELIVERY_WITHDRAWN,
         301100,
         {1000, 0},
         {301000, 0},
         DIFFERS(boards_over),
         0,
         0},
        {"too little",
         DELIVERY_WITHDRAWN,
         296900,
         {1000, 0},
         {301000, 0},
         DIFFERS(boards_under),
         0,
         0},
        {"expired but shown",
         DELIVERY_EXPIRED,
         0,
         {1000, 0},
         {301000, 0},
         DIFFERS(boards_under),
         0,
         0},
        {"accepted", DELIVERY_WITHDRAWN, 0, {1000, 0}, {301000, 0}, 0, LEVEL_ACCEPTED, 0},
        {"less than asked", DELIVERY_WITHDRAWN, 0, {1000, 0}, {301000, 0}, 0, 2, 3},
        {"with pictures", DELIVERY_WITHDRAWN, 288100, {1000, 0}, {301000, 0}, 0, 4, 4},
        {"with pictures, too little",
         DELIVERY_WITHDRAWN,
         287900,
         {1000, 0},
         {301000, 0},
         DIFFERS(boards_under),
         4,
         4},
        {"cut short: the last minute", DELIVERY_WITHDRAWN, 38000, {1000, 0}, {101000, 0}, 0, 0, 0},
        {"more than that",
         DELIVERY_WITHDRAWN,
         33900,
         {1000, 0},
         {101000, 0},
         DIFFERS(boards_under),
         2,
         2},
        {"cut in the middle",
         DELIVERY_WITHDRAWN,
         137500,
         {1000, 201000},
         {101000, 301000},
         0,
         2,
         2},
        {"cut in the middle, less",
         DELIVERY_WITHDRAWN,
         127900,
         {1000, 201000},
         {101000, 301000},
         DIFFERS(boards_under),
         2,
         2},
        {"a gap that nobody saw",
         DELIVERY_WITHDRAWN,
         300000,
         {1000, 151000},
         {101000, 301000},
         0,
         2,
         2},
        {"a gap that somebody must have seen",
         DELIVERY_WITHDRAWN,
         300000,
         {1000, 171000},
         {101000, 301000},
         DIFFERS(boards_over),
         2,
         2},
        {"read back",
         DELIVERY_WITHDRAWN,
         0,
         {1000, 0},
         {301000, 0},
         DIFFERS(boards_under),
         LEVEL_STORED,
         0},
        {"accepted, claimed",
         DELIVERY_WITHDRAWN,
         5000,
         {0, 0},
         {0, 0},
         DIFFERS(boards_over),
         LEVEL_ACCEPTED,
         0},
    };

    static const char *const others[] = {"weather", "lc-",     "lc-9",    "lc-9-",
                                         "lc-0-x",  "lc-9A-x", "LC-9-x1", "lc-9-x1-toolongname",
                                         "lc--x1"};

    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        const struct books_delivery delivery = {.id = 9,
                                                .unit = "city",
                                                .channel = CHANNEL_DISPLAY,
                                                .until_ms = 301000,
                                                .need = scenes[i].need,
                                                .board = "plaza",
                                                .state = scenes[i].state,
                                                .shown_ms = scenes[i].books_ms,
                                                .level = scenes[i].level,
                                                .text = "x"};
        struct books books = {.deliveries = &delivery, .n_deliveries = 1, .elsewhere = 2120};
        struct compare out;
        char path[256];
        FILE *log = log_make(path, sizeof path);

        for (size_t k = 0; k < 2; k++) {
            if (scenes[i].shown[k])
                log_view(log, scenes[i].shown[k], "shown", "lc-9-x1");
            if (scenes[i].hidden[k])
                log_view(log, scenes[i].hidden[k], "hidden", "lc-9-x1");
        }
        log_view(log, 5, "shown", "lc-1mw-x1"); /* 2120, of another campaign */
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            log_view(log, 6, "shown", others[k]);
        fputs("{\"t\":400000,\"event\":\"rejected\",\"number\":\"1\",\"code\":1}\n", log);
        fclose(log);
        assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
        unlink(path);
        if (out.agrees != !scenes[i].counter)
            print_error("scene: %s: %s\n", scenes[i].what, out.first[0]);
        assert_int_equal(out.agrees, !scenes[i].counter);
        if (scenes[i].counter)
            assert_int_equal(*(int64_t *)(void *)((char *)&out + scenes[i].counter), 1);
        compare_release(&out);
    }
}

/* A card that knows no names tells places: the books' slots say what is whose. */
static void showings_without_a_name_are_held_by_text_and_time(void **state)
{
    struct books_delivery deliveries[] = {
        {.id = 9, .from_ms = 0, .until_ms = 300000, .shown_ms = 297000, .text = "x"},
        {.id = 10, .from_ms = 300000, .until_ms = 600000, .shown_ms = 0, .text = "other"},
        {.id = 11, .from_ms = 600000, .until_ms = 900000, .shown_ms = 101500, .text = "x"},
    };
    struct books books = {.deliveries = deliveries, .n_deliveries = 3};
    struct compare out;
    char path[256];
    FILE *log = log_make(path, sizeof path);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        deliveries[i].channel = CHANNEL_DISPLAY;
        deliveries[i].state = DELIVERY_WITHDRAWN;
        snprintf(deliveries[i].board, sizeof deliveries[i].board, "plaza");
    }
    log_view(log, 1000, "shown", "area-0");
    log_view(log, 300500, "hidden", "area-0");
    log_view(log, 600100, "shown", "area-1");
    log_view(log, 704000, "hidden", "area-1");
    log_view(log, 950000, "shown", "area-0"); /* after our time: somebody else's */
    fclose(log);
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    assert_true(out.agrees);
    assert_int_equal(out.showings, 2);
    assert_int_equal(out.log_shown_ms, 299500 + 103900);
    compare_release(&out);
    deliveries[2].shown_ms = 105000;
    snprintf(deliveries[0].board, sizeof deliveries[0].board, "market");
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    assert_int_equal(out.boards_over, 2);
    assert_int_equal(out.differences, 2);
    compare_release(&out);
    unlink(path);
}

/* People know a showing by its board and its time, not by a number in the books. */
static void a_showing_is_named_by_board_and_time(void **state)
{
    const struct books_delivery deliveries[] = {{.id = 9,
                                                 .channel = CHANNEL_DISPLAY,
                                                 .board = "plaza",
                                                 .state = DELIVERY_WITHDRAWN,
                                                 .shown_ms = 5000,
                                                 .from_ms = INT64_C(1793406600000),
                                                 .text = "x"},
                                                {.id = 10,
                                                 .channel = CHANNEL_DISPLAY,
                                                 .board = "market",
                                                 .state = DELIVERY_WITHDRAWN,
                                                 .level = LEVEL_ACCEPTED,
                                                 .text = "x"}};
    struct books books = {.deliveries = deliveries, .n_deliveries = 2};
    struct compare out;
    char path[256], *text = NULL;
    size_t size;
    FILE *log = log_make(path, sizeof path), *printed = open_memstream(&text, &size);

    (void)state;
    fclose(log);
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    compare_print(&out, printed);
    fclose(printed);
    assert_non_null(strstr(text, "plaza, slot of 2026-10-31 08:30:00: the books claim 5.0 s, the "
                                 "board showed 0.0 s."));
    assert_non_null(strstr(text, "(3 s less in "));
    assert_non_null(strstr(text, "1 showings were proved less than their campaign asks"));
    compare_release(&out);
    free(text);
    unlink(path);
}

static void a_showing_without_a_delivery_is_found(void **state)
{
    struct books books = {0};
    struct compare out;
    char path[256];
    FILE *log = log_make(path, sizeof path);

    (void)state;
    log_view(log, 5, "shown", "lc-a-x1");
    fclose(log);
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    assert_int_equal(out.boards_under, 1);
    compare_release(&out);
    unlink(path);
}

#define TAKEN    "{\"t\":1,\"event\":\"accepted\",\"modem\":1,\"ref\":1"
#define REPORTED "{\"t\":1,\"event\":\"reported\",\"modem\":1"

static void bad_logs_are_refused(void **state)
{
    static const char *const lines[] = {
        "not json\n",
        "[]\n",
        "{\"t\":1}\n",
        "{\"event\":\"accepted\"}\n",
        "{\"t\":1,\"event\":\"invented\"}\n",
        TAKEN ",\"number\":\"8x\",\"part\":1,\"parts\":1,\"text\":\"\"}\n",
        TAKEN ",\"number\":\"86\",\"part\":2,\"parts\":1,\"text\":\"\"}\n",
        TAKEN ",\"number\":\"86\",\"part\":1,\"parts\":1}\n",
        "{\"t\":1,\"event\":\"accepted\",\"number\":\"86\",\"part\":1,\"parts\":1,\"text\":\"\"}\n",
        REPORTED ",\"ref\":1,\"status\":0}\n",
        REPORTED ",\"number\":\"86\",\"status\":0}\n",
        REPORTED ",\"number\":\"86\",\"ref\":256,\"status\":0}\n",
        REPORTED ",\"number\":\"86\",\"ref\":1}\n",
        REPORTED ",\"number\":\"86\",\"ref\":1,\"status\":256}\n",
        "{\"t\":1,\"event\":\"rejected\",\"number\":\"86\"}\n",
        "{\"t\":1,\"event\":\"rejected\",\"code\":1}\n",
        "{\"t\":1,\"event\":\"shown\"}\n",
        "{\"t\":1,\"event\":\"rep",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct books books = {0};
        struct compare out;
        char path[256];
        FILE *log = log_make(path, sizeof path);

        fputs("{\"t\":1,\"event\":\"bad\"}\n", log);
        fputs(lines[i], log);
        fclose(log);
        assert_int_equal(compare_log(&books, 7, path, false, &out), -EBADMSG);
        assert_non_null(strstr(out.first[0], ":2:"));
        assert_false(out.agrees);
        compare_release(&out);
        unlink(path);
        assert_int_equal(compare_log(&books, 7, path, false, &out), -ENOENT);
        compare_release(&out);
    }
}

static void only_the_first_differences_are_told(void **state)
{
    struct books books = {0};
    struct compare out;
    char path[256], *text = NULL;
    size_t size;
    FILE *log = log_make(path, sizeof path), *printed;

    (void)state;
    for (int i = 0; i < COMPARE_FIRST + 5; i++)
        log_accepted(log, NUMBER + i, 1, 1, 1, "x");
    fclose(log);
    assert_int_equal(compare_log(&books, 7, path, false, &out), 0);
    assert_int_equal(out.invented, COMPARE_FIRST + 5);
    assert_int_equal(out.n_first, COMPARE_FIRST);
    printed = open_memstream(&text, &size);
    compare_print(&out, printed);
    fclose(printed);
    assert_non_null(strstr(text, "and 5 more"));
    assert_null(strstr(text, "agree with"));
    free(text);
    compare_release(&out);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(counts_that_disagree_are_found),
        cmocka_unit_test(boards),
        cmocka_unit_test(showings_without_a_name_are_held_by_text_and_time),
        cmocka_unit_test(a_showing_is_named_by_board_and_time),
        cmocka_unit_test(a_showing_without_a_delivery_is_found),
        cmocka_unit_test(bad_logs_are_refused),
        cmocka_unit_test(only_the_first_differences_are_told),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
