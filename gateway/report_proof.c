/* report_proof: see report_proof.h.
 * Runs: any (blocks). */
#include "gateway/report_proof.h"

#include <stdio.h>

#include "gateway/base/lang.h"
#include "gateway/ledger/books_records.h"
#include "gateway/report/figure.h"
#include "gateway/audit/verify.h"
#include "gateway/command.h"

#define REPORT_PROOF_MOST  1000000 /* records that are played without being asked: two seconds */
#define REPORT_PROOF_SHOWN 5       /* findings that are printed */

static int report_proof_unreadable(const char *why)
{
    fprintf(stderr, "lawcast report: %s\n", why);
    return COMMAND_MACHINE;
}

/* Nobody asked, and it would take long. COMMAND_FINE, or told. */
static int report_proof_weigh(struct books *books, bool *large)
{
    char records[FIGURE_ROOM];
    int64_t last = 0;

    if (books_last_line(books, &last))
        return report_proof_unreadable(
            lang("the books can't be read just now. Try again.", "暂时无法读取账本，请重试。"));
    *large = last > REPORT_PROOF_MOST;
    figure_count(last, records);
    if (*large)
        fprintf(
            stderr,
            lang("lawcast report: not compared with the records, because the books are large (%s "
                 "records): \"lawcast audit verify\" checks all of them, and --recount compares "
                 "here.\n",
                 "lawcast report：账本较大（记录 %s 条），未与记录核对：可用 lawcast audit "
                 "verify 全部核对，或加 --recount。\n"),
            records);
    return COMMAND_FINE;
}

/* How many say that a figure, a name or a text may be wrong. */
static size_t report_proof_count(const struct findings *findings)
{
    size_t n = findings->more;

    for (size_t i = 0; i < findings->n; i++)
        n += findings->items[i].kind != FINDING_PICTURE;
    return n;
}

static void report_proof_print(const struct findings *findings, bool pictures)
{
    size_t shown = 0, n = 0;

    for (size_t i = 0; i < findings->n; i++) {
        if ((findings->items[i].kind == FINDING_PICTURE) != pictures)
            continue;
        if (n++ >= REPORT_PROOF_SHOWN)
            continue;
        fprintf(stderr, "  %s\n", findings->items[i].text);
        shown++;
    }
    n += pictures ? 0 : findings->more;
    if (n > shown)
        fprintf(stderr, lang("  … and %zu more findings.\n", "  ……另有 %zu 处。\n"), n - shown);
}

static int report_proof_judge(const struct findings *findings)
{
    if (report_proof_count(findings)) {
        fputs(lang("✕ The books don't add up: they say other things than the records of their log. "
                   "Nothing is reported:\n",
                   "✕ 账目不符：账本内容与记录不一致，不输出报表：\n"),
              stderr);
        report_proof_print(findings, false);
        fputs(lang("Don't file reports from these books; keep them as they are. \"lawcast audit "
                   "verify\" tells all of it.\n",
                   "请勿据此上报，并原样保存账本。详情见 lawcast audit verify。\n"),
              stderr);
        return COMMAND_MACHINE;
    }
    if (findings->n) {
        fputs(lang("! Every figure is right, but pictures are missing or were altered:\n",
                   "! 各项数字无误，但有图片缺失或被改动：\n"),
              stderr);
        report_proof_print(findings, true);
    }
    return COMMAND_FINE;
}

static int report_proof_make(const char *ledger, struct report_proof *out)
{
    const struct verify_options options = {0};
    struct verify_result result = {0};
    char why[512] = "";
    int rc = verify_books(ledger, &options, &result, why, sizeof why), code;

    code = rc < 0 ? report_proof_unreadable(why) : report_proof_judge(&result.findings);
    out->made = true;
    out->records = result.records;
    verify_release(&result);
    return code;
}

int report_prove(struct books *books, const char *ledger, enum report_proof_how how,
                 struct report_proof *out)
{
    bool large = false;

    *out = (struct report_proof){0};
    if (how == REPORT_PROOF_NONE)
        return COMMAND_FINE;
    if (how == REPORT_PROOF_USUAL && report_proof_weigh(books, &large) != COMMAND_FINE)
        return COMMAND_MACHINE;
    return large ? COMMAND_FINE : report_proof_make(ledger, out);
}

void report_proof_tell(const struct report_proof *proof)
{
    char records[FIGURE_ROOM];

    if (!proof->made) {
        fputs(lang("\n● The figures add up; they were not computed again from the records. "
                   "\"lawcast audit verify\" does that.\n",
                   "\n● 合计一致；未根据记录重新计算，可用 lawcast audit verify 核对。\n"),
              stdout);
        return;
    }
    figure_count(proof->records, records);
    printf(lang("\n● The figures add up: every figure was computed again from %s records of the "
                "log.\n",
                "\n● 合计一致：每个数字都已根据 %s 条记录重新计算。\n"),
           records);
}
