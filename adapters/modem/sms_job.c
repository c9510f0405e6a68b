/* sms_job: a message on its way to its modem's agent. See sms_job.h.
 * Runs: any (pure, but for the clock). */
#include "adapters/modem/sms_job.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/model/sms_text.h"

#include "adapters/modem/line.h"

static bool sms_job_end(struct outcome *outcome, enum outcome_kind kind, const char *detail)
{
    *outcome = (struct outcome){.kind = kind};
    snprintf(outcome->detail, sizeof outcome->detail, "%s", detail);
    return true;
}

bool sms_job_judge(const struct adapter_job *job, struct outcome *outcome, size_t *n_parts)
{
    struct sms_layout layout = {0};

    *n_parts = 0;
    if (sms_text_layout(job->text, strlen(job->text), OUTCOME_PARTS_MAX, &layout) ||
        layout.n_parts == 0)
        return sms_job_end(outcome, OUTCOME_REJECTED,
                           "the text is empty or doesn't fit into a message");
    if (job->address <= 0)
        return sms_job_end(outcome, OUTCOME_REJECTED, "no number");
    if (job->until_ms > 0 && job->until_ms <= clock_wall_ms())
        return sms_job_end(outcome, OUTCOME_DEFERRED, "its time was over before it was sent");
    *n_parts = layout.n_parts;
    return false;
}

int64_t sms_job_limit_ms(const struct modem *modem, size_t n_parts)
{
    return modem->timeout_ms * (int64_t)n_parts + modem->gap_ms * ((int64_t)n_parts - 1);
}

void sms_job_add_line(const struct adapter_job *job, struct buffer *out)
{
    struct line_send send = {.id = job->id,
                             .number = job->address,
                             .want_report = job->want_report,
                             .text = job->text,
                             .length = strlen(job->text)};

    if (job->until_ms > 0) {
        int64_t left_s = (job->until_ms - clock_wall_ms() + 999) / 1000;

        send.valid_s = left_s < 1 ? 1 : left_s > INT32_MAX ? INT32_MAX : left_s;
    }
    line_add_send(out, &send);
}
