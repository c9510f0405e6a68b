/* seventh: a product that nobody makes, as proof of what a further HTTP product costs: this one
 * file, and no change anywhere else. A login gives a token, PUT and DELETE /slogans/NAME show and
 * remove, GET /slogans lists the names and tells what plays.
 * Runs: any (pure). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "adapters/display/panel.h"

enum seventh_step { SEVENTH_LOGIN, SEVENTH_WORK, SEVENTH_STEPS };

struct seventh_options {
    char *password;
    int64_t volume;
};

struct seventh_memory {
    char token[33];
};

static const struct option_def seventh_options[] = {
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct seventh_options, password),
     .required = true,
     .secret = true,
     .help_en = "The board's password.",
     .help_zh = "显示屏密码。"},
    {.name = "volume",
     .type = OPTION_INT,
     .offset = offsetof(struct seventh_options, volume),
     .max = 10,
     .preset = "0",
     .help_en = "How loud it reads the slogan.",
     .help_zh = "朗读标语的音量。"},
    {.name = NULL},
};

static enum outcome_level seventh_level_most(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_PLAYING;
}

static const struct traits seventh_traits = {.level_most = seventh_level_most};

static int seventh_check(const void *filled, char *why, size_t why_size)
{
    const struct seventh_options *options = filled;

    if (strlen(options->password) >= 4)
        return 0;
    snprintf(why, why_size, "%s",
             lang("password has less than 4 characters: the board takes no such password.",
                  "password 少于 4 个字符：显示屏不接受这样的密码。"));
    return 1;
}

static void seventh_ask_work(const struct talk *talk, struct ask *ask)
{
    static const char *const methods[ADAPTER_VERBS] = {"PUT", "DELETE", "GET", "GET"};
    const struct adapter_job *job = talk->job;
    const struct seventh_memory *memory = talk->memory;

    ask->method = methods[job->verb];
    ask->changes = job->verb == ADAPTER_SUBMIT || job->verb == ADAPTER_WITHDRAW;
    buffer_add_text(&ask->path, "/slogans");
    if (ask->changes)
        buffer_printf(&ask->path, "/%s", job->name);
    if (job->verb == ADAPTER_SUBMIT) {
        buffer_add_text(&ask->body, job->text);
        ask->has_body = true;
    }
    ask_header(ask, "X-Token: %s", memory->token);
}

static void seventh_ask(const struct talk *talk, struct ask *ask)
{
    const struct seventh_options *options = talk->board->options;
    const struct seventh_memory *memory = talk->memory;

    if (talk->step == SEVENTH_WORK) {
        seventh_ask_work(talk, ask);
    } else if (*memory->token) {
        ask->nothing = true;
    } else {
        buffer_add_text(&ask->path, "/login");
        buffer_add_text(&ask->body, options->password);
        ask->has_body = true;
    }
}

static void seventh_hear_login(struct talk *talk, const struct reply *reply,
                               struct verdict *verdict)
{
    struct seventh_memory *memory = talk->memory;

    if (*memory->token) {
        verdict_go(verdict, SEVENTH_WORK);
    } else if (reply->status == 200 && reply->length && reply->length < sizeof memory->token &&
               strspn(reply->body, "0123456789abcdef") == reply->length) {
        snprintf(memory->token, sizeof memory->token, "%s", reply->body);
        verdict_go(verdict, SEVENTH_WORK);
    } else {
        verdict_fail(verdict, OUTCOME_DEFERRED, reply->status, "no token");
    }
}

static void seventh_hear_list(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct jv *document = jv_parse(reply->body, reply->length, NULL);
    const struct jv *playing = document ? jv_at(document, "/playing") : NULL;
    const char *name = playing ? jv_text(playing) : NULL;

    snprintf(talk->sight->playing, sizeof talk->sight->playing, "%s", name ? name : "");
    if (talk->job->verb == ADAPTER_PROBE && document)
        verdict_sent(verdict, LEVEL_ACCEPTED);
    else if (!document)
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the list is not JSON");
    else if (name && strcmp(name, talk->job->name) == 0)
        verdict_sent(verdict, LEVEL_PLAYING);
    else
        verdict_missing(verdict, "it plays something else");
    jv_free(document);
}

static void seventh_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct seventh_memory *memory = talk->memory;
    enum adapter_verb verb = talk->job->verb;

    if (talk->step == SEVENTH_LOGIN) {
        seventh_hear_login(talk, reply, verdict);
    } else if (reply->status == 401) {
        memory->token[0] = '\0';
        verdict->kind = VERDICT_RENEW;
    } else if (verb == ADAPTER_WITHDRAW && reply->status == 404) {
        verdict_sent(verdict, LEVEL_ACCEPTED);
    } else if (reply->status < 200 || reply->status > 299) {
        verdict_fail(verdict, OUTCOME_DEFERRED, reply->status, "status %d", reply->status);
    } else if (verb == ADAPTER_VERIFY || verb == ADAPTER_PROBE) {
        seventh_hear_list(talk, reply, verdict);
    } else {
        verdict_sent(verdict, LEVEL_ACCEPTED);
    }
}

static const char *const seventh_steps[SEVENTH_STEPS] = {"login", "work"};

static const struct dialect seventh_dialect = {
    .memory = sizeof(struct seventh_memory),
    .steps = seventh_steps,
    .n_steps = SEVENTH_STEPS,
    .hears_status = true,
    .ask = seventh_ask,
    .hear = seventh_hear,
};

static const struct adapter adapter_seventh =
    DIALECT_ADAPTER("seventh", seventh_options, sizeof(struct seventh_options), seventh_check,
                    &seventh_traits, &seventh_dialect);
ADAPTER_REGISTER(adapter_seventh);
