/* test_note: against the examples of c2sp.org/signed-note and of the note package of Go's sumdb, a
 * checkpoint of sum.golang.org, and one of a log of certificates with cosignatures of witnesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/note.h"

#define DASH "\xE2\x80\x94 "

#define PETER_SECRET                                                                               \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PETER_PUBLIC "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define ENOCH_PUBLIC "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define TEXT                                                                                       \
    "If you think cryptography is the answer to your problem,\n"                                   \
    "then you don't know what your problem is.\n"
#define PETER_LINE                                                                                 \
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot" \
         "pRZb6KE6RyyBwJnAM=\n"
#define ENOCH_LINE                                                                                 \
    DASH "EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"  \
         "ox33WWd1RvMc+QQ=\n"

#define SPEC_PUBLIC "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SPEC_NOTE                                                                                  \
    "This is an example message.\n\n" DASH "example.com/foo "                                      \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHj"               \
    "G1Yu72IneyaQM=\n"

#define SUM_PUBLIC "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
#define SUM_NOTE                                                                                   \
    "go.sum database tree\n15067302\ngJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=\n\n" DASH        \
    "sum.golang.org "                                                                              \
    "Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3"               \
    "TpB7OeKn4E2ww=\n"

#define ARCHE_PUBLIC                                                                               \
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/"                                 \
    "PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
#define REMORA_PUBLIC "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
#define ARCHE_BODY                                                                                 \
    "arche2025h1.staging.ct.transparency.dev\n1432088532\n"                                        \
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
#define ARCHE_NOTE                                                                                 \
    ARCHE_BODY                                                                                     \
    "\n" DASH                                                                                      \
    "arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6"         \
    "hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n" DASH              \
    "arche2025h1.staging.ct.transparency.dev "                                                     \
    "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3Nyg"                                        \
    "NI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n" DASH "transparency.dev/DEV:witness-little-garden " \
    "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhI"                                           \
    "gcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n" DASH                                \
    "witness1.smartit.nu/witness1 "                                                                \
    "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75"                             \
    "W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n" DASH "remora.n621.de "                            \
    "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTy"               \
    "nk5XeU/zZ0WBxtqB0DrAWfBw==\n" DASH "witness.stagemole.eu "                                    \
    "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/"                     \
    "2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define BODY "example.com/behind-the-sofa\n20852163\n" ROOT
#define LOG_LINE                                                                                   \
    DASH                                                                                           \
        "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhc" \
        "yv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
#define WITNESS_LINE                                                                               \
    DASH                                                                                           \
        "witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX" \
        "3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"

static enum note_verdict verify(const char *note, size_t length, const char *public,
                                int64_t *time_s)
{
    struct sign_public key;

    assert_int_equal(sign_public_parse(public, &key), 0);
    return note_verify(note, length, &key, time_s);
}

static void test_known_notes(void **state)
{
    static const struct {
        const char *note, *key;
        enum note_verdict verdict;
        int64_t time_s;
    } cases[] = {
        {SPEC_NOTE, SPEC_PUBLIC, NOTE_GOOD, 0},
        {SPEC_NOTE, PETER_PUBLIC, NOTE_UNSIGNED, 0},
        {TEXT "\n" PETER_LINE, PETER_PUBLIC, NOTE_GOOD, 0},
        {TEXT "\n" PETER_LINE, ENOCH_PUBLIC, NOTE_UNSIGNED, 0},
        {TEXT "\n" ENOCH_LINE PETER_LINE, PETER_PUBLIC, NOTE_GOOD, 0},
        {TEXT "\n" ENOCH_LINE PETER_LINE, ENOCH_PUBLIC, NOTE_GOOD, 0},
        {TEXT "more\n\n" PETER_LINE, PETER_PUBLIC, NOTE_FORGED, 0},
        {TEXT "\n\n" PETER_LINE, PETER_PUBLIC, NOTE_FORGED, 0}, /* the last empty line counts */
        {SUM_NOTE, SUM_PUBLIC, NOTE_GOOD, 0},
        {ARCHE_NOTE, ARCHE_PUBLIC, NOTE_GOOD, 0},
        {ARCHE_NOTE, REMORA_PUBLIC, NOTE_GOOD, 1779573024},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t time_s = -1;

        assert_int_equal(verify(cases[i].note, strlen(cases[i].note), cases[i].key, &time_s),
                         cases[i].verdict);
        assert_int_equal(time_s, cases[i].verdict == NOTE_GOOD ? cases[i].time_s : -1);
    }
}

/* Whatever bit of a note is turned over, it isn't good any more. */
static void test_every_bit_counts(void **state)
{
    char note[] = ARCHE_NOTE;
    size_t body = strlen(ARCHE_BODY), length = strlen(ARCHE_NOTE);
    size_t line = (size_t)(strstr(note, DASH "remora") - note);
    size_t end = (size_t)(strchr(note + line, '\n') - note);

    (void)state;
    assert_int_equal(note_body(note, length), body);
    for (size_t i = 0; i <= end; i++) {
        if (i > body && i < line)
            continue;
        for (int bit = 0; bit < 8; bit++) {
            note[i] ^= (char)(1 << bit);
            assert_int_not_equal(verify(note, length, REMORA_PUBLIC, NULL), NOTE_GOOD);
            note[i] ^= (char)(1 << bit);
        }
    }
    assert_int_equal(verify(note, length, REMORA_PUBLIC, NULL), NOTE_GOOD);
}

static void test_signing_as_go_does(void **state)
{
    struct sign_key *key = sign_key_parse(PETER_SECRET);
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;

    (void)state;
    buffer_add_text(&note, TEXT);
    note_sign(&note, key);
    assert_string_equal(buffer_text(&note), TEXT "\n" PETER_LINE);
    note_sign(&note, key); /* in place of the line before */
    assert_string_equal(buffer_text(&note), TEXT "\n" PETER_LINE);
    assert_int_equal(note_cosign(&note, key, 1), 1); /* no checkpoint */
    sign_key_free(key);
}

static void test_malformed(void **state)
{
    static const struct {
        const char *note;
        size_t length; /* 0: its text */
    } cases[] = {
        {"", 0},
        {"\n", 0},
        {"\n\n", 0},
        {TEXT, 0},
        {TEXT "\n", 0},
        {TEXT PETER_LINE, 0}, /* no empty line */
        {TEXT "\n" PETER_LINE, sizeof TEXT "\n" PETER_LINE - 2},
        {TEXT "\n" PETER_LINE "\n", 0},
        {TEXT "\n" PETER_LINE "Unexpected line.\n", 0},
        {TEXT "\n" PETER_LINE PETER_LINE, 0}, /* a key signs once */
        {"\x01" TEXT "\n" PETER_LINE, 0},
        {"\t" TEXT "\n" PETER_LINE, 0},
        {"\r\n" TEXT "\n" PETER_LINE, 0},
        {"\xFF" TEXT "\n" PETER_LINE, 0},
        {"a\0b\n\n" PETER_LINE, sizeof "a\0b\n\n" PETER_LINE - 1},
        {TEXT "\n" DASH "Bad Name x08go/ZJkuBS9UG=\n", 0},
        {TEXT "\n" DASH "bad+name x08go/ZJkuBS9UG=\n", 0},
        {TEXT "\n" DASH " x08go/ZJkuA=\n", 0},
        {TEXT "\n" DASH "name\n", 0},
        {TEXT "\n" DASH "name \n", 0},
        {TEXT "\n" DASH "name x08gow==\n", 0}, /* an id and nothing else */
        {TEXT "\n" DASH "name x08gowE\n", 0},
        {TEXT "\n" DASH "name x08gowF=\n", 0}, /* bits that are not 0 behind the end */
        {TEXT "\n" DASH "name x08gow=E\n", 0},
        {TEXT "\n- name x08gowE=\n", 0},
        {TEXT "\n" DASH "name  x08gowE=\n", 0},
    };
    struct note_signer signers[NOTE_SIGNATURES];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = cases[i].length ? cases[i].length : strlen(cases[i].note);

        assert_int_equal(verify(cases[i].note, length, PETER_PUBLIC, NULL), NOTE_MALFORMED);
        assert_int_equal(note_body(cases[i].note, length), 0);
        assert_int_equal(note_signers(cases[i].note, length, signers), 0);
    }
    assert_int_equal(verify(TEXT "\n" DASH "name x08gowE=\n",
                            strlen(TEXT "\n" DASH "name x08gowE=\n"), PETER_PUBLIC, NULL),
                     NOTE_UNSIGNED);
}

/* The same id under another name, or another id under the same, is another key; a line of the
 * key that is too short for a signature is a forged one. */
static void test_ids(void **state)
{
    static const char *const others = TEXT "\n" DASH "PeterNeuman x08gowE=\n" DASH
                                           "PeterNeumann x08gogE=\n" DASH "Peter x08gowE=\n";
    static const char *const cut = TEXT "\n" DASH "PeterNeumann x08gowE=\n";

    (void)state;
    assert_int_equal(verify(others, strlen(others), PETER_PUBLIC, NULL), NOTE_UNSIGNED);
    assert_int_equal(verify(cut, strlen(cut), PETER_PUBLIC, NULL), NOTE_FORGED);
}

static void test_too_large(void **state)
{
    enum { LARGE = 11 << 20 };
    BUFFER_FREE_LATER struct buffer many = BUFFER_NULL;
    MEM_FREE_LATER char *large = mem_alloc(1, LARGE);
    struct note_signer signers[NOTE_SIGNATURES];
    struct checkpoint checkpoint;

    (void)state;
    memset(large, 'x', LARGE);
    memcpy(large + LARGE - sizeof "\n\n" PETER_LINE + 1, "\n\n" PETER_LINE,
           sizeof "\n\n" PETER_LINE - 1);
    assert_int_equal(verify(large, LARGE, PETER_PUBLIC, NULL), NOTE_MALFORMED);
    assert_int_equal(checkpoint_read(large, LARGE, &checkpoint), 1);
    buffer_add_text(&many, BODY "\n");
    for (int i = 0; i < NOTE_SIGNATURES; i++)
        buffer_printf(&many, DASH "name%d x08gowE=\n", i);
    assert_int_equal(note_signers(many.data, many.length, signers), NOTE_SIGNATURES);
    assert_string_equal(signers[NOTE_SIGNATURES - 1].name, "name15");
    buffer_add_text(&many, DASH "more x08gowE=\n");
    assert_int_equal(note_signers(many.data, many.length, signers), 0);
}

static void test_checkpoints(void **state)
{
    static const struct {
        const char *note, *origin; /* NULL: none */
        uint64_t size;
    } cases[] = {
        {BODY, "example.com/behind-the-sofa", 20852163},
        {BODY "\n" LOG_LINE WITNESS_LINE, "example.com/behind-the-sofa", 20852163},
        {BODY "one more\n", "example.com/behind-the-sofa", 20852163},
        {SUM_NOTE, "go.sum database tree", 15067302},
        {ARCHE_NOTE, "arche2025h1.staging.ct.transparency.dev", 1432088532},
        {"o\n0\n" ROOT, "o", 0},
        {"o\n9223372036854775807\n" ROOT, "o", INT64_MAX},
        {"o\n9223372036854775808\n" ROOT, NULL, 0},
        {"o\n18446744073709551617\n" ROOT, NULL, 0},
        {"o\n00\n" ROOT, NULL, 0},
        {"o\n07\n" ROOT, NULL, 0},
        {"o\n+7\n" ROOT, NULL, 0},
        {"o\n-7\n" ROOT, NULL, 0},
        {"o\n 7\n" ROOT, NULL, 0},
        {"o\n7 \n" ROOT, NULL, 0},
        {"o\n0x7\n" ROOT, NULL, 0},
        {"o\n\n" ROOT, NULL, 0},
        {"o\n7\n\n" PETER_LINE, NULL, 0},
        {"\n7\n" ROOT, NULL, 0},
        {"o\n7\n", NULL, 0},
        {"o\n7\nAAAA\n", NULL, 0},
        {"o\n7\n ROOT", NULL, 0},
        {"o\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", NULL, 0},
        {"o\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", NULL, 0},
        {"o\n7\r\n" ROOT, NULL, 0},
        {"o\n7\n" ROOT "\n", NULL, 0},
        {"o\n7\n" ROOT "\nmore\n\n" PETER_LINE, NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct checkpoint checkpoint;
        int rc = checkpoint_read(cases[i].note, strlen(cases[i].note), &checkpoint);

        assert_int_equal(rc, cases[i].origin ? 0 : 1);
        if (rc)
            continue;
        assert_string_equal(checkpoint.origin, cases[i].origin);
        assert_int_equal(checkpoint.size, cases[i].size);
    }
}

static void test_checkpoint_both_ways(void **state)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct checkpoint checkpoint;

    (void)state;
    assert_int_equal(checkpoint_read(BODY, strlen(BODY), &checkpoint), 0);
    checkpoint_write(&checkpoint, &note);
    assert_string_equal(buffer_text(&note), BODY);
}

/* The log signs, two offices see it, one of them twice. */
static void test_cosigning(void **state)
{
    struct sign_key *keys[] = {sign_key_make("o"), sign_key_make("city"), sign_key_make("court")};
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct note_signer signers[NOTE_SIGNATURES];
    struct sign_public log, city, court;
    int64_t time_s = 0;

    (void)state;
    sign_key_public(keys[0], SIGN_LOG, &log);
    sign_key_public(keys[1], SIGN_WITNESS, &city);
    sign_key_public(keys[2], SIGN_WITNESS, &court);
    buffer_add_text(&note, "o\n7\n" ROOT);
    assert_int_equal(note_cosign(&note, keys[1], 1793400000), 1); /* not signed yet */
    note_sign(&note, keys[0]);
    assert_int_equal(note_cosign(&note, keys[1], 1793400000), 0);
    assert_int_equal(note_cosign(&note, keys[2], 1793400001), 0);
    assert_int_equal(note_cosign(&note, keys[1], 1793400002), 0);
    assert_int_equal(note_signers(note.data, note.length, signers), 3);
    assert_string_equal(signers[0].name, "o");
    assert_string_equal(signers[1].name, "court");
    assert_string_equal(signers[2].name, "city");
    assert_memory_equal(signers[2].id, city.id, 4);
    assert_int_equal(note_verify(note.data, note.length, &log, NULL), NOTE_GOOD);
    assert_int_equal(note_verify(note.data, note.length, &court, &time_s), NOTE_GOOD);
    assert_int_equal(time_s, 1793400001);
    assert_int_equal(note_verify(note.data, note.length, &city, &time_s), NOTE_GOOD);
    assert_int_equal(time_s, 1793400002);
    city.type = SIGN_LOG; /* no cosignature passes for a log's */
    assert_int_equal(note_verify(note.data, note.length, &city, &time_s), NOTE_FORGED);
    for (size_t i = 0; i < 3; i++)
        sign_key_free(keys[i]);
}

/* Two offices sign copies of a checkpoint; what comes together has all three lines, once. */
static void test_merging(void **state)
{
    struct sign_key *keys[] = {sign_key_make("o"), sign_key_make("city"), sign_key_make("court")};
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL, city = BUFFER_NULL, court = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer other = BUFFER_NULL;
    struct note_signer signers[NOTE_SIGNATURES];
    struct sign_public public;

    (void)state;
    buffer_add_text(&note, "o\n7\n" ROOT);
    note_sign(&note, keys[0]);
    buffer_add(&city, note.data, note.length);
    buffer_add(&court, note.data, note.length);
    assert_int_equal(note_cosign(&city, keys[1], 1), 0);
    assert_int_equal(note_cosign(&court, keys[2], 2), 0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(note_merge(&note, city.data, city.length), 0);
        assert_int_equal(note_merge(&note, court.data, court.length), 0);
        assert_int_equal(note_signers(note.data, note.length, signers), 3);
    }
    sign_key_public(keys[2], SIGN_WITNESS, &public);
    assert_int_equal(note_verify(note.data, note.length, &public, NULL), NOTE_GOOD);
    buffer_add_text(&other, "o\n8\n" ROOT);
    assert_int_equal(note_merge(&note, other.data, other.length), 1); /* unsigned */
    note_sign(&other, keys[0]);
    assert_int_equal(note_merge(&note, other.data, other.length), 1); /* another checkpoint */
    assert_int_equal(note_merge(&note, court.data, court.length - 1), 1);
    assert_int_equal(note_signers(note.data, note.length, signers), 3);
    for (size_t i = 0; i < 3; i++)
        sign_key_free(keys[i]);
}

/* A note that is full stays as it is. */
static void test_no_room(void **state)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct sign_key *key = sign_key_make("city");
    MEM_FREE_LATER char *before = NULL;

    (void)state;
    buffer_add_text(&note, BODY "\n");
    for (int i = 0; i < NOTE_SIGNATURES; i++)
        buffer_printf(&note, DASH "name%d x08gowE=\n", i);
    before = mem_dup(note.data);
    assert_int_equal(note_cosign(&note, key, 0), 1);
    assert_string_equal(note.data, before);
    sign_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_notes),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_signing_as_go_does),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_checkpoints),
        cmocka_unit_test(test_checkpoint_both_ways),
        cmocka_unit_test(test_cosigning),
        cmocka_unit_test(test_merging),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
