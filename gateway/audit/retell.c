/* retell: units, boards, networks, modems and days. See retell.h.
 * Runs: any. */
#include "gateway/audit/retell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/audit/retell_inside.h"

struct retell_order {
    int64_t unit, quota, position, parent;
};

/* What statement_build wants. */
struct retell_source {
    struct statement_source source;
    struct books_campaign campaign;
    struct retell_order *orders;
    size_t n_orders;
    struct books_unit *units;
    struct books_branch *tree;
    struct books_board *boards;
    struct books_route *routes;
    struct books_tally *tallies;
};

struct jv *retell_fact(const struct retell *retell, enum record_fact fact, int64_t key,
                       int64_t key2)
{
    const struct replay_fact *told = replay_told(retell->figures, fact, key, key2);

    return told ? jv_parse(told->text, strlen(told->text), NULL) : NULL;
}

void retell_copy(char *to, size_t size, const struct jv *fact, const char *pointer)
{
    const char *text = jv_text(jv_at(fact, pointer));
    size_t length = text ? strlen(text) : 0;

    if (length >= size) { /* as the books cut it: no half characters */
        length = size - 1;
        while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(to, text ? text : "", length);
    to[length] = '\0';
}

/* ---- of all campaigns ---- */

struct retell_refusal {
    const char *who;
    size_t at;
    bool refuses;
};

static int retell_by_who(const void *left, const void *right)
{
    const struct retell_refusal *a = left, *b = right;
    int order = strcmp(a->who, b->who);

    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static bool retell_flag(const struct jv *value)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    return jv_number(value, 0) == 1 ||
           (jv_scalar(value, &text) && strcmp(buffer_text(&text), "true") == 0);
}

/* The last word of each number counts. */
static int64_t retell_refusing(const struct replay_figures *figures)
{
    const struct replay_facts *facts = &figures->facts[FACT_REFUSAL];
    struct retell_refusal *refusals = mem_array(facts->n + 1, struct retell_refusal);
    struct jv **objects = mem_array(facts->n + 1, struct jv *);
    int64_t n = 0;

    for (size_t i = 0; i < facts->n; i++) {
        objects[i] = jv_parse(facts->items[i].text, strlen(facts->items[i].text), NULL);
        refusals[i] = (struct retell_refusal){jv_text(jv_at(objects[i], "/who")), i,
                                              retell_flag(jv_at(objects[i], "/refuses"))};
    }
    if (facts->n)
        qsort(refusals, facts->n, sizeof *refusals, retell_by_who);
    for (size_t i = 0; i < facts->n; i++)
        n += refusals[i].refuses &&
             (i + 1 == facts->n || strcmp(refusals[i].who, refusals[i + 1].who) != 0);
    for (size_t i = 0; i < facts->n; i++)
        jv_free(objects[i]);
    free(objects);
    free(refusals);
    return n;
}

static void retell_add_up(struct retell *retell)
{
    const struct replay_figures *figures = retell->figures;

    for (size_t i = 0; i < figures->n_deliveries; i++) {
        const struct replay_delivery *delivery = &figures->deliveries[i];
        struct summary_key key = {.device = delivery->device, .sim = delivery->sim};
        struct summary_line *line;

        if (!delivery->there || delivery->showing >= 0)
            continue;
        key.owner = figures->groups[delivery->group].campaign;
        key.day = summary_day(&retell->summary, delivery->taken_ms);
        line = summary_line(&retell->summary, &key);
        line->n[delivery->state]++;
        line->parts[delivery->state] += delivery->parts;
    }
}

void retell_begin(struct retell *retell, const struct replay_figures *figures)
{
    *retell = (struct retell){.figures = figures, .refusing = retell_refusing(figures)};
    retell_add_up(retell);
}

void retell_end(struct retell *retell)
{
    for (size_t i = 0; i < retell->n_slogans; i++)
        free(retell->slogans[i].text);
    free(retell->slogans);
    summary_free(&retell->summary);
}

void retell_add_slogan(struct retell *retell, int64_t campaign, const struct record_tag *tag,
                       const char *text)
{
    if (retell->n_slogans == retell->room) {
        retell->room = retell->room ? retell->room * 2 : 64;
        retell->slogans = mem_grow(retell->slogans, retell->room, sizeof *retell->slogans);
    }
    retell->slogans[retell->n_slogans++] =
        (struct retell_slogan){.campaign = campaign, .tag = *tag, .text = mem_dup(text)};
}

/* ---- units ---- */

static int retell_by_position(const void *left, const void *right)
{
    const struct retell_order *a = left, *b = right;
    int order = (a->position > b->position) - (a->position < b->position);

    return order ? order : (a->unit > b->unit) - (a->unit < b->unit);
}

static void retell_orders(const struct retell *retell, struct retell_source *out)
{
    const struct replay_facts *facts = &retell->figures->facts[FACT_ORDER];

    out->orders = mem_array(facts->n + 1, struct retell_order);
    for (size_t i = 0; i < facts->n; i++) {
        struct jv *order;

        if (facts->items[i].key != out->campaign.number)
            continue;
        order = jv_parse(facts->items[i].text, strlen(facts->items[i].text), NULL);
        out->orders[out->n_orders++] =
            (struct retell_order){.unit = facts->items[i].key2,
                                  .quota = jv_number(jv_at(order, "/quota"), 0),
                                  .position = jv_number(jv_at(order, "/position"), 0),
                                  .parent = jv_number(jv_at(order, "/parent"), 0)};
        jv_free(order);
    }
    if (out->n_orders)
        qsort(out->orders, out->n_orders, sizeof *out->orders, retell_by_position);
}

/* Has it any messages? */
static bool retell_unit_sums(const struct retell *retell, int64_t campaign, int64_t unit,
                             struct books_unit *out)
{
    bool any = false;

    for (size_t i = 0; i < retell->figures->n_groups; i++) {
        const struct replay_group *group = &retell->figures->groups[i];

        if (group->campaign != campaign || group->unit != unit || group->channel != CHANNEL_SMS)
            continue;
        for (int state = 0; state < DELIVERY_STATES; state++) {
            any = any || group->n[state] > 0;
            out->n[state] += group->n[state];
            out->parts[state] += group->parts[state];
        }
    }
    return any;
}

static void retell_units(const struct retell *retell, struct retell_source *out)
{
    out->units = mem_array(out->n_orders + 1, struct books_unit);
    out->tree = mem_array(out->n_orders + 1, struct books_branch);
    out->source.n_tree = out->n_orders;
    for (size_t i = 0; i < out->n_orders; i++) {
        struct books_unit unit = {.quota = out->orders[i].quota};
        struct books_branch *branch = &out->tree[i];
        struct jv *fact = retell_fact(retell, FACT_UNIT, out->orders[i].unit, 0);

        retell_copy(unit.id, sizeof unit.id, fact, "/code");
        retell_copy(unit.name, sizeof unit.name, fact, "/name");
        branch->number = out->orders[i].unit;
        branch->parent = out->orders[i].parent;
        retell_copy(branch->id, sizeof branch->id, fact, "/code");
        retell_copy(branch->name, sizeof branch->name, fact, "/name");
        jv_free(fact);
        if (retell_unit_sums(retell, out->campaign.number, out->orders[i].unit, &unit) ||
            unit.quota > 0)
            out->units[out->source.n_units++] = unit;
    }
}

static void retell_route(const struct retell *retell, struct retell_source *out,
                         const struct replay_group *group)
{
    struct books_route route = {.route = group->route};
    struct jv *fact = retell_fact(retell, FACT_UNIT, group->unit, 0);
    bool any = false;

    retell_copy(route.unit, sizeof route.unit, fact, "/code");
    jv_free(fact);
    memcpy(route.n, group->n, sizeof route.n);
    memcpy(route.parts, group->parts, sizeof route.parts);
    for (int state = 0; state < DELIVERY_STATES; state++)
        any = any || group->n[state];
    if (any)
        out->routes[out->source.n_routes++] = route;
}

static void retell_routes(const struct retell *retell, struct retell_source *out)
{
    const struct replay_figures *figures = retell->figures;

    out->routes = mem_array(figures->n_groups + 1, struct books_route);
    for (size_t i = 0; i < figures->n_groups; i++)
        if (figures->groups[i].campaign == out->campaign.number &&
            figures->groups[i].channel == CHANNEL_SMS)
            retell_route(retell, out, &figures->groups[i]);
}

static void retell_tallies(const struct retell *retell, struct retell_source *out)
{
    out->tallies = mem_array(retell->summary.n + 1, struct books_tally);
    for (size_t i = 0; i < retell->summary.n; i++) {
        const struct summary_line *line = &retell->summary.lines[i];
        struct books_tally *tally = &out->tallies[out->source.n_tallies];
        struct jv *device, *sim;

        if (line->key.owner != out->campaign.number)
            continue;
        device = retell_fact(retell, FACT_DEVICE, line->key.device, 0);
        sim = retell_fact(retell, FACT_SIM, line->key.sim, 0);
        retell_copy(tally->device, sizeof tally->device, device, "/name");
        retell_copy(tally->sim, sizeof tally->sim, sim, "/name");
        tally->day = line->key.day;
        memcpy(tally->n, line->n, sizeof tally->n);
        memcpy(tally->parts, line->parts, sizeof tally->parts);
        out->source.n_tallies++;
        jv_free(device);
        jv_free(sim);
    }
}

/* ---- boards ---- */

static int retell_by_slot(const void *left, const void *right)
{
    const struct replay_showing *a = *(const struct replay_showing *const *)left;
    const struct replay_showing *b = *(const struct replay_showing *const *)right;
    int order = (a->board > b->board) - (a->board < b->board);

    return order ? order : (a->slot > b->slot) - (a->slot < b->slot);
}

const struct replay_showing **retell_showings(const struct retell *retell, int64_t campaign,
                                              size_t *n)
{
    const struct replay_figures *figures = retell->figures;
    const struct replay_showing **out =
        mem_alloc(figures->n_showings + 1, sizeof(const struct replay_showing *));

    *n = 0;
    for (size_t i = 0; i < figures->n_showings; i++) {
        const struct replay_showing *showing = &figures->showings[i];
        int32_t group = figures->deliveries[showing->delivery - 1].group;

        if (figures->groups[group].campaign == campaign)
            out[(*n)++] = showing;
    }
    if (*n)
        qsort(out, *n, sizeof *out, retell_by_slot);
    return out;
}

/* Those that have time that counts, each text once. The showings are one board's. */
static int64_t retell_different(const struct replay_showing *const *showings, size_t n)
{
    int64_t different = 0;

    for (size_t i = 0; i < n; i++) {
        bool again = !showings[i]->shown_ms;

        for (size_t j = 0; j < i && !again; j++)
            again = showings[j]->shown_ms &&
                    memcmp(&showings[i]->text, &showings[j]->text, sizeof showings[i]->text) == 0;
        different += !again;
    }
    return different;
}

/* The lowest among those that were up, else among those that were taken. */
static int retell_level(const struct retell *retell, const struct replay_showing *const *showings,
                        size_t n)
{
    int up = INT32_MAX, taken = INT32_MAX;

    for (size_t i = 0; i < n; i++) {
        int level = retell->figures->deliveries[showings[i]->delivery - 1].level;

        if ((showings[i]->since_ms > 0 || level > LEVEL_ACCEPTED) && level < up)
            up = level;
        if (level > LEVEL_UNKNOWN && level < taken)
            taken = level;
    }
    return up != INT32_MAX ? up : taken != INT32_MAX ? taken : LEVEL_UNKNOWN;
}

static void retell_board(const struct retell *retell, struct books_board *board,
                         const struct replay_showing *const *showings, size_t n)
{
    struct jv *fact = retell_fact(retell, FACT_BOARD, showings[0]->board, 0);
    struct jv *owner = retell_fact(retell, FACT_UNIT, jv_number(jv_at(fact, "/owner"), 0), 0);

    retell_copy(board->id, sizeof board->id, fact, "/code");
    retell_copy(board->place, sizeof board->place, fact, "/place");
    retell_copy(board->owner, sizeof board->owner, owner, "/code");
    retell_copy(board->owner_name, sizeof board->owner_name, owner, "/name");
    board->planned = (int64_t)n;
    board->slogans = retell_different(showings, n);
    board->level = retell_level(retell, showings, n);
    for (size_t i = 0; i < n; i++) {
        board->showings += showings[i]->shown_ms > 0;
        board->shown_ms += showings[i]->shown_ms;
        board->need = showings[i]->need > board->need ? showings[i]->need : board->need;
        board->n[retell->figures->deliveries[showings[i]->delivery - 1].state]++;
    }
    jv_free(owner);
    jv_free(fact);
}

static void retell_boards(const struct retell *retell, struct retell_source *out)
{
    size_t n;
    const struct replay_showing **showings = retell_showings(retell, out->campaign.number, &n);

    out->boards = mem_array(n + 1, struct books_board);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && showings[to]->board == showings[from]->board;)
            to++;
        retell_board(retell, &out->boards[out->source.n_boards++], showings + from, to - from);
    }
    free(showings);
}

/* ---- the whole ---- */

static int64_t retell_closed(const struct retell *retell, int64_t campaign)
{
    const struct replay_figures *figures = retell->figures;
    int64_t n = 0;

    for (size_t i = 0; i < figures->n_deliveries; i++)
        n += figures->deliveries[i].closed &&
             figures->groups[figures->deliveries[i].group].campaign == campaign;
    return n;
}

/* As the books have it: text that is JSON. */
static char *retell_json(const struct jv *fact, const char *pointer)
{
    const struct jv *member = jv_at(fact, pointer);
    struct buffer text = BUFFER_NULL;

    if (!member || jv_text(member))
        return mem_dup(member ? jv_text(member) : "");
    jv_write(member, false, &text);
    return buffer_take(&text);
}

/* Its number; 0: none of that code. */
static int64_t retell_find(const struct retell *retell, const char *code)
{
    const struct replay_facts *facts = &retell->figures->facts[FACT_CAMPAIGN];
    int64_t number = 0;

    for (size_t i = 0; i < facts->n && !number; i++) {
        struct jv *fact = retell_fact(retell, FACT_CAMPAIGN, (int64_t)i + 1, 0);
        const char *told = jv_text(jv_at(fact, "/code"));

        if (told && strcmp(told, code) == 0)
            number = (int64_t)i + 1;
        jv_free(fact);
    }
    return number;
}

static void retell_campaign(const struct retell *retell, int64_t number, struct books_campaign *out)
{
    struct jv *fact = retell_fact(retell, FACT_CAMPAIGN, number, 0);
    const char *title = jv_text(jv_at(fact, "/title"));

    *out = (struct books_campaign){
        .number = number,
        .title = mem_dup(title ? title : ""),
        .windows = retell_json(fact, "/windows"),
        .targets = retell_json(fact, "/targets"),
        .planned = replay_is_planned(retell->figures, number),
        .counts = replay_rule(retell->figures, number, "/counts"),
        .leftover = replay_rule(retell->figures, number, "/leftover"),
    };
    retell_copy(out->id, sizeof out->id, fact, "/code");
    jv_free(fact);
}

static void retell_source_free(struct retell_source *source)
{
    books_campaign_release(&source->campaign);
    free(source->orders);
    free(source->units);
    free(source->tree);
    free(source->boards);
    free(source->routes);
    free(source->tallies);
}

int retell_statement(const struct retell *retell, const char *code, struct statement *out)
{
    int64_t number = retell_find(retell, code);
    struct retell_source made = {.source = {.with = STATEMENT_MODEMS}};

    if (!number)
        return 1;
    retell_campaign(retell, number, &made.campaign);
    retell_orders(retell, &made);
    retell_units(retell, &made);
    retell_routes(retell, &made);
    retell_tallies(retell, &made);
    retell_boards(retell, &made);
    made.source.campaign = &made.campaign;
    made.source.units = made.units;
    made.source.tree = made.tree;
    made.source.boards = made.boards;
    made.source.routes = made.routes;
    made.source.tallies = made.tallies;
    statement_build(out, &made.source);
    out->notes = (struct books_notes){
        .unmatched = (int64_t)retell->figures->facts[FACT_STRAY].n,
        .closed = retell_closed(retell, number),
        .refusals = retell->refusing,
    };
    retell_shown(retell, number, &out->shown);
    retell_targets(retell, number, out, &out->targets);
    retell_source_free(&made);
    return 0;
}
