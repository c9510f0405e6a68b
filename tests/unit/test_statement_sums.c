/* test_statement_sums: the statement by network, modem, SIM and day; one wrong figure is always
 * found, and its place named. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/model/operators.h"
#include "tests/unit/statement_kit.h"

#define EVERYTHING (STATEMENT_MODEMS | STATEMENT_UNIT_DAYS)

/* The same random campaign for the same seed, told in four ways that agree. */
enum { UNITS = 4, DEVICES = 5, DAYS = 3, CELLS = 60 };

struct world {
    struct books books;
    struct books_route routes[UNITS * PHONE_OPERATORS];
    struct books_tally tallies[(DEVICES + 1) * (DAYS + 1)];
    struct books_unit_day unit_days[UNITS * (DAYS + 1) + 1]; /* room for a stray */
    uint64_t seed;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (world->seed >> 33) % below;
}

static void world_put(struct world *world, const int64_t figures[2])
{
    size_t unit = draw(world, UNITS), route = draw(world, PHONE_OPERATORS);
    size_t state = draw(world, DELIVERY_SHOWN), taken = draw(world, 5) > 0;
    size_t device = taken ? 1 + draw(world, DEVICES) : 0, day = taken ? 1 + draw(world, DAYS) : 0;
    struct books_unit *to = &world->books.units[unit];

    to->n[state] += figures[0];
    to->parts[state] += figures[1];
    world->routes[unit * PHONE_OPERATORS + route].n[state] += figures[0];
    world->routes[unit * PHONE_OPERATORS + route].parts[state] += figures[1];
    world->tallies[device * (DAYS + 1) + day].n[state] += figures[0];
    world->tallies[device * (DAYS + 1) + day].parts[state] += figures[1];
    world->unit_days[unit * (DAYS + 1) + day].n[state] += figures[0];
    world->unit_days[unit * (DAYS + 1) + day].parts[state] += figures[1];
}

static void world_name(struct world *world)
{
    for (size_t i = 0; i < UNITS; i++) {
        struct books_unit *unit = &world->books.units[i];

        *unit = (struct books_unit){.quota = (int64_t)i * 100};
        snprintf(unit->id, sizeof unit->id, "u%zu", i);
        snprintf(unit->name, sizeof unit->name, "District-%zu", i);
        for (size_t r = 0; r < PHONE_OPERATORS; r++)
            snprintf(world->routes[i * PHONE_OPERATORS + r].unit, 33, "u%zu", i);
        for (size_t d = 0; d <= DAYS; d++) {
            snprintf(world->unit_days[i * (DAYS + 1) + d].unit, 33, "u%zu", i);
            world->unit_days[i * (DAYS + 1) + d].day = d ? 20261030 + (int32_t)d : 0;
        }
    }
    for (size_t i = 0; i < UNITS * PHONE_OPERATORS; i++)
        world->routes[i].route = (int32_t)(i % PHONE_OPERATORS);
    for (size_t i = 0; i < (DEVICES + 1) * (DAYS + 1); i++) {
        struct books_tally *tally = &world->tallies[i];
        size_t device = i / (DAYS + 1), day = i % (DAYS + 1);

        if (device)
            snprintf(tally->device, sizeof tally->device, "bank/%zu", device + 6);
        if (device)
            snprintf(tally->sim, sizeof tally->sim, "imsi:4600012345%05zu", device);
        tally->day = day ? 20261030 + (int32_t)day : 0;
    }
}

static void world_make(struct world *world, uint64_t seed)
{
    *world = (struct world){.books = two_units(), .seed = seed};
    world->books.n_units = UNITS;
    world->books.routes = world->routes;
    world->books.n_routes = UNITS * PHONE_OPERATORS;
    world->books.tallies = world->tallies;
    world->books.n_tallies = (DEVICES + 1) * (DAYS + 1);
    world->books.unit_days = world->unit_days;
    world->books.n_unit_days = UNITS * (DAYS + 1);
    world_name(world);
    for (size_t i = 0; i < CELLS; i++) {
        int64_t n = (int64_t)draw(world, 1000);

        world_put(world, (const int64_t[]){n, n * (1 + (int64_t)draw(world, 3))});
    }
}

static bool world_adds_up(struct world *world, char why[STATEMENT_WHY])
{
    struct statement statement;
    bool adds_up;

    why[0] = '\0';
    assert_int_equal(statement_read_with(&world->books, "day", EVERYTHING, &statement), 0);
    assert_int_equal(world->books.held, 0);
    adds_up = statement_adds_up(&statement, why, STATEMENT_WHY);
    statement_release(&statement);
    return adds_up;
}

/* One figure of the books is another. */
static void one_wrong_count_is_found_and_named(void **state)
{
    struct world *world = mem_new(struct world);
    char why[STATEMENT_WHY], where[STATEMENT_WHY];

    (void)state;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        int64_t *figure, change = seed & 1 ? 1 + (int64_t)(seed % 7) : -1;
        size_t kind, at, s;

        world_make(world, seed);
        if (!world_adds_up(world, why))
            fail_msg("seed %d: %s", (int)seed, why);
        kind = draw(world, 4);
        at = draw(world, UNITS * (DAYS + 1));
        s = draw(world, DELIVERY_SHOWN);
        snprintf(where, sizeof where, "District-%zu", kind == 0 ? at % UNITS : at / (DAYS + 1));
        if (kind == 0) {
            figure = &world->books.units[at % UNITS].n[s];
        } else if (kind == 1) {
            figure = &world->routes[at].parts[s];
            snprintf(where, sizeof where, "District-%zu (u%zu) by \"Network\"",
                     at / PHONE_OPERATORS, at / PHONE_OPERATORS);
        } else if (kind == 2) {
            figure = &world->tallies[at].n[s];
            snprintf(where, sizeof where, "by \"Modem\"");
        } else {
            figure = &world->unit_days[at].parts[s];
        }
        *figure += change;
        assert_false(world_adds_up(world, why));
        /* Below zero the line itself says so, by its name. */
        if (!strstr(why, where) && *figure >= 0)
            fail_msg("seed %d: not \"%s\", but: %s", (int)seed, where, why);
        assert_true(why[0]);
    }
    free(world);
}

struct figures {
    int64_t *all[4096];
    size_t n;
};

static void figures_add(struct figures *figures, int64_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(figures->n < sizeof figures->all / sizeof *figures->all);
        figures->all[figures->n++] = &list[i];
    }
}

static void figures_unit(struct figures *figures, struct statement_unit *unit)
{
    figures_add(figures, &unit->quota, 1);
    figures_add(figures, &unit->planned, 1);
    figures_add(figures, unit->n, STATEMENT_COLUMNS);
    figures_add(figures, &unit->parts, 1);
    figures_add(figures, &unit->parts_unknown, 1);
    figures_add(figures, unit->states.n, DELIVERY_STATES);
    figures_add(figures, unit->states.parts, DELIVERY_STATES);
}

static void figures_lines(struct figures *figures, struct statement_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        struct statement_line *line = &lines->lines[i];

        figures_add(figures, &line->planned, 1);
        figures_add(figures, line->n, STATEMENT_COLUMNS);
        figures_add(figures, &line->parts, 1);
        figures_add(figures, &line->parts_unknown, 1);
        figures_add(figures, line->states.n, DELIVERY_STATES);
        figures_add(figures, line->states.parts, DELIVERY_STATES);
    }
}

/* Whichever figure of a statement it is: none can be changed unseen. */
static void no_figure_may_be_another(void **state)
{
    struct world *world = mem_new(struct world);
    struct figures *figures = mem_new(struct figures);
    struct statement statement;
    char why[STATEMENT_WHY];

    (void)state;
    world_make(world, 7);
    assert_int_equal(statement_read_with(&world->books, "day", EVERYTHING, &statement), 0);
    for (size_t i = 0; i < UNITS; i++)
        figures_unit(figures, &statement.units[i]);
    figures_unit(figures, &statement.totals);
    figures_add(figures, statement.by_state, DELIVERY_STATES);
    for (size_t i = 0; i < STATEMENT_DIMENSIONS; i++)
        figures_lines(figures, &statement.by[i]);
    figures_lines(figures, &statement.unit_operators);
    figures_lines(figures, &statement.unit_days);
    assert_true(figures->n > 2000);
    for (size_t i = 0; i < figures->n; i++) {
        ++*figures->all[i];
        why[0] = '\0';
        if (statement_adds_up(&statement, why, sizeof why))
            fail_msg("figure %zu may be another", i);
        assert_true(why[0]);
        --*figures->all[i];
    }
    assert_true(statement_adds_up(&statement, why, sizeof why));
    statement_release(&statement);
    free(figures);
    free(world);
}

/* What belongs to no unit is in no unit's figures. */
static void messages_of_no_unit_are_named(void **state)
{
    struct world *world = mem_new(struct world);
    char why[STATEMENT_WHY];

    (void)state;
    world_make(world, 3);
    snprintf(world->unit_days[world->books.n_unit_days++].unit, 33, "#9");
    assert_false(world_adds_up(world, why));
    assert_non_null(strstr(why, "#9"));
    free(world);
}

static const struct books_tally three_tallies[] = {
    {.device = "bank/10",
     .sim = "imsi:460001234567890",
     .day = 20261101,
     .n[DELIVERY_DELIVERED] = 37,
     .parts[DELIVERY_DELIVERED] = 69},
    {.device = "bank/10",
     .sim = "modem:bank/10",
     .day = 20261031,
     .n[DELIVERY_SENT] = 20,
     .parts[DELIVERY_SENT] = 36},
    {.device = "", .sim = "", .day = 0, .n[DELIVERY_PLANNED] = 1, .parts[DELIVERY_PLANNED] = 2},
};
static const struct books_route three_routes[] = {
    {.unit = "city", .route = OPERATOR_UNKNOWN, .n[DELIVERY_PLANNED] = 1},
    {.unit = "city", .route = OPERATOR_TELECOM, .n[DELIVERY_DELIVERED] = 32},
    {.unit = "jinan", .route = OPERATOR_MOBILE, .n[DELIVERY_DELIVERED] = 5},
};

static char *print_three(void (*print)(const struct statement *statement, FILE *out), unsigned with)
{
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    books.tallies = three_tallies;
    books.n_tallies = 3;
    books.routes = three_routes;
    books.n_routes = 3;
    assert_int_equal(statement_read_with(&books, "day", with, &statement), 0);
    print(&statement, out);
    fclose(out);
    statement_release(&statement);
    return text;
}

static void print_json(const struct statement *statement, FILE *out)
{
    struct jv *document = statement_to_json(statement);
    struct buffer text = BUFFER_NULL;

    jv_write(document, false, &text);
    fputs(buffer_text(&text), out);
    buffer_free(&text);
    jv_free(document);
}

static void lines_stand_in_their_order(void **state)
{
    static const char *const in_order[] = {
        "\"operators\":[{\"operator\":\"mobile\",\"planned\":5,",
        "{\"operator\":\"telecom\",\"planned\":32,",
        "{\"operator\":\"unknown\",\"planned\":1,",
        "\"modems\":[{\"modem\":\"bank/10\",\"planned\":57,\"sent\":20,\"delivered\":37,",
        "\"parts\":105},{\"modem\":\"\",\"planned\":1,",
        "\"sims\":[{\"sim\":\"imsi:****7890\",\"planned\":37,",
        "{\"sim\":\"modem:bank/10\",\"planned\":20,",
        "{\"sim\":\"\",\"planned\":1,",
        "\"days\":[{\"day\":\"2026-10-31\",\"planned\":20,",
        "{\"day\":\"2026-11-01\",\"planned\":37,",
        "{\"day\":\"\",\"planned\":1,",
    };
    char *text = print_three(print_json, STATEMENT_MODEMS);
    const char *at = text;

    (void)state;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
        const char *found = strstr(at, in_order[i]);

        if (!found)
            fail_msg("%s is not behind %s", in_order[i], i ? in_order[i - 1] : "the start");
        at = found;
    }
    free(text);
}

/* Who looks every second doesn't ask; what wasn't read isn't told as none. */
static void what_was_not_read_is_not_there(void **state)
{
    char *text = print_three(print_json, 0);

    (void)state;
    assert_non_null(strstr(text, "\"operators\":["));
    assert_null(strstr(text, "\"modems\""));
    assert_null(strstr(text, "\"days\""));
    free(text);
}

static void sims_are_masked_unless_asked(void **state)
{
    char *text = print_three(statement_print_modems, STATEMENT_MODEMS);

    (void)state;
    assert_non_null(strstr(text, "imsi:****7890"));
    assert_null(strstr(text, "460001234"));
    assert_non_null(strstr(text, "\nbank/10 "));
    assert_non_null(strstr(text, "\nno modem yet "));
    free(text);
    text = print_three(statement_print_modems, STATEMENT_MODEMS | STATEMENT_NUMBERS);
    assert_non_null(strstr(text, "imsi:460001234567890"));
    free(text);
}

static void tables_and_sheets_have_sections(void **state)
{
    char *text;

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    text = print_three(statement_print_table, STATEMENT_MODEMS);
    assert_non_null(strstr(text, "\n运营商"));
    assert_non_null(strstr(text, "\n中国移动"));
    assert_non_null(strstr(text, "\n日期"));
    assert_non_null(strstr(text, "\n未发送"));
    assert_null(strstr(text, "bank/10"));
    free(text);
    text = print_three(statement_print_csv, STATEMENT_MODEMS);
    unsetenv("LC_ALL");
    assert_non_null(strstr(text, "\r\n\r\nSIM卡,计划,"));
    assert_non_null(strstr(text, "\r\nimsi:****7890,37,0,37,0,0,0,0,0,0,0,69\r\n"));
    assert_non_null(strstr(text, "\r\n2026-11-01,37,0,37,"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wrong_count_is_found_and_named),
        cmocka_unit_test(no_figure_may_be_another),
        cmocka_unit_test(messages_of_no_unit_are_named),
        cmocka_unit_test(lines_stand_in_their_order),
        cmocka_unit_test(what_was_not_read_is_not_there),
        cmocka_unit_test(sims_are_masked_unless_asked),
        cmocka_unit_test(tables_and_sheets_have_sections),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
