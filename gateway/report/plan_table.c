/* plan_table: what a campaign would send. See plan_table.h.
 * Runs: any (pure). */
#include "gateway/report/plan_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/model/mask.h"

static const struct {
    const char *name, *english, *chinese;
} plan_refusals[REFUSALS] = {
    [REFUSAL_NUMBER] = {"number", "Bad number", "号码不可用"},
    [REFUSAL_DUPLICATE] = {"duplicate", "Duplicate", "重复"},
    [REFUSAL_TOO_LONG] = {"too_long", "Too long", "内容过长"},
    [REFUSAL_TEXT] = {"text", "Bad text", "文字有误"},
    [REFUSAL_COLUMNS] = {"columns", "Bad columns", "列数不符"},
};

const char *plan_refusal_name(enum refusal why)
{
    return plan_refusals[why].name;
}

const char *plan_refusal_label(enum refusal why)
{
    return lang(plan_refusals[why].english, plan_refusals[why].chinese);
}

struct plan *plan_new(const struct campaign *campaign, const struct office *office)
{
    struct plan *plan = mem_new(struct plan);

    plan->campaign = campaign;
    plan->office = office;
    plan->units = mem_array(campaign->n_orders + 1, struct plan_unit);
    plan->boards = plan_boards_new(campaign, office);
    plan->totals.id = plan->totals.name = "";
    for (size_t i = 0; i < campaign->n_orders; i++) {
        const struct unit *unit = &office->units[campaign->orders[i].unit];

        plan->units[i].id = unit->id;
        plan->units[i].name = unit->name;
        plan->units[i].quota = campaign->orders[i].quota;
        plan->totals.quota += campaign->orders[i].quota;
    }
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->campaign->n_orders; i++)
        free(plan->units[i].sample);
    free(plan->units);
    plan_boards_free(plan->boards);
    free(plan);
}

static bool plan_is_opted_out(const struct plan *plan, const struct recipient *row)
{
    return !row->refused && plan->opted_out && numset_has(plan->opted_out, row->number);
}

static void plan_count(struct plan_unit *line, const struct recipient *row)
{
    if (row->refused) {
        line->refused[row->why]++;
        return;
    }
    line->alphabet[row->alphabet]++;
    line->gaps += row->has_gap;
    if (!line->parts_least || row->parts < line->parts_least)
        line->parts_least = row->parts;
    if (row->parts > line->parts_most)
        line->parts_most = row->parts;
    if (row->reserve) {
        line->reserve++;
        line->reserve_routes[row->route][row->parts]++;
        return;
    }
    line->routes[row->route][row->parts]++;
    line->good++;
    line->parts += row->parts;
}

/* How messages say that one may refuse. */
static const char *const plan_hints[] = {"拒收请回", "退订", "回复TD", "回TD", "回复T", "回复R"};

static bool plan_hints_in(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof plan_hints / sizeof *plan_hints; i++)
        if (memmem(text, length, plan_hints[i], strlen(plan_hints[i])))
            return true;
    return false;
}

/* Does the message hold the campaign's own hint and another one? */
static bool plan_refuses_twice(const char *text, const char *refusal)
{
    const char *own = refusal && *refusal ? strstr(text, refusal) : NULL, *behind;

    if (!own)
        return false;
    behind = own + strlen(refusal);
    return plan_hints_in(text, (size_t)(own - text)) || plan_hints_in(behind, strlen(behind));
}

static size_t plan_characters(const char *text)
{
    size_t length = strlen(text), at = 0, n = 0;

    while (at < length && utf8_next(text, length, &at) >= 0)
        n++;
    return n;
}

/* Numbers may be in the text: their middle digits are nobody's business. */
static char *plan_masked(const char *text)
{
    struct buffer masked = BUFFER_NULL;

    mask_text(text, &masked);
    return buffer_take(&masked);
}

static void plan_look_at_text(struct plan *plan, struct plan_unit *unit,
                              const struct recipient *row)
{
    bool twice = plan_refuses_twice(row->text, plan->campaign->sms.refusal);

    unit->double_refusals += twice;
    plan->totals.double_refusals += twice;
    if (unit->sample)
        return;
    unit->sample = plan_masked(row->text);
    unit->sample_parts = row->parts;
    unit->sample_length = plan_characters(row->text);
}

void plan_add(struct plan *plan, const struct recipient *row)
{
    LOG_ASSERT(row->order < plan->campaign->n_orders);
    if (plan_is_opted_out(plan, row)) {
        plan->units[row->order].opted_out++;
        plan->totals.opted_out++;
        return;
    }
    plan_count(&plan->units[row->order], row);
    plan_count(&plan->totals, row);
    if (!row->refused)
        plan_look_at_text(plan, &plan->units[row->order], row);
}

bool plan_is_short(const struct plan *plan)
{
    for (size_t i = 0; i < plan->campaign->n_orders; i++)
        if (plan->units[i].good + plan->units[i].reserve < plan->units[i].quota)
            return true;
    return false;
}

int64_t plan_refused(const struct plan_unit *line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < REFUSALS; i++)
        sum += line->refused[i];
    return sum;
}

const char *plan_alphabet(const struct plan_unit *line)
{
    if (line->alphabet[SMS_GSM7] && line->alphabet[SMS_UCS2])
        return "UCS-2 + GSM-7";
    if (line->alphabet[SMS_UCS2])
        return "UCS-2";
    return line->alphabet[SMS_GSM7] ? "GSM-7" : "-";
}

int64_t plan_window_ms(const struct plan *plan)
{
    struct calendar calendar = {0};
    int64_t sum;

    campaign_message_windows(plan->campaign, &calendar);
    sum = calendar_open_ms(calendar.items, calendar.n);
    calendar_free(&calendar);
    return sum;
}
