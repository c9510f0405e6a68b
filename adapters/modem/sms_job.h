/* sms_job: a message on its way from the loop to its modem's agent.
 * Runs: any (pure, but for the clock). */
#ifndef LAWCAST_MODEM_SMS_JOB_H
#define LAWCAST_MODEM_SMS_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

#include "adapters/adapter.h"

/* Judges what need not trouble the modem. false: it is for the agent, in so many parts. */
bool sms_job_judge(const struct adapter_job *job, struct outcome *outcome, size_t *n_parts);
/* The longest that the agent takes for so many parts. */
int64_t sms_job_limit_ms(const struct modem *modem, size_t n_parts);
/* Adds the line that hands it over (line.h). Only what sms_job_judge let pass. */
void sms_job_add_line(const struct adapter_job *job, struct buffer *out);

#endif
