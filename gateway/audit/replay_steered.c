/* replay_steered: what people have said, approved, ordered and edited. See replay.h.
 * Runs: any. */
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/model/approval.h"
#include "gateway/model/campaign.h"
#include "gateway/model/steer.h"
#include "gateway/audit/replay_inside.h"

static const char *replay_word(const struct jv *fact, const char *pointer)
{
    return jv_text(jv_at(fact, pointer)); /* the rules have seen that it is one */
}

static bool replay_has_campaign(const struct replay *replay, const char *code)
{
    const struct replay_facts *facts = &replay->figures.facts[FACT_CAMPAIGN];
    bool found = false;

    for (size_t i = 0; i < facts->n && !found; i++) {
        const char *text = facts->items[i].text;
        struct jv *told = text ? jv_parse(text, strlen(text), NULL) : NULL;

        found = told && strcmp(replay_word(told, "/code"), code) == 0;
        jv_free(told);
    }
    return found;
}

static bool replay_is_value(enum steer_verb verb, const struct jv *value)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    int64_t number = jv_number(value, -1);

    switch (verb) {
    case STEER_EXTEND:
        return number >= 0 && number <= REPLAY_LAST_MS;
    case STEER_RATE:
        return number >= 0 && number <= STEER_RATE_MOST;
    default:
        return !jv_text(value) && jv_scalar(value, &text) &&
               strcmp(buffer_text(&text), "null") == 0;
    }
}

/* Was it said of something that there is, and can it be said of that? */
static bool replay_is_steered(const struct replay *replay, const struct jv *fact)
{
    enum steer_scope scope = steer_scope_find(replay_word(fact, "/scope"));
    enum steer_verb verb = steer_verb_find(replay_word(fact, "/verb"));
    const char *code = replay_word(fact, "/campaign");

    if (!scope || !verb || !steer_is_possible(scope, verb) ||
        !replay_is_value(verb, jv_at(fact, "/value")))
        return false;
    if ((scope == STEER_CAMPAIGN) != !*replay_word(fact, "/name"))
        return false;
    return *code ? replay_has_campaign(replay, code) : scope != STEER_CAMPAIGN;
}

/* Is the note what the record says that it is, by somebody else than who prepared it? */
static bool replay_is_approved(const struct jv *fact)
{
    const char *note = replay_word(fact, "/note");
    struct approval approval;

    return approval_read(note, strlen(note), &approval) == 0 &&
           strcmp(approval.campaign, replay_word(fact, "/campaign")) == 0 &&
           strcmp(approval.content, replay_word(fact, "/content")) == 0 &&
           strcmp(approval.prepared, replay_word(fact, "/prepared")) == 0 &&
           strcmp(approval.approver, replay_word(fact, "/approver")) == 0 &&
           !approval_is_same(approval.prepared, approval.approver);
}

static bool replay_is_rule(const struct jv *fact)
{
    return jv_number(jv_at(fact, "/counts"), -1) <= COUNT_SENT &&
           jv_number(jv_at(fact, "/leftover"), -1) <= LEFTOVER_CANCEL;
}

/* What was ordered changes only behind a record "edited"; a code never does. */
static bool replay_may_be_told(const struct replay *replay, enum record_fact kind,
                               const struct jv *fact)
{
    int64_t campaign = jv_number(jv_at(fact, "/campaign"), 0);
    int64_t unit = kind == FACT_ORDER ? jv_number(jv_at(fact, "/unit"), 0) : 0;
    const struct replay_fact *before = replay_told(&replay->figures, kind, campaign, unit);
    struct jv *told;
    bool same;

    if (!before)
        return true;
    if (replay->editing != campaign)
        return false;
    if (kind != FACT_CAMPAIGN)
        return true;
    told = jv_parse(before->text, strlen(before->text), NULL);
    same = strcmp(replay_word(told, "/code"), replay_word(fact, "/code")) == 0;
    jv_free(told);
    return same;
}

/* Above stands who has an order here, too, if only of nothing, and isn't below by itself. */
static bool replay_is_below(const struct replay *replay, const struct jv *fact)
{
    size_t steps = replay->figures.facts[FACT_ORDER].n;
    int64_t campaign = jv_number(jv_at(fact, "/campaign"), 0);
    int64_t unit = jv_number(jv_at(fact, "/unit"), 0);
    int64_t above = jv_number(jv_at(fact, "/parent"), 0);

    for (; above && above != unit && steps; steps--) {
        const struct replay_fact *told = replay_told(&replay->figures, FACT_ORDER, campaign, above);
        struct jv *order = told ? jv_parse(told->text, strlen(told->text), NULL) : NULL;

        if (!order)
            return false;
        above = jv_number(jv_at(order, "/parent"), 0);
        jv_free(order);
    }
    return !above;
}

static bool replay_can_be(const struct replay *replay, enum record_fact kind, const struct jv *fact)
{
    switch (kind) {
    case FACT_STEERED:
        return replay_is_steered(replay, fact);
    case FACT_APPROVED:
        return replay_is_approved(fact);
    case FACT_RULES:
        return replay_is_rule(fact) && replay_may_be_told(replay, kind, fact);
    case FACT_ORDER:
        return replay_is_below(replay, fact) && replay_may_be_told(replay, kind, fact);
    case FACT_CAMPAIGN:
        return replay_may_be_told(replay, kind, fact);
    default:
        return true;
    }
}

void replay_take_word(struct replay *replay, int64_t id, enum record_fact kind,
                      const struct jv *fact)
{
    if (!replay_can_be(replay, kind, fact))
        findings_add(replay->findings, FINDING_RULE, id,
                     lang("Record %lld (%s) tells of what can't be: a word or an approval that "
                          "nobody may give, a change without an edit before it, or a unit below "
                          "itself or below nobody.",
                          "第 %lld 条记录（%s）的内容不可能成立：无权作出的指令或审批，"
                          "此前没有修改记录的变更，或隶属于自身或不存在单位的单位。"),
                     (long long)id, record_fact_name(kind));
    if (kind == FACT_EDITED)
        replay->editing = jv_number(jv_at(fact, "/campaign"), 0);
    else if (kind != FACT_CAMPAIGN && kind != FACT_ORDER && kind != FACT_RULES &&
             kind != FACT_UNIT && kind != FACT_CLOCK)
        replay->editing = 0;
}

bool replay_is_planned(const struct replay_figures *figures, int64_t campaign)
{
    const struct replay_fact *planned = replay_told(figures, FACT_PLANNED, campaign, 0);
    const struct replay_fact *edited = replay_told(figures, FACT_EDITED, campaign, 0);

    return planned && (!edited || planned->line > edited->line);
}

int replay_rule(const struct replay_figures *figures, int64_t campaign, const char *pointer)
{
    const struct replay_fact *told = replay_told(figures, FACT_RULES, campaign, 0);
    struct jv *rules = told ? jv_parse(told->text, strlen(told->text), NULL) : NULL;
    int rule = (int)jv_number(jv_at(rules, pointer), 0);

    jv_free(rules);
    return rule;
}
