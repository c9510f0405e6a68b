/* agent_send: one message, part by part, into one outcome. See agent_send.h.
 * Runs: agent. */
#include "adapters/modem/agent_send.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/base/hex.h"
#include "gateway/model/sms_text.h"

#include "adapters/modem/cms.h"

void send_counters_init(struct send_counters *counters)
{
    /* Without randomness it starts at 0, which is no worse than any other number. */
    memset(counters, 0, sizeof *counters);
    (void)!getrandom(counters->next, sizeof counters->next, GRND_NONBLOCK);
}

static unsigned char send_reference(struct send_counters *counters, int64_t number)
{
    return counters->next[hex_fingerprint(&number, sizeof number) % sizeof counters->next]++;
}

static void send_refused(const struct gammu_answer *answer, struct outcome *outcome)
{
    switch (answer->verdict) {
    case GAMMU_REFUSED:
        cms_outcome(answer->code, answer->after_ms, outcome);
        return;
    case GAMMU_UNSENT:
        outcome->kind = answer->wait_ms ? OUTCOME_DEFERRED : OUTCOME_RETURNED;
        outcome->wait_ms = answer->wait_ms;
        break;
    case GAMMU_SILENT:
    case GAMMU_TAKEN:
        outcome->kind = OUTCOME_UNKNOWN;
        break;
    }
    snprintf(outcome->detail, sizeof outcome->detail, "%s", answer->why);
}

/* The message ended at the part after those that were taken, whose references outcome has. */
static void send_judge(const struct gammu_answer *answer, int total, struct outcome *outcome)
{
    struct outcome refusal = {0};
    int taken = outcome->n_references;

    send_refused(answer, &refusal);
    if (taken == 0) {
        *outcome = refusal;
        return;
    }
    outcome->kind = OUTCOME_UNKNOWN;
    outcome->code = refusal.code;
    snprintf(outcome->detail, sizeof outcome->detail, "%d of %d parts were taken, then: %.60s",
             taken, total, refusal.detail);
}

/* An ILL error before the text comes as RETURNED: it can't be the message's doing. After the text
 * it may be, and the loop, which sees more messages, decides. */
static bool send_is_over(const struct gammu_answer *answer, const struct outcome *outcome,
                         char why[static 120])
{
    bool ill = answer->verdict == GAMMU_REFUSED && answer->after_ms < 0 &&
               cms_find(answer->code)->class == CMS_ILL;

    if (ill)
        snprintf(why, 120, "error %d: %s", answer->code, cms_find(answer->code)->text);
    else if (answer->lame)
        snprintf(why, 120, "%s", answer->why ? answer->why : outcome->detail);
    return ill || answer->lame;
}

bool send_message(struct gammu *gammu, struct send_counters *counters, const struct line_send *send,
                  struct outcome *outcome, char why[static 120])
{
    struct gammu_part part = {
        .number = send->number, .want_report = send->want_report, .valid_s = send->valid_s};
    struct gammu_answer answer;
    struct sms_layout layout;

    memset(outcome, 0, sizeof *outcome);
    if (sms_text_layout(send->text, send->length, OUTCOME_PARTS_MAX, &layout)) {
        outcome->kind = OUTCOME_REJECTED;
        snprintf(outcome->detail, sizeof outcome->detail, "the text doesn't fit into a message");
        return false;
    }
    part.alphabet = layout.alphabet;
    part.total = (int)layout.n_parts;
    if (part.total > 1)
        part.reference = send_reference(counters, send->number);
    for (int i = 0; i < part.total; i++) {
        part.seq = i + 1;
        part.text = send->text + layout.parts[i].from;
        part.length = layout.parts[i].to - layout.parts[i].from;
        gammu_send(gammu, &part, &answer);
        if (answer.verdict != GAMMU_TAKEN) {
            send_judge(&answer, part.total, outcome);
            return send_is_over(&answer, outcome, why);
        }
        outcome->references[outcome->n_references++] = answer.reference;
    }
    outcome->kind = OUTCOME_SENT;
    return false;
}
