/* bundle_kit: books with a history, a bundle of them, and what both verifiers say of it. For tests.
 * Runs: any.
 *
 * bundle_judge_c asks our own verifier and bundle_judge_python the other one, about many bundles in
 * one process. Both say with which record the bundle stops being whole. */
#ifndef LAWCAST_TESTS_BUNDLE_KIT_H
#define LAWCAST_TESTS_BUNDLE_KIT_H

#include "tests/unit/ledger_kit.h"

#include <sys/stat.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"
#include "gateway/audit/bundle.h"
#include "gateway/audit/bundle_read.h"
#include "gateway/audit/verify.h"
#include "tests/unit/steer_kit.h"

#define BUNDLE_SCRIPT "tests/support/verify_bundle.py"

struct bundle_verdict {
    bool whole;
    int64_t record; /* that was named; 0: none */
    char said[512];
};

/* ---- a history ---- */

static inline struct outcome bundle_outcome(enum outcome_kind kind)
{
    return (struct outcome){.kind = kind, .code = kind == OUTCOME_SENT ? 0 : 42, .n_references = 1};
}

static inline int32_t bundle_sim(struct kit *kit, const char *name)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = name}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(op.sim.uses);
    return op.sim.number;
}

/* n messages by all roads, and what came of each. */
static inline void bundle_messages(struct kit *kit, int64_t from, size_t n)
{
    static const enum outcome_kind kinds[] = {OUTCOME_SENT,     OUTCOME_SENT,    OUTCOME_SENT,
                                              OUTCOME_REJECTED, OUTCOME_UNKNOWN, OUTCOME_DEFERRED};

    assert_int_equal(kit_insert(kit, from, n, 2, false), n);
    kit_fetch(kit, CHANNEL_SMS, n < KIT_ROOM ? n : KIT_ROOM, false);
    for (size_t i = 0; i + 3 < kit->n_rows; i++) {
        struct outcome outcome = bundle_outcome(kinds[i % 6]);
        int64_t number = kit->rows[i].address;

        kit_claim(kit, kit->rows[i].id);
        outcome.references[0] = (int)i;
        outcome.references[1] = (int)i + 100;
        outcome.n_references = outcome.kind == OUTCOME_SENT ? 2 : 0;
        kit_settle(kit, kit->rows[i].id, &outcome, 0);
        for (int part = 0; outcome.kind == OUTCOME_SENT && i % 3 && part < 2; part++)
            kit_report(kit, number, (int)i + 100 * part,
                       i % 3 == 1 ? REPORT_DELIVERED : REPORT_FAILED);
    }
    kit_report(kit, KIT_NUMBER + 9999, 5, REPORT_DELIVERED);
}

/* Two slogans over a midnight, seen again and again, with a picture. */
static inline void bundle_slogans(struct kit *kit, int64_t midnight_ms)
{
    static const char picture[] = "\x89PNG\r\n\x1a\n a screen";
    struct outcome sent = bundle_outcome(OUTCOME_SENT);
    struct ledger_op seen = {.kind = LEDGER_SHOW,
                             .show = {.level = LEVEL_SCREENSHOT,
                                      .from_ms = midnight_ms + 20000,
                                      .until_ms = midnight_ms + 29500,
                                      .evidence = {.picture = picture,
                                                   .picture_length = sizeof picture - 1,
                                                   .picture_type = "png"}}};

    kit_insert_slot(kit, 1, midnight_ms - 3600000, INT64_C(4102444800000), "弘扬宪法精神");
    kit_insert_slot(kit, 2, midnight_ms - 3600000, INT64_C(4102444800000), "学习民法典");
    kit_fetch(kit, CHANNEL_DISPLAY, 2, false);
    assert_int_equal(kit->n_rows, 2);
    for (size_t i = 0; i < 2; i++) {
        kit_claim(kit, kit->rows[i].id);
        kit_settle(kit, kit->rows[i].id, &sent, 0);
    }
    for (int64_t at = midnight_ms - 40000; at < midnight_ms + 20000; at += 9500)
        assert_int_equal(kit_show(kit, kit->rows[0].id, LEVEL_PLAYING, at, at + 10700), 0);
    seen.show.id = kit->rows[0].id;
    assert_int_equal(kit_do(kit, &seen), LEDGER_OK);
    assert_int_equal(kit_show(kit, kit->rows[1].id, LEVEL_ACCEPTED, midnight_ms, midnight_ms + 9),
                     0);
    assert_int_equal(
        kit_show(kit, kit->rows[1].id, LEVEL_LOGGED, midnight_ms + 999, midnight_ms + 4321), 0);
    kit_withdraw(kit, kit->rows[0].id);
}

static inline void bundle_refusals(struct kit *kit)
{
    const int64_t numbers[] = {KIT_NUMBER + 7, KIT_NUMBER + 500, KIT_NUMBER + 501};
    struct ledger_op op = {
        .kind = LEDGER_REFUSE,
        .refuse = {.numbers = numbers, .n = 3, .source = REFUSAL_COMMAND, .note = "by telephone"}};
    struct ledger_op lift = {
        .kind = LEDGER_REFUSE,
        .refuse = {
            .numbers = numbers + 1, .n = 1, .lift = true, .source = REFUSAL_COMMAND, .note = ""}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(kit_do(kit, &lift), LEDGER_OK);
}

/* The books, closed and opened again in between, so that there are several checkpoints. */
static inline void bundle_history(struct kit *kit, size_t messages)
{
    struct ledger_op planned = {.kind = LEDGER_PLANNED, .campaign = kit->campaign};

    kit->meters.sim = bundle_sim(kit, "imsi:460001234567890");
    bundle_messages(kit, 1, messages);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    kit->device = kit_device(kit, "bank-a/11");
    kit->meters.sim = bundle_sim(kit, "modem:bank-a/11");
    kit->route = 2;
    bundle_messages(kit, 1000, messages);
    bundle_slogans(kit, INT64_C(1788192000000)); /* 2026-09-01 in Asia/Shanghai */
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    bundle_refusals(kit);
    kit_steer(kit);
    planned.campaign = kit->campaign;
    assert_int_equal(kit_do(kit, &planned), LEDGER_OK);
}

/* ---- folders ---- */

static inline void bundle_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void bundle_run(const char *format, ...)
{
    char command[16384];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    assert_in_range(length, 1, sizeof command - 1);
    if (system(command))
        fail_msg("%s", command);
}

static inline char *bundle_make(struct kit *kit, const char *name, struct bundle_result *result)
{
    char *folder = mem_printf("%s/%s", kit->directory, name);
    struct bundle_setup setup = {.ledger_path = kit->path, .folder = folder, .pictures = true};
    char why[512] = "";
    int rc;

    assert_int_equal(books_open(&setup.books, kit->path, why, sizeof why), 0);
    rc = bundle_export(&setup, result, why, sizeof why);
    books_close(setup.books);
    if (rc)
        fail_msg("%d: %s", rc, why);
    return folder;
}

static inline void bundle_load(const char *folder, const char *name, struct buffer *text)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);

    buffer_clear(text);
    assert_int_equal(buffer_read_file(text, path, 1 << 26), 0);
}

static inline void bundle_store(const char *folder, const char *name, const struct buffer *text)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(buffer_text(text), 1, text->length, file), text->length);
    assert_int_equal(fclose(file), 0);
}

/* What somebody does who edits with intent: the sums are right again. */
static inline void bundle_reseal(const char *folder)
{
    BUFFER_FREE_LATER struct buffer sums = BUFFER_NULL;

    bundle_load(folder, "SHA256SUMS", &sums);
    for (char *line = sums.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        MEM_FREE_LATER char *name = mem_dup_n(line + 66, (size_t)(end - line) - 66);
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
        char digits[DIGEST_HEX_MOST];
        struct digest sum;

        bundle_load(folder, name, &text);
        sum = digest_of(DIGEST_SHA256, buffer_text(&text), text.length);
        digest_hex(&sum, digits);
        memcpy(line, digits, 64);
    }
    bundle_store(folder, "SHA256SUMS", &sums);
}

/* ---- verdicts ---- */

static inline void bundle_judge_c(const char *folder, const struct verify_options *options,
                                  struct bundle_verdict *verdict)
{
    struct verify_result result;
    struct bundle *bundle;
    struct source source;

    *verdict = (struct bundle_verdict){0};
    if (bundle_open(&bundle, folder, verdict->said, sizeof verdict->said))
        return;
    source_of_bundle(&source, bundle);
    if (verify_source(&source, options, &result) < 0)
        snprintf(verdict->said, sizeof verdict->said, "unreadable");
    else if (result.findings.n) {
        verdict->record = result.findings.items[0].record;
        snprintf(verdict->said, sizeof verdict->said, "%s", result.findings.items[0].text);
    } else
        verdict->whole = bundle_check(bundle, verdict->said, sizeof verdict->said) == 0;
    verify_release(&result);
    bundle_close(bundle);
}

/* A line for each: "FOLDER: whole: ..." or "FOLDER: NOT WHOLE: record 17 ...". */
static inline void bundle_judge_python(const char *words, size_t n, struct bundle_verdict *verdicts)
{
    MEM_FREE_LATER char *command = mem_printf("python3 -B " BUNDLE_SCRIPT " %s 2>&1", words);
    FILE *out = popen(command, "r");
    char line[4096];
    size_t i = 0;

    assert_non_null(out);
    while (fgets(line, sizeof line, out)) {
        const char *bad = strstr(line, ": NOT WHOLE: "), *said;

        if (i == n)
            fail_msg("%s", line);
        said = bad ? bad + strlen(": NOT WHOLE: ") : strstr(line, ": whole: ");
        if (!said)
            fail_msg("%s", line);
        verdicts[i] = (struct bundle_verdict){.whole = !bad};
        snprintf(verdicts[i].said, sizeof verdicts[i].said, "%s", said);
        if (bad && strncmp(said, "record ", 7) == 0)
            verdicts[i].record = strtoll(said + 7, NULL, 10);
        i++;
    }
    pclose(out);
    assert_int_equal(i, n);
}

#endif
