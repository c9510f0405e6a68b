/* test_audit_verify: the command as an auditor meets it: its list, hints, exit codes and words.
 * Runs: any. */
#include "tests/unit/verify_kit.h"

#include "gateway/base/json.h"
#include "gateway/base/sign.h"
#include "tests/support/stage.h"

static int audit(const struct stage *stage, char **output, const char *const *words)
{
    const char *args[12] = {"audit"};

    for (size_t i = 0; words[i]; i++)
        args[i + 1] = words[i];
    return stage_lawcast(stage, output, args);
}

static void words_and_exit_codes(void **state)
{
    static const struct {
        const char *words[8];
        int code;
        const char *expected;
    } cases[] = {
        {{NULL}, 0, "verify "},
        {{"--help", NULL}, 0, "SUBCOMMAND"},
        {{"verfy", NULL}, 2, "Did you mean \"verify\"?"},
        {{"--json", NULL}, 2, "A subcommand is missing"},
        {{"verify", "--help", NULL}, 0, "Usage: lawcast audit verify "},
        {{"verify", "--nonsense", NULL}, 2, "lawcast audit verify: The option --nonsense"},
        {{"verify", "--ledger", "a", "b", NULL}, 2, "Name one bundle"},
        {{"verify", "--ledger", "/nowhere/a", NULL}, 1, "/nowhere/a"},
        {{"verify", "/nowhere/b", NULL}, 1, "/nowhere/b"},
        {{"verify", "--key", "/nowhere/c", NULL}, 1, "\"/nowhere/c\" is no public key"},
    };
    struct stage stage;

    (void)state;
    stage_open(&stage);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *output = NULL;
        int code = audit(&stage, &output, cases[i].words);

        if (code != cases[i].code || !strstr(output, cases[i].expected))
            fail_msg("case %zu: exit code %d, said: %s", i, code, output);
        free(output);
    }
    stage_close(&stage);
}

static struct jv *verify_json(const struct stage *stage, const struct kit *kit, int code)
{
    char *output = NULL;
    struct jv *document;

    assert_int_equal(
        audit(stage, &output, (const char *[]){"verify", "--json", "--ledger", kit->path, NULL}),
        code);
    document = jv_parse(output, strlen(output), NULL);
    if (!document)
        fail_msg("no JSON: %s", output);
    free(output);
    return document;
}

static void whole_books_and_bent_ones(void **state)
{
    struct kit *kit = *state;
    struct stage stage;
    char *output = NULL;
    struct jv *document;

    stage_open(&stage);
    kit_first_day(kit);
    kit_second_day(kit);
    assert_int_equal(
        audit(&stage, &output, (const char *[]){"verify", "--ledger", kit->path, NULL}), 0);
    assert_non_null(strstr(output, "is whole: "));
    assert_non_null(strstr(output, "Campaigns: 2; every figure agrees"));
    free(output);
    document = verify_json(&stage, kit, 0);
    assert_int_equal(jv_size(jv_at(document, "/findings")), 0);
    assert_int_equal(jv_number(jv_at(document, "/campaigns"), 0), 2);
    jv_free(document);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER journal_holds; DELETE FROM journal WHERE id = 17"),
                     SQLITE_OK);
    document = verify_json(&stage, kit, 4);
    assert_int_equal(jv_number(jv_at(document, "/findings/0/record"), 0), 17);
    assert_string_equal(jv_text(jv_at(document, "/findings/0/kind")), "missing");
    jv_free(document);
    assert_int_equal(
        audit(&stage, &output, (const char *[]){"verify", "--ledger", kit->path, NULL}), 4);
    assert_non_null(strstr(output, "Record 17 is missing."));
    free(output);
    stage_close(&stage);
}

/* As "lawcast audit key > office.pub" leaves it. */
static void the_key_may_be_a_file(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *file = mem_printf("%s/office.pub", kit->directory);
    MEM_FREE_LATER char *secret = mem_printf("%s.key", kit->path);
    struct sign_public public;
    char key[SIGN_TEXT_MOST];
    struct sign_key *own;
    struct stage stage;
    FILE *out;

    stage_open(&stage);
    kit_first_day(kit);
    assert_int_equal(sign_key_load(secret, &own), 0);
    sign_key_public(own, SIGN_LOG, &public);
    sign_key_free(own);
    sign_public_text(&public, key);
    out = fopen(file, "w");
    assert_non_null(out);
    fprintf(out, "%s\n", key);
    fclose(out);
    for (size_t i = 0; i < 2; i++) {
        char *said;

        assert_int_equal(
            audit(&stage, &said,
                  (const char *[]){"verify", "--ledger", kit->path, "--key", i ? file : key, NULL}),
            0);
        free(said);
    }
    assert_int_equal(unlink(file), 0);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_exit_codes),
        cmocka_unit_test_setup_teardown(the_key_may_be_a_file, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(whole_books_and_bent_ones, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
