/* test_bundle_words: what people say, approve and edit, as records: both verifiers know what can't
 * be.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/audit/replay.h"

#define MOST 4

#define CAMPAIGN(title)                                                                            \
    "campaign\t{\"campaign\":1,\"code\":\"day\",\"title\":\"" title                                \
    "\",\"windows\":[],\"targets\":[],\"source\":\"s\"}"
#define ORDER(quota) "order\t{\"campaign\":1,\"unit\":1,\"quota\":" quota ",\"position\":0}"
#define RULES(counts, leftover)                                                                    \
    "rules\t{\"campaign\":1,\"counts\":" counts ",\"leftover\":" leftover "}"
#define EDITED "edited\t{\"campaign\":1,\"content\":\"c\",\"by\":\"lo\"}"
#define STEERED(scope, verb, campaign, name, value)                                                \
    "steered\t{\"scope\":\"" scope "\",\"verb\":\"" verb "\",\"campaign\":\"" campaign             \
    "\",\"name\":\"" name "\",\"value\":" value ",\"by\":\"lo\"}"
#define CONTENT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define APPROVED(prepared, approver, note)                                                         \
    "approved\t{\"campaign\":\"day\",\"content\":\"" CONTENT "\",\"prepared\":\"" prepared         \
    "\",\"approver\":\"" approver "\",\"note\":\"" note "\"}"
#define NOTE(prepared, approver)                                                                   \
    "lawcast approval\\ncampaign day\\ncontent " CONTENT "\\nprepared " prepared                   \
    "\\napprover " approver "\\n"

static const char *const world[] = {
    "log\t{\"origin\":\"o\",\"version\":6,\"timezone\":\"UTC0\"}",
    "unit\t{\"unit\":1,\"code\":\"city\",\"name\":\"City\"}",
    CAMPAIGN("Day"),
    ORDER("3"),
    "planned\t{\"campaign\":1}",
};
#define WORLD (sizeof world / sizeof *world)

static const struct history {
    bool can_be;
    const char *facts[MOST];
} histories[] = {
    {true, {STEERED("campaign", "pause", "day", "", "null")}},
    {true, {STEERED("campaign", "extend", "day", "", "1793406600000")}},
    {true, {STEERED("unit", "set-rate", "", "city", "4000")}},
    {true, {STEERED("unit", "cancel", "day", "city", "null")}},
    {true, {STEERED("modem", "pause", "", "bank-a/17", "null")}},
    {false, {STEERED("campaign", "pause", "night", "", "null")}},
    {false, {STEERED("campaign", "pause", "", "", "null")}},
    {false, {STEERED("campaign", "pause", "day", "city", "null")}},
    {false, {STEERED("unit", "pause", "day", "", "null")}},
    {false, {STEERED("campaign", "stop", "day", "", "null")}},
    {false, {STEERED("city", "pause", "day", "city", "null")}},
    {false, {STEERED("modem", "cancel", "", "bank-a", "null")}},
    {false, {STEERED("board", "set-rate", "", "plaza", "5")}},
    {false, {STEERED("campaign", "pause", "day", "", "5")}},
    {false, {STEERED("campaign", "pause", "day", "", "\"null\"")}},
    {false, {STEERED("campaign", "extend", "day", "", "null")}},
    {false, {STEERED("unit", "set-rate", "", "city", "-1")}},
    {false, {STEERED("unit", "set-rate", "", "city", "10000001")}},
    {true, {APPROVED("Wang", "Li", NOTE("Wang", "Li"))}},
    {true, {APPROVED("Wang", "Li", NOTE("Wang", "Li") "\\n\u2014 Li c2lnbmF0dXJl\\n")}},
    {false, {APPROVED("Wang", "Wang", NOTE("Wang", "Wang"))}},
    {false, {APPROVED("Wang", "wan g", NOTE("Wang", "wan g"))}},
    {false, {APPROVED("Wang", "Li", NOTE("Wang", "Zhao"))}},
    {false, {APPROVED("Wang", "Li", "")}},
    {false, {APPROVED("Wang", "Li", NOTE("Wang", "Li") "more\\n")}},
    {true, {EDITED, CAMPAIGN("Week"), RULES("1", "2"), ORDER("5")}},
    {true, {EDITED, "clock\t{\"from\":1000005}", CAMPAIGN("Week"), ORDER("5")}},
    {true, {RULES("1", "0")}}, /* for the first time */
    {false, {RULES("2", "0")}},
    {false, {RULES("0", "3")}},
    {false, {RULES("1", "0"), RULES("0", "0")}},
    {false, {CAMPAIGN("Week")}},
    {false, {ORDER("5")}},
    {false, {EDITED, STEERED("campaign", "pause", "day", "", "null"), ORDER("5")}},
    {false,
     {EDITED, "campaign\t{\"campaign\":1,\"code\":\"night\",\"title\":\"Day\",\"windows\":[],"
              "\"targets\":[],\"source\":\"s\"}"}},
};

/* The line of a fact; a clock goes back by one. */
static char *line_of(const char *fact, int at)
{
    return mem_printf("F\t%d\t%s", strncmp(fact, "clock", 5) == 0 ? 1000000 : at, fact);
}

static const char *fact_at(const struct history *history, size_t i)
{
    if (i < WORLD)
        return world[i];
    return i < WORLD + MOST ? history->facts[i - WORLD] : NULL;
}

static bool ours_says(const struct history *history)
{
    struct findings findings = {0};
    struct replay *replay = replay_new(&findings);
    bool fine;

    for (size_t i = 0; fact_at(history, i); i++) {
        MEM_FREE_LATER char *line = line_of(fact_at(history, i), 1000000 + (int)i);

        replay_line(replay, (int64_t)i + 1, line, strlen(line));
    }
    replay_end(replay);
    fine = findings.n == 0;
    replay_free(replay);
    findings_free(&findings);
    return fine;
}

static void ours_knows_what_cannot_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++)
        if (ours_says(&histories[i]) != histories[i].can_be)
            fail_msg("history %zu: %s", i, histories[i].facts[0]);
}

/* All at once: a line "?" ends a history, and is answered by a 1 or a 0. */
static void python_knows_the_same(void **state)
{
    static const char script[] = "import sys\\nsys.path.insert(0, \"tests/support\")\\n"
                                 "from verify_bundle import Replay\\n"
                                 "replay, fine = Replay(), 1\\n"
                                 "for line in open(sys.argv[1]):\\n"
                                 "    if line == \"?\\\\n\":\\n"
                                 "        print(fine, end=\"\")\\n"
                                 "        replay, fine = Replay(), 1\\n"
                                 "        continue\\n"
                                 "    try: replay.take(line[:-1])\\n"
                                 "    except Exception: fine = 0\\n";
    char path[] = "/tmp/lawcast-words-XXXXXX", answers[128] = "";
    MEM_FREE_LATER char *command = NULL;
    FILE *file = fdopen(mkstemp(path), "w");
    FILE *python;

    (void)state;
    assert_non_null(file);
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        for (size_t k = 0; fact_at(&histories[i], k); k++) {
            MEM_FREE_LATER char *line = line_of(fact_at(&histories[i], k), 1000000 + (int)k);

            fprintf(file, "%s\n", line);
        }
        fputs("?\n", file);
    }
    assert_int_equal(fclose(file), 0);
    command = mem_printf("printf '%s' | python3 -B - %s", script, path);
    python = popen(command, "r");
    assert_non_null(python);
    assert_non_null(fgets(answers, sizeof answers, python));
    assert_int_equal(pclose(python), 0);
    unlink(path);
    assert_int_equal(strlen(answers), sizeof histories / sizeof *histories);
    for (size_t i = 0; answers[i]; i++)
        if ((answers[i] == '1') != histories[i].can_be)
            fail_msg("history %zu: %s", i, histories[i].facts[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ours_knows_what_cannot_be),
        cmocka_unit_test(python_knows_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
