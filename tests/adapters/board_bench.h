/* board_bench: the bench (bench.h) for boards of every kind that is linked: how each is configured,
 * what it can do, and what is stored on it. Include once, in place of bench.h. A kind that the
 * table doesn't know has its defaults. */
#ifndef LAWCAST_TESTS_ADAPTERS_BOARD_BENCH_H
#define LAWCAST_TESTS_ADAPTERS_BOARD_BENCH_H

#include "tests/adapters/bench.h"

#define OWN "prices"

/* What a kind can do, and what it needs to be configured. */
static const struct ability {
    const char *kind;
    bool reads_back;  /* VERIFY without a callback tells whether it is there */
    bool pictures;    /* VERIFY gets one without a callback */
    bool many;        /* several of ours at a time */
    bool forgets;     /* a power cut takes it off */
    bool nameless;    /* the device knows no names, so its list and its log have others */
    const char *text; /* what its charset has of BENCH_TEXT; NULL: all */
    struct bench_option options[12];
} abilities[] = {
    {.kind = "onbon-y",
     .reads_back = true,
     .pictures = true,
     .many = true,
     .options = {{"password", "guest"}}},
    {.kind = "onbon-k",
     .reads_back = true,
     .forgets = true,
     .nameless = true,
     .text = "弘扬宪法精神 \"共建\" {文明} 城市"},
    {.kind = "huidu",
     .reads_back = true,
     .pictures = true,
     .many = true,
     .options = {{"key", "key-of-the-test"}, {"secret", "secret-of-the-test"}}},
    {.kind = "colorlight",
     .reads_back = true,
     .pictures = true,
     .many = true,
     .options = {{"user", "admin"}, {"password", "console"}}},
    {.kind = "xixun",
     .reads_back = true,
     .pictures = true,
     .many = true,
     .options = {{"card", "c-1"}}},
    {.kind = "novacloud",
     .options = {{"key", "key-of-the-test"}, {"secret", "secret-of-the-test"}, {"player", "p1"}}},
    {.kind = "webhook",
     .reads_back = true,
     .many = true,
     .options = {{"publish_pointer", "/code"},
                 {"publish_equals", "0"},
                 {"verify_path", "/{name}"},
                 {"verify_pointer", "/items"},
                 {"verify_equals", "{name}"}}},
};

static const struct ability *ability_of(const char *kind)
{
    static const struct ability none = {.reads_back = true, .many = true};

    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        if (strcmp(abilities[i].kind, kind) == 0)
            return &abilities[i];
    return &none;
}

static void rule_open(struct bench *bench, const char *kind)
{
    const struct ability *ability = ability_of(kind);

    bench_open_with(bench, kind, ability->options);
    for (unsigned i = 0; i < BENCH_JOBS && ability->text; i++)
        bench->jobs[i].text = ability->text;
}

static void rule_begin(struct bench *bench, const char *kind)
{
    rule_open(bench, kind);
    assert_int_equal(bench_init(bench), 0);
    bench_start(bench);
    bench_until_ready(bench, 1);
}

/* Is this stored on the board, by the board's own word? */
static bool rule_is_stored(struct bench *bench, const char *name)
{
    struct jv *answer = sim_client_ask(bench->sim, "stored plaza");
    const struct jv *names = jv_member(answer, "names");
    bool found = false;

    for (size_t i = 0; i < jv_size(names); i++)
        found = found || strcmp(jv_text(jv_element(names, i)), name) == 0;
    jv_free(answer);
    return found;
}

static size_t rule_count_stored(struct bench *bench)
{
    struct jv *answer = sim_client_ask(bench->sim, "stored plaza");
    size_t n = jv_size(jv_member(answer, "names"));

    jv_free(answer);
    return n;
}

#endif
