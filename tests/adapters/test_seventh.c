/* test_seventh: a further product costs one file: it is found, its options are known to the
 * configuration, and the panel carries it over HTTP. */
#include "tests/unit/server.h"

#include <stdio.h>

#include "adapters/adapter.h"
#include "tests/adapters/seventh.c" /* all there is of it */

struct product {
    char slogan[64]; /* its name; "": none */
    unsigned logins, tokens_refused;
    bool forgets; /* the session, once */
};

struct visit {
    const struct adapter *adapter;
    void *panel;
    struct seventh_options options;
    char url[64], password[16];
    struct board board;
    struct server server;
    struct product product;
    struct adapter_job job;
    struct adapter_result result;
    unsigned ready, done, stopped;
};

static bool product_is_asked(const char *request, const char *line)
{
    return strncmp(request, line, strlen(line)) == 0;
}

static void product_work(struct product *product, struct connection *connection,
                         const char *request)
{
    char body[128];

    if (product_is_asked(request, "PUT /x/slogans/")) {
        sscanf(request, "PUT /x/slogans/%60[a-z0-9-]", product->slogan);
        connection_respond(connection, "201 Created", "");
    } else if (product_is_asked(request, "DELETE /x/slogans/")) {
        connection_respond(connection, *product->slogan ? "204 No Content" : "404 Not Found", "");
        product->slogan[0] = '\0';
    } else {
        snprintf(body, sizeof body, "{\"playing\":\"%s\"}", product->slogan);
        connection_respond(connection, "200 OK", body);
    }
}

static void product_answer(struct connection *connection)
{
    struct product *product = connection->server->ctx;
    const char *request = buffer_text(&connection->in);

    if (product_is_asked(request, "POST /x/login ")) {
        product->logins++;
        connection_respond(connection, "200 OK", product->logins > 1 ? "beef2" : "beef1");
    } else if (product->forgets || !strstr(request, "\r\nX-Token: beef")) {
        product->forgets = false;
        product->tokens_refused++;
        connection_respond(connection, "401 Unauthorized", "");
    } else {
        product_work(product, connection, request);
    }
}

static void visit_on_ready(void *ctx, bool ready, const char *why)
{
    (void)why;
    ((struct visit *)ctx)->ready += ready;
}

static void visit_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct visit *visit = ctx;

    assert_ptr_equal(job, &visit->job);
    visit->result = *result;
    visit->done++;
}

static void visit_on_stopped(void *ctx)
{
    ((struct visit *)ctx)->stopped++;
}

static const struct adapter_events visit_events = {
    .ready = visit_on_ready, .done = visit_on_done, .stopped = visit_on_stopped};

static const struct adapter_result *visit_do(struct visit *visit,
                                             int (*operation)(void *state, struct adapter_job *job))
{
    unsigned before = visit->done;

    visit->job = (struct adapter_job){.text = "宪法", .name = "lc-7-z"};
    assert_int_equal(operation(visit->panel, &visit->job), 0);
    server_run_until(&visit->server, &visit->done, before + 1);
    return &visit->result;
}

static void test_it_is_found(void **state)
{
    const struct adapter *adapter = adapter_find("seventh");
    const struct option_kind *kind;
    size_t found = 0, i = 0;

    (void)state;
    assert_non_null(adapter);
    adapter_check(adapter);
    for (; (kind = adapter_board_kind(i)); i++)
        found += strcmp(kind->name, "seventh") == 0 && kind == &adapter->kind;
    assert_int_equal(found, 1);
    assert_true(i >= 2); /* beside the others */
    assert_int_equal(adapter->kind.traits->level_most(NULL, false), LEVEL_PLAYING);
}

static void visit_open(struct visit *visit, void (*answer)(struct connection *connection))
{
    struct adapter_env env = {.board = &visit->board, .events = &visit_events, .ctx = visit};
    char why[300] = "";

    *visit = (struct visit){.adapter = adapter_find("seventh"), .job = {.text = ""}};
    server_open(&visit->server, answer);
    visit->server.ctx = &visit->product;
    snprintf(visit->url, sizeof visit->url, "http://127.0.0.1:%d/x", visit->server.port);
    visit->options.password = visit->password;
    strcpy(visit->password, "made-up");
    visit->board = (struct board){.id = visit->password,
                                  .kind = &visit->adapter->kind,
                                  .options = &visit->options,
                                  .url = visit->url,
                                  .timeout_ms = 20000};
    env.loop = &visit->server.loop;
    env.http = visit->server.http;
    visit->panel = mem_alloc(1, visit->adapter->state_size);
    assert_int_equal(visit->adapter->init(visit->panel, &env, why, sizeof why), 0);
    assert_int_equal(visit->adapter->start(visit->panel), 0);
    while (!visit->ready) /* told by a timer: ONCE would go on to wait for a socket */
        uv_run(&visit->server.loop, UV_RUN_NOWAIT);
}

static void visit_close(struct visit *visit)
{
    visit->adapter->stop(visit->panel);
    server_run_until(&visit->server, &visit->stopped, 1);
    visit->adapter->fini(visit->panel);
    free(visit->panel);
    server_close(&visit->server);
}

static void test_it_works(void **state)
{
    const struct adapter *adapter = adapter_find("seventh");
    struct visit visit;

    (void)state;
    visit_open(&visit, product_answer);
    assert_int_equal(visit_do(&visit, adapter->verify)->outcome.kind, OUTCOME_REJECTED);
    assert_int_equal(visit_do(&visit, adapter->submit)->outcome.kind, OUTCOME_SENT);
    visit.product.forgets = true;
    assert_int_equal(visit_do(&visit, adapter->verify)->level, LEVEL_PLAYING);
    assert_string_equal(visit.result.sight.playing, "lc-7-z");
    assert_int_equal(strlen(visit.result.evidence.digest), 64);
    assert_int_equal(visit_do(&visit, adapter->withdraw)->outcome.kind, OUTCOME_SENT);
    assert_int_equal(visit_do(&visit, adapter->withdraw)->outcome.kind, OUTCOME_SENT);
    assert_int_equal(visit_do(&visit, adapter->probe)->outcome.kind, OUTCOME_SENT);
    assert_int_equal(visit.product.logins, 2); /* the session lasts from job to job */
    assert_int_equal(visit.product.tokens_refused, 1);
    visit_close(&visit);
}

static void test_it_is_stopped(void **state)
{
    struct visit visit;

    (void)state;
    visit_open(&visit, answer_never);
    visit.job = (struct adapter_job){.text = "x", .name = "lc-7-z"};
    assert_int_equal(visit.adapter->submit(visit.panel, &visit.job), 0);
    server_run_until(&visit.server, &visit.server.n_held, 1);
    visit_close(&visit);
    assert_int_equal(visit.done, 1);
    assert_int_equal(visit.result.outcome.kind, OUTCOME_RETURNED); /* a login shows nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_found),
        cmocka_unit_test(test_it_works),
        cmocka_unit_test(test_it_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
