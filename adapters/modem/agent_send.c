/* agent_send: one message, part by part, into one outcome. See agent_send.h.
 * Runs: agent. */
#include "adapters/modem/agent_send.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/model/sms_text.h"

#include "adapters/modem/agent_pace.h"
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

/* An ILL or BARRED error before the text comes as RETURNED: it can't be the message's doing. After
 * the text it may be, and the loop, which sees more messages, decides. */
static enum send_end send_judge_modem(const struct gammu_answer *answer,
                                      const struct outcome *outcome, char why[static 120])
{
    const struct cms_error *error = cms_find(answer->code);
    bool before = answer->verdict == GAMMU_REFUSED && answer->after_ms < 0;

    if (before && (error->class == CMS_ILL || error->class == CMS_BARRED)) {
        snprintf(why, 120, "error %d: %s", answer->code, error->text);
        return error->class == CMS_BARRED ? SEND_BARRED : SEND_DOWN;
    }
    if (!answer->lame)
        return SEND_GOES_ON;
    snprintf(why, 120, "%s", answer->why ? answer->why : outcome->detail);
    return SEND_DOWN;
}

/* The window ends for the last part when it ends for the first one: what is left of valid_s. */
static int64_t send_left_s(const struct line_send *send, int64_t since_ms)
{
    int64_t left_s = send->valid_s - (clock_mono_ms() - since_ms + 999) / 1000;

    if (send->valid_s == 0)
        return 0;
    return left_s > 0 ? left_s : 1;
}

/* Between two parts, listening. A modem that is gone is found out by the next part. */
static void send_rest(struct sender *sender)
{
    int64_t limit = clock_mono_ms() + sender->gap_ms;

    while (clock_mono_ms() < limit && pace_wait(gammu_fd(sender->gammu), limit))
        if (!gammu_read(sender->gammu))
            return;
}

enum send_end send_message(struct sender *sender, const struct line_send *send,
                           struct outcome *outcome, char why[static 120])
{
    struct gammu_part part = {.number = send->number, .want_report = send->want_report};
    int64_t since_ms = clock_mono_ms();
    struct gammu_answer answer;
    struct sms_layout layout;

    memset(outcome, 0, sizeof *outcome);
    if (sms_text_layout(send->text, send->length, OUTCOME_PARTS_MAX, &layout)) {
        outcome->kind = OUTCOME_REJECTED;
        snprintf(outcome->detail, sizeof outcome->detail, "the text doesn't fit into a message");
        return SEND_GOES_ON;
    }
    part.alphabet = layout.alphabet;
    part.total = (int)layout.n_parts;
    if (part.total > 1)
        part.reference = send_reference(&sender->counters, send->number);
    for (int i = 0; i < part.total; i++) {
        part.seq = i + 1;
        part.text = send->text + layout.parts[i].from;
        part.length = layout.parts[i].to - layout.parts[i].from;
        if (i > 0)
            send_rest(sender);
        part.valid_s = send_left_s(send, since_ms);
        gammu_send(sender->gammu, &part, &answer);
        if (answer.verdict != GAMMU_TAKEN) {
            send_judge(&answer, part.total, outcome);
            return send_judge_modem(&answer, outcome, why);
        }
        outcome->references[outcome->n_references++] = answer.reference;
    }
    outcome->kind = OUTCOME_SENT;
    return SEND_GOES_ON;
}
