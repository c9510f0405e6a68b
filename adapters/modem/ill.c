/* ill: is it the modem, its SIM, the network, or the message? See ill.h.
 * Runs: any (pure). */
#include "adapters/modem/ill.h"

#include <stdio.h>
#include <string.h>

#include "gateway/model/backoff.h"

#include "adapters/modem/cms.h"

#define ILL_SHORT_REST_MS 1000
#define ILL_MOST_REST_MS  120000

#define ILL_MISFIT_WAIT_MS 10000 /* for another modem to have its turn */

/* The error that ended a message, also one of which parts were taken; NULL: none did. */
static const struct cms_error *ill_error(const struct outcome *outcome)
{
    if ((outcome->kind != OUTCOME_DEFERRED && outcome->kind != OUTCOME_UNKNOWN) ||
        outcome->code == 0)
        return NULL;
    return cms_find(outcome->code);
}

static bool ill_note_modem(struct ill *ill, int64_t address, const struct cms_error *error)
{
    if (!error || error->class != CMS_ILL) {
        ill->address = 0;
        ill->proved = false;
        return false;
    }
    ill->proved = ill->proved || (ill->address != 0 && ill->address != address);
    ill->address = address;
    return ill->proved;
}

/* false: it is there already. */
static bool ill_row_add(struct ill_row *row, int64_t address)
{
    for (int i = 0; i < row->n; i++)
        if (row->addresses[i] == address)
            return false;
    if (row->n == ILL_MANY) {
        memmove(row->addresses, row->addresses + 1, sizeof row->addresses - sizeof address);
        row->n--;
    }
    row->addresses[row->n++] = address;
    return true;
}

/* The network takes messages, or parts of them, from this modem. */
static void ill_note_taken(struct ill *ill)
{
    ill->refused.n = ill->n_certain = ill->n_refusals = 0;
    ill->vague.n = ill->misfit.n = 0;
    ill->barred = false;
    ill->sound = true;
}

static bool ill_note_sim(struct ill *ill, int64_t address, const struct cms_error *error)
{
    bool other, often;

    if (!error || error->suspicion == CMS_INNOCENT)
        return false;
    other = ill_row_add(&ill->refused, address);
    ill->n_certain += other && error->suspicion == CMS_CERTAIN && ill->n_certain < ILL_SURE;
    ill->n_refusals += ill->n_refusals < ILL_MANY;
    often = ill->n_refusals == ILL_MANY && ill->refused.n > 1;
    ill->barred = ill->barred || ill->n_certain >= ILL_SURE || ill->refused.n >= ILL_MANY || often;
    if (!ill->barred || (!other && !often))
        return false;
    ill->n_refusals = 0;
    return true;
}

static bool ill_note_vague(struct ill *ill, int64_t address, const struct cms_error *error)
{
    return error && error->class == CMS_VAGUE && ill_row_add(&ill->vague, address) &&
           ill->vague.n >= ILL_SEVERAL;
}

/* Is it refused for good, for what may be the same in all messages of this modem? */
static bool ill_is_misfit(const struct outcome *outcome)
{
    static const int of_the_number[] = {1, 195, 196};

    if (outcome->kind != OUTCOME_REJECTED || outcome->code <= 0)
        return false;
    for (size_t i = 0; i < sizeof of_the_number / sizeof *of_the_number; i++)
        if (outcome->code == of_the_number[i])
            return false;
    return true;
}

/* Another modem may see it otherwise: final it is only from one that has just sent something. */
static bool ill_note_misfit(struct ill *ill, int64_t address, struct outcome *outcome)
{
    bool alone = ill->misfit.n == 0 && ill->sound;

    if (!ill_is_misfit(outcome))
        return false;
    if (!alone) {
        outcome->kind = OUTCOME_DEFERRED;
        outcome->wait_ms = ILL_MISFIT_WAIT_MS;
    }
    return ill_row_add(&ill->misfit, address) && ill->misfit.n >= ILL_SEVERAL;
}

static void ill_note_busy(struct ill *ill, int64_t address, struct outcome *outcome)
{
    int64_t rest_ms = outcome->rest_ms;

    if (outcome->advice != ADVICE_REST) {
        ill->n_busy = 0;
        ill->busy_address = 0;
        return;
    }
    if (ill->busy_address != address)
        ill->n_busy++;
    ill->busy_address = address;
    if (ill->n_busy > 1)
        outcome->rest_ms =
            backoff_ms(ill->n_busy - 1, rest_ms, ILL_MOST_REST_MS, (uint64_t)address);
    else if (rest_ms > ILL_SHORT_REST_MS)
        outcome->rest_ms = ILL_SHORT_REST_MS;
}

/* The worst of what it proves. */
static enum ill_verdict ill_judge(struct ill *ill, int64_t address, struct outcome *outcome)
{
    const struct cms_error *error = ill_error(outcome);
    bool modem = ill_note_modem(ill, address, error);
    bool vague = ill_note_vague(ill, address, error);
    bool sim = ill_note_sim(ill, address, error);
    bool misfit = ill_note_misfit(ill, address, outcome);

    if ((sim || misfit || vague) && outcome->kind == OUTCOME_DEFERRED)
        outcome->kind = OUTCOME_RETURNED;
    if (sim)
        return ILL_BARRED;
    if (misfit)
        return ILL_MISFIT;
    return modem || vague ? ILL_MODEM : ILL_FINE;
}

enum ill_verdict ill_note(struct ill *ill, int64_t address, struct outcome *outcome)
{
    enum ill_verdict verdict;

    cms_advise(outcome);
    if (outcome->kind == OUTCOME_RETURNED) /* the modem was not asked */
        return ILL_FINE;
    if (outcome->kind == OUTCOME_SENT || outcome->n_references > 0)
        ill_note_taken(ill);
    ill_note_busy(ill, address, outcome);
    verdict = ill_judge(ill, address, outcome);
    if (verdict != ILL_BARRED)
        return verdict;
    outcome->advice = ADVICE_NONE;
    outcome->rest_ms = 0;
    return verdict;
}

void ill_explain(const struct ill *ill, enum ill_verdict verdict, const struct outcome *outcome,
                 char *why, size_t why_size)
{
    if (verdict == ILL_MODEM)
        snprintf(why, why_size, "one recipient after the other fails: %.119s", outcome->detail);
    else if (verdict == ILL_MISFIT)
        snprintf(why, why_size, "this modem or its message centre is set up wrong: %.100s",
                 outcome->detail);
    else if (ill->n_certain >= ILL_SURE)
        snprintf(why, why_size, "the operator refuses this SIM: ask there; %.100s",
                 outcome->detail);
    else
        snprintf(why, why_size, "this SIM is barred or out of credit (%d numbers refused): %.100s",
                 ill->refused.n, outcome->detail);
}
