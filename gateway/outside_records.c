/* outside_records: commands that put something into the books and are answered when it is there:
 * refusals, what units hand in, approvals.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/attach_line.h"
#include "gateway/control/optout_line.h"
#include "gateway/approval.h"
#include "gateway/outside_inside.h"

static const char *outside_unwritten(void)
{
    return lang("the books could not be written", "账本无法写入");
}

/* Refusals on their way into the books; lives on its own, whoever leaves first. */
struct outside_optout {
    struct ledger_op op;
    struct optout_line line;
    struct control_promise *promise;
};

static void outside_optout_done(struct ledger_op *op)
{
    struct outside_optout *optout = op->owner;
    struct jv *answer = jv_object();

    if (op->result < 0) {
        outside_refuse(answer, outside_unwritten());
    } else {
        jv_put(answer, "ok", jv_string("optout"));
        jv_put(answer, "numbers", jv_int((int64_t)op->refuse.n));
        jv_put(answer, "changed", jv_int((int64_t)op->refuse.changed));
        jv_put(answer, "suppressed", jv_int(op->refuse.suppressed));
    }
    control_keep(optout->promise, answer);
    optout_line_release(&optout->line);
    free(optout);
}

void outside_obey_optout(struct outside *outside, size_t n, char *const *words, struct jv *answer)
{
    struct outside_optout *optout = mem_new(struct outside_optout);

    if (optout_line_read(n, words, &optout->line)) {
        optout_line_release(&optout->line);
        free(optout);
        outside_refuse(answer, lang("this is no refusal", "登记拒收的命令有误"));
        return;
    }
    log_info("control=optout numbers=%zu lift=%d source=%d", optout->line.n, optout->line.lift,
             (int)optout->line.source);
    optout->promise = control_promise(outside->control);
    optout->op = (struct ledger_op){.kind = LEDGER_REFUSE,
                                    .done = outside_optout_done,
                                    .owner = optout,
                                    .refuse = {.numbers = optout->line.numbers,
                                               .n = optout->line.n,
                                               .lift = optout->line.lift,
                                               .source = optout->line.source,
                                               .note = optout->line.note}};
    ledger_post(outside->ledger, &optout->op);
}

/* What a unit hands in, likewise. */
struct outside_attach {
    struct ledger_op op;
    struct attach_line line;
    struct ledger_photo photos[LEDGER_PHOTOS];
    struct control_promise *promise;
};

static void outside_attach_done(struct ledger_op *op)
{
    struct outside_attach *attach = op->owner;
    struct jv *answer = jv_object();

    if (op->result < 0) {
        outside_refuse(answer, outside_unwritten());
    } else if (op->result == LEDGER_OPEN) {
        outside_refuse(answer,
                       lang("a photo is not in the folder of evidence", "照片不在佐证目录中"));
    } else {
        jv_put(answer, "ok", jv_string("attach"));
        jv_put(answer, "result",
               jv_string(op->result == LEDGER_NONE   ? "none"
                         : op->result == LEDGER_FULL ? "full"
                                                     : "taken"));
        jv_put(answer, "added", jv_int((int64_t)op->attach.added));
    }
    control_keep(attach->promise, answer);
    attach_line_release(&attach->line);
    free(attach);
}

static void outside_attach_post(struct outside *outside, struct outside_attach *attach)
{
    const struct attach_line *line = &attach->line;

    for (size_t i = 0; i < line->n; i++)
        attach->photos[i] = (struct ledger_photo){.name = line->names[i], .file = line->files[i]};
    attach->op = (struct ledger_op){.kind = LEDGER_ATTACH,
                                    .done = outside_attach_done,
                                    .owner = attach,
                                    .attach = {.campaign = line->campaign,
                                               .unit = line->unit,
                                               .activity = line->held || line->place ||
                                                           line->content || line->participants >= 0,
                                               .held = line->held,
                                               .place = line->place,
                                               .content = line->content,
                                               .participants = line->participants,
                                               .photos = attach->photos,
                                               .n_photos = line->n}};
    ledger_post(outside->ledger, &attach->op);
}

void outside_obey_attach(struct outside *outside, size_t n, char *const *words, struct jv *answer)
{
    struct outside_attach *attach = mem_new(struct outside_attach);

    if (attach_line_read(n, words, &attach->line)) {
        attach_line_release(&attach->line);
        free(attach);
        outside_refuse(answer, lang("this can't be handed in", "提交材料的命令有误"));
        return;
    }
    log_info("control=attach photos=%zu", attach->line.n);
    attach->promise = control_promise(outside->control);
    outside_attach_post(outside, attach);
}

/* An approval on its way into the books, likewise. */
struct outside_approve {
    struct ledger_op op;
    struct approval approval;
    struct buffer note;
    struct control_promise *promise;
};

static void outside_approve_free(struct outside_approve *approve)
{
    buffer_free(&approve->note);
    free(approve);
}

static void outside_approve_done(struct ledger_op *op)
{
    struct outside_approve *approve = op->owner;
    struct jv *answer = jv_object();

    if (op->result < 0) {
        outside_refuse(answer, outside_unwritten());
    } else {
        jv_put(answer, "ok", jv_string("approve"));
        jv_put(answer, "campaign", jv_string(approve->approval.campaign));
        jv_put(answer, "known", jv_int(op->result == LEDGER_KNOWN));
    }
    control_keep(approve->promise, answer);
    outside_approve_free(approve);
}

void outside_obey_approve(struct outside *outside, size_t n, char *const *words, struct jv *answer)
{
    struct outside_approve *approve = mem_new(struct outside_approve);
    enum approval_verdict verdict = APPROVAL_MALFORMED;

    (void)n;
    if (hex_decode(&approve->note, words[1], strlen(words[1])) == 0)
        verdict = approval_verify(outside->office, buffer_text(&approve->note),
                                  approve->note.length, &approve->approval);
    if (verdict != APPROVAL_GOOD) {
        outside_refuse(answer, approval_verdict_label(verdict));
        outside_approve_free(approve);
        return;
    }
    log_info("control=approve campaign=%s", approve->approval.campaign);
    approve->promise = control_promise(outside->control);
    approve->op = (struct ledger_op){.kind = LEDGER_APPROVE,
                                     .done = outside_approve_done,
                                     .owner = approve,
                                     .approve = {.campaign = approve->approval.campaign,
                                                 .content = approve->approval.content,
                                                 .prepared = approve->approval.prepared,
                                                 .approver = approve->approval.approver,
                                                 .note = buffer_text(&approve->note)}};
    ledger_post(outside->ledger, &approve->op);
}
