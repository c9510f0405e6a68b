/* replay_facts: what the records tell besides deliveries. See replay.h.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/audit/replay_inside.h"

#define REPLAY_MEMBERS 6
#define REPLAY_GAP     1024 /* so many units, boards, ... may be missing before one is disbelieved */

enum replay_member_kind {
    MEMBER_END,
    MEMBER_NUMBER,
    MEMBER_COUNT,
    MEMBER_TEXT,
    MEMBER_TAG,    /* of a number or text */
    MEMBER_VEILED, /* the same, or "": there is none */
    MEMBER_FLAG,
    MEMBER_ABOVE, /* a number, or it isn't told: replay_steered.c knows more */
    MEMBER_ANY
};

struct replay_member {
    const char *pointer; /* RFC 6901 */
    enum replay_member_kind kind;
    enum record_fact of; /* a number that this kind of fact has told; 0: any number */
};

/* How a kind is kept. */
enum replay_keeping {
    KEEP_EVENT, /* all of them */
    KEEP_PLACE, /* the last of each, at its number: a new one gets the next */
    KEEP_KEYS,  /* the last of each key, or pair of keys */
    KEEP_LAST,  /* only the last of all */
};

/* The first member is the key, with key2 the second as well. */
static const struct replay_rule {
    enum replay_keeping keeping;
    bool key2;
    struct replay_member members[REPLAY_MEMBERS + 1];
} replay_rules[FACTS] = {
    [FACT_LOG] = {KEEP_LAST, false, {{"/origin", MEMBER_TEXT, 0}, {"/version", MEMBER_NUMBER, 0}}},
    [FACT_KEY] = {KEEP_EVENT, false, {{"/public", MEMBER_TEXT, 0}, {"/note", MEMBER_TEXT, 0}}},
    [FACT_UNIT] = {KEEP_PLACE,
                   false,
                   {{"/unit", MEMBER_NUMBER, 0},
                    {"/code", MEMBER_TEXT, 0},
                    {"/name", MEMBER_TEXT, 0}}},
    [FACT_CAMPAIGN] = {KEEP_PLACE,
                       false,
                       {{"/campaign", MEMBER_NUMBER, 0},
                        {"/code", MEMBER_TEXT, 0},
                        {"/title", MEMBER_TEXT, 0},
                        {"/windows", MEMBER_ANY, 0},
                        {"/targets", MEMBER_ANY, 0},
                        {"/source", MEMBER_TEXT, 0}}},
    [FACT_ORDER] = {KEEP_KEYS,
                    true,
                    {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                     {"/unit", MEMBER_NUMBER, FACT_UNIT},
                     {"/quota", MEMBER_COUNT, 0},
                     {"/position", MEMBER_NUMBER, 0},
                     {"/parent", MEMBER_ABOVE, 0}}},
    [FACT_BOARD] = {KEEP_PLACE,
                    false,
                    {{"/board", MEMBER_NUMBER, 0},
                     {"/code", MEMBER_TEXT, 0},
                     {"/owner", MEMBER_NUMBER, FACT_UNIT},
                     {"/place", MEMBER_TEXT, 0}}},
    [FACT_DEVICE] = {KEEP_PLACE, false, {{"/device", MEMBER_NUMBER, 0}, {"/name", MEMBER_TEXT, 0}}},
    [FACT_SIM] = {KEEP_PLACE, false, {{"/sim", MEMBER_NUMBER, 0}, {"/name", MEMBER_TEXT, 0}}},
    [FACT_PLANNED] = {KEEP_KEYS, false, {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN}}},
    [FACT_REFUSAL] = {KEEP_EVENT,
                      false,
                      {{"/who", MEMBER_TAG, 0},
                       {"/refuses", MEMBER_FLAG, 0},
                       {"/source", MEMBER_NUMBER, 0},
                       {"/reply", MEMBER_NUMBER, 0},
                       {"/note", MEMBER_VEILED, 0}}},
    [FACT_RELEASE] = {KEEP_EVENT,
                      false,
                      {{"/board", MEMBER_NUMBER, FACT_BOARD},
                       {"/released", MEMBER_FLAG, 0},
                       {"/by", MEMBER_TEXT, 0}}},
    [FACT_STRAY] = {KEEP_EVENT,
                    false,
                    {{"/device", MEMBER_NUMBER, FACT_DEVICE},
                     {"/reference", MEMBER_NUMBER, 0},
                     {"/status", MEMBER_NUMBER, 0}}},
    [FACT_CONTACT] = {KEEP_EVENT,
                      false,
                      {{"/unit", MEMBER_NUMBER, FACT_UNIT},
                       {"/name", MEMBER_TEXT, 0},
                       {"/position", MEMBER_TEXT, 0},
                       {"/phone", MEMBER_VEILED, 0}}},
    [FACT_ACTIVITY] = {KEEP_EVENT,
                       false,
                       {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                        {"/unit", MEMBER_NUMBER, FACT_UNIT},
                        {"/held", MEMBER_TEXT, 0},
                        {"/place", MEMBER_TEXT, 0},
                        {"/participants", MEMBER_NUMBER, 0},
                        {"/content", MEMBER_TEXT, 0}}},
    [FACT_PHOTO] = {KEEP_EVENT,
                    false,
                    {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                     {"/unit", MEMBER_NUMBER, FACT_UNIT},
                     {"/name", MEMBER_TEXT, 0},
                     {"/file", MEMBER_TEXT, 0}}},
    [FACT_ERASED] = {KEEP_KEYS,
                     false,
                     {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                      {"/deliveries", MEMBER_NUMBER, 0},
                      {"/reason", MEMBER_TEXT, 0},
                      {"/by", MEMBER_TEXT, 0}}},
    [FACT_CLOCK] = {KEEP_LAST, false, {{"/from", MEMBER_NUMBER, 0}}},
    [FACT_RESTORED] = {KEEP_EVENT,
                       false,
                       {{"/lost", MEMBER_TEXT, 0},
                        {"/mark", MEMBER_TEXT, 0},
                        {"/from", MEMBER_NUMBER, 0},
                        {"/until", MEMBER_NUMBER, 0}}},
    [FACT_UPGRADED] = {KEEP_EVENT, false, {{"/from", MEMBER_NUMBER, 0}, {"/to", MEMBER_NUMBER, 0}}},
    [FACT_SEAL] = {KEEP_LAST, false, {{"/tables", MEMBER_ANY, 0}}},
    [FACT_OPENED] = {KEEP_LAST, false, {{"/version", MEMBER_NUMBER, 0}}},
    [FACT_DEADLINE] = {KEEP_KEYS,
                       false,
                       {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                        {"/contacts", MEMBER_NUMBER, 0}}},
    [FACT_STEERED] = {KEEP_EVENT,
                      false,
                      {{"/scope", MEMBER_TEXT, 0},
                       {"/verb", MEMBER_TEXT, 0},
                       {"/campaign", MEMBER_TEXT, 0},
                       {"/name", MEMBER_TEXT, 0},
                       {"/value", MEMBER_ANY, 0},
                       {"/by", MEMBER_TEXT, 0}}},
    [FACT_APPROVED] = {KEEP_EVENT,
                       false,
                       {{"/campaign", MEMBER_TEXT, 0},
                        {"/content", MEMBER_TEXT, 0},
                        {"/prepared", MEMBER_TEXT, 0},
                        {"/approver", MEMBER_TEXT, 0},
                        {"/note", MEMBER_TEXT, 0}}},
    [FACT_EDITED] = {KEEP_KEYS,
                     false,
                     {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                      {"/content", MEMBER_TEXT, 0},
                      {"/by", MEMBER_TEXT, 0}}},
    [FACT_RULES] = {KEEP_KEYS,
                    false,
                    {{"/campaign", MEMBER_NUMBER, FACT_CAMPAIGN},
                     {"/counts", MEMBER_COUNT, 0},
                     {"/leftover", MEMBER_COUNT, 0}}},
};

const struct replay_fact *replay_told(const struct replay_figures *figures, enum record_fact fact,
                                      int64_t key, int64_t key2)
{
    const struct replay_facts *facts = &figures->facts[fact];

    if (replay_rules[fact].keeping == KEEP_PLACE) {
        bool there = key >= 1 && key <= (int64_t)facts->n && facts->items[key - 1].text;

        return there ? &facts->items[key - 1] : NULL;
    }
    for (size_t i = facts->n; i-- > 0;)
        if (facts->items[i].key == key && facts->items[i].key2 == key2)
            return &facts->items[i];
    return NULL;
}

bool replay_knows(const struct replay *replay, enum record_fact fact, int64_t key)
{
    return !replay->figures.log || replay_told(&replay->figures, fact, key, 0);
}

static struct replay_fact *replay_new_fact(struct replay_facts *facts)
{
    if (facts->n == facts->room) {
        facts->room = facts->room ? facts->room * 2 : 16;
        facts->items = mem_grow(facts->items, facts->room, sizeof *facts->items);
    }
    facts->items[facts->n] = (struct replay_fact){0};
    return &facts->items[facts->n++];
}

/* Where it is kept; NULL: no such number can be. */
static struct replay_fact *replay_fact_place(struct replay_facts *facts,
                                             const struct replay_rule *rule, int64_t key,
                                             int64_t key2)
{
    switch (rule->keeping) {
    case KEEP_PLACE:
        if (key < 1 || key > (int64_t)facts->n + REPLAY_GAP)
            return NULL;
        while ((int64_t)facts->n < key)
            replay_new_fact(facts);
        return &facts->items[key - 1];
    case KEEP_KEYS:
        for (size_t i = 0; i < facts->n; i++)
            if (facts->items[i].key == key && facts->items[i].key2 == key2)
                return &facts->items[i];
        return replay_new_fact(facts);
    case KEEP_LAST:
        return facts->n ? &facts->items[0] : replay_new_fact(facts);
    case KEEP_EVENT:
        break;
    }
    return replay_new_fact(facts);
}

static bool replay_is_tag(const char *text)
{
    struct record_tag tag;

    return text && record_tag_parse(text, strlen(text), &tag) == 0;
}

static bool replay_is_member(const struct replay *replay, const struct jv *fact,
                             const struct replay_member *member)
{
    const struct jv *value = jv_at(fact, member->pointer);
    int64_t number = jv_number(value, INT64_MIN);

    switch (member->kind) {
    case MEMBER_NUMBER:
        /* 0 is nobody: a device that isn't known. */
        return number != INT64_MIN &&
               (!member->of || number == 0 || replay_knows(replay, member->of, number));
    case MEMBER_COUNT:
        return number >= 0 && number <= REPLAY_MOST;
    case MEMBER_ABOVE:
        return !value || number > 0;
    case MEMBER_TEXT:
        return jv_text(value) != NULL;
    case MEMBER_VEILED:
        if (jv_text(value) && !*jv_text(value))
            return true;
        return replay_is_tag(jv_text(value));
    case MEMBER_TAG:
        return replay_is_tag(jv_text(value));
    case MEMBER_FLAG: {
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

        return number == 0 || number == 1 || (value && !jv_text(value) && jv_scalar(value, &text));
    }
    default:
        return value != NULL;
    }
}

/* The pointer of the first member that is wrong, or NULL. */
static const char *replay_wrong_member(const struct replay *replay, const struct jv *fact,
                                       const struct replay_rule *rule)
{
    for (const struct replay_member *member = rule->members; member->kind; member++)
        if (!replay_is_member(replay, fact, member))
            return member->pointer;
    return NULL;
}

/* Beginnings, and what the clock says of itself. */
static void replay_special_fact(struct replay *replay, int64_t id, int64_t at_ms,
                                enum record_fact kind, const struct jv *fact)
{
    struct replay_figures *figures = &replay->figures;

    if (kind == FACT_LOG) {
        if (figures->log)
            findings_add(
                replay->findings, FINDING_RULE, id,
                lang("Record %lld begins the log a second time.", "第 %lld 条记录再次开始账本。"),
                (long long)id);
        figures->log = figures->log ? figures->log : id;
    }
    if (kind == FACT_SEAL)
        figures->sealed = true;
    if (kind == FACT_CLOCK &&
        (jv_number(jv_at(fact, "/from"), -1) != figures->last_ms || at_ms >= figures->last_ms))
        findings_add(replay->findings, FINDING_BACK_DATED, id,
                     lang("Record %lld says that the clock was set back, but not from the time of "
                          "the record before it.",
                          "第 %lld 条记录称时钟被拨回，但起点与前一条记录的时间不符。"),
                     (long long)id);
}

static void replay_keep_fact(struct replay *replay, const struct replay_fact *told,
                             enum record_fact kind, const struct jv *fact)
{
    const struct replay_rule *rule = &replay_rules[kind];
    int64_t key = 0, key2 = 0, first_ms;
    struct replay_fact *kept;

    if (rule->keeping == KEEP_PLACE || rule->keeping == KEEP_KEYS) {
        key = jv_number(jv_at(fact, rule->members[0].pointer), 0);
        key2 = rule->key2 ? jv_number(jv_at(fact, rule->members[1].pointer), 0) : 0;
    }
    kept = replay_fact_place(&replay->figures.facts[kind], rule, key, key2);
    if (!kept) {
        findings_add(replay->findings, FINDING_RULE, told->line,
                     lang("Record %lld tells of number %lld, which can't be.",
                          "第 %lld 条记录中的编号 %lld 不可能存在。"),
                     (long long)told->line, (long long)key);
        return;
    }
    first_ms = kept->text ? kept->first_ms : told->at_ms;
    free(kept->text);
    *kept = *told;
    kept->first_ms = first_ms;
    kept->key = key;
    kept->key2 = key2;
    kept->text = mem_dup(told->text);
}

void replay_take_fact(struct replay *replay, int64_t id, int64_t at_ms, enum record_fact kind,
                      const char *text)
{
    struct jv *fact = jv_parse(text, strlen(text), NULL);
    const char *wrong = fact ? replay_wrong_member(replay, fact, &replay_rules[kind]) : "";

    if (wrong) {
        findings_add(replay->findings, FINDING_RULE, id,
                     lang("Record %lld (%s) can't be read, or refers to what no record tells of: "
                          "%s",
                          "第 %lld 条记录（%s）无法读取，或其引用的对象没有任何记录说明：%s"),
                     (long long)id, record_fact_name(kind), wrong);
    } else {
        replay_special_fact(replay, id, at_ms, kind, fact);
        replay_take_word(replay, id, kind, fact);
        replay_keep_fact(replay,
                         &(const struct replay_fact){
                             .line = id, .at_ms = at_ms, .text = (char *)(uintptr_t)text},
                         kind, fact);
    }
    jv_free(fact);
}

void replay_free_facts(struct replay *replay)
{
    for (int kind = 0; kind < FACTS; kind++) {
        struct replay_facts *facts = &replay->figures.facts[kind];

        for (size_t i = 0; i < facts->n; i++)
            free(facts->items[i].text);
        free(facts->items);
    }
}
