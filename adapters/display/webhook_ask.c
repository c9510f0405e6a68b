/* webhook_ask: the requests of a webhook. See webhook_room.h.
 * Runs: any (pure). */
#include "adapters/display/webhook_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "adapters/display/webhook_sign.h"

/* ---- what places stand for ---- */

static const char *webhook_or_empty(const char *text)
{
    return text ? text : "";
}

static const char *webhook_number(struct webhook_content *content, size_t i, int64_t number)
{
    snprintf(content->numbers[i], sizeof content->numbers[i], "%lld", (long long)number);
    return content->numbers[i];
}

void webhook_content_fill(struct webhook_content *content, const struct talk *talk)
{
    struct webhook_memory *memory = talk->memory;
    const struct webhook_note *note = webhook_note_find(&memory->notes, talk->job->name);
    const struct board *board = talk->board;
    const char **text = content->values.text;

    *content = (struct webhook_content){.picture = BUFFER_NULL};
    for (int i = 0; i < WEBHOOK_FIELDS; i++)
        text[i] = "";
    content->values.times[WEBHOOK_FROM] = talk->job->from_ms;
    content->values.times[WEBHOOK_UNTIL] = talk->job->until_ms;
    content->values.times[WEBHOOK_NOW] = talk->now_ms;
    text[WEBHOOK_NAME] = talk->job->name;
    text[WEBHOOK_TEXT] = webhook_or_empty(talk->job->text);
    text[WEBHOOK_BOARD] = board->id;
    text[WEBHOOK_WIDTH] = webhook_number(content, 0, board->width);
    text[WEBHOOK_HEIGHT] = webhook_number(content, 1, board->height);
    text[WEBHOOK_FONT] = webhook_number(content, 2, board->font_px);
    text[WEBHOOK_SPEED] = webhook_number(content, 3, board->speed_pxs);
    text[WEBHOOK_SLOT] = webhook_number(content, 4, (int64_t)talk->job->slot);
    text[WEBHOOK_COLOR] = webhook_or_empty(board->color);
    text[WEBHOOK_CALLBACK] = webhook_or_empty(talk->callback);
    text[WEBHOOK_NONCE] = talk->nonce;
    text[WEBHOOK_ID] = note && note->id ? note->id : talk->job->name;
    if (talk->job->picture)
        hex_encode_base64(&content->picture, talk->job->picture, talk->job->picture_length);
    text[WEBHOOK_PICTURE] = buffer_text(&content->picture);
}

void webhook_content_free(struct webhook_content *content)
{
    buffer_free(&content->picture);
}

/* ---- parts of a request ---- */

/* A request that is being made. */
struct webhook_request {
    const struct talk *talk;
    const struct webhook_options *options;
    struct webhook_memory *memory;
    struct webhook_content content;
    struct ask *ask;
};

static void webhook_say_nothing(struct webhook_request *request, enum webhook_silence silence)
{
    request->memory->silence = silence;
    request->ask->nothing = true;
}

/* False: it can't be said in GBK, and nothing is. */
static bool webhook_render(struct webhook_request *request, const struct webhook_template *template,
                           struct buffer *out)
{
    const char *bad = "?";
    char *character = request->memory->character;
    size_t end = 0;

    if (!webhook_template_render(template, &request->content.values, out, &bad))
        return true;
    utf8_next(bad, strlen(bad), &end);
    snprintf(character, sizeof request->memory->character, "%.*s", (int)end, bad);
    webhook_say_nothing(request, WEBHOOK_NO_CHARACTER);
    return false;
}

static void webhook_add_query(struct buffer *path, const char *name, const char *value)
{
    buffer_add_char(path, strchr(buffer_text(path), '?') ? '&' : '?');
    buffer_add_text(path, name);
    buffer_add_char(path, '=');
    webhook_escape_query(value, path);
}

static void webhook_add_login(const struct webhook_options *options, struct ask *ask)
{
    if (webhook_given(options->token))
        ask_header(ask, "Authorization: Bearer %s", options->token);
    if (webhook_given(options->user))
        ask_basic(ask, options->user, webhook_or_empty(options->password));
    if (webhook_given(options->key_header))
        ask_header(ask, "%s: %s", options->key_header, options->key);
}

static bool webhook_add_headers(struct webhook_request *request)
{
    const struct webhook_plan *plan = &request->memory->plan;

    for (size_t i = 0; i < plan->n_headers; i++) {
        struct buffer line BUFFER_FREE_LATER = BUFFER_NULL;

        if (!webhook_render(request, plan->headers[i], &line))
            return false;
        for (size_t k = 0; k < line.length; k++)
            if ((unsigned char)line.data[k] < ' ' || line.data[k] == 127)
                line.data[k] = ' '; /* {text:raw} could begin another header */
        ask_header(request->ask, "%s", buffer_text(&line));
    }
    return true;
}

/* ---- who asks, and which message it is ---- */

/* A publication keeps its id over all its tries; questions are new each time. */
static char *webhook_message_id(const struct webhook_request *request)
{
    const struct adapter_job *job = request->talk->job;
    struct webhook_note *note;

    if (job->verb != ADAPTER_SUBMIT)
        return mem_printf("%s.%s.%.8s", *job->name ? job->name : "board",
                          webhook_prefixes[job->verb], request->talk->nonce);
    note = webhook_note_find(&request->memory->notes, job->name);
    if (!note->edition)
        return mem_dup(job->name);
    return mem_printf("%s.%lld", job->name, (long long)note->edition);
}

static void webhook_add_identity(struct webhook_request *request)
{
    const struct adapter_job *job = request->talk->job;
    MEM_FREE_LATER char *id = webhook_message_id(request);
    struct webhook_message message = {.id = id,
                                      .timestamp = request->talk->now_ms / 1000,
                                      .body = buffer_text(&request->ask->body),
                                      .length = request->ask->body.length};
    struct buffer signatures BUFFER_FREE_LATER = BUFFER_NULL;

    ask_header(request->ask, "webhook-id: %s", id);
    ask_header(request->ask, "webhook-timestamp: %lld", (long long)message.timestamp);
    ask_header(request->ask, "lawcast-event: %s", webhook_events[job->verb]);
    if (*job->name)
        ask_header(request->ask, "lawcast-name: %s", job->name);
    if (!request->options->secret.n)
        return;
    webhook_sign_message(&request->options->secret, &message, &signatures);
    ask_header(request->ask, "webhook-signature: %s", buffer_text(&signatures));
}

/* ---- the platform's own signature ---- */

/* Path and query as they stand in the request line. */
static void webhook_split_url(const struct webhook_request *request, struct buffer *path,
                              struct buffer *query)
{
    const char *host = strstr(request->talk->board->url, "://");
    const char *base = host ? strchr(host + 3, '/') : NULL;
    const char *own = buffer_text(&request->ask->path);
    size_t length = base ? strlen(base) : 0, end = strcspn(own, "?");

    while (length && base[length - 1] == '/')
        length--;
    buffer_add(path, base, length);
    buffer_add(path, own, end);
    if (!path->length)
        buffer_add_char(path, '/');
    if (own[end])
        buffer_add_text(query, own + end + 1);
}

static void webhook_add_recipe(struct webhook_request *request)
{
    const struct webhook_options *options = request->options;
    struct buffer path BUFFER_FREE_LATER = BUFFER_NULL, query BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer parts BUFFER_FREE_LATER = BUFFER_NULL, sign BUFFER_FREE_LATER = BUFFER_NULL;
    const char **text = request->content.values.text;
    const char *bad;

    if (!options->sign)
        return;
    webhook_split_url(request, &path, &query);
    text[WEBHOOK_BODY] = buffer_text(&request->ask->body);
    text[WEBHOOK_METHOD] = request->ask->method;
    text[WEBHOOK_PATH] = buffer_text(&path);
    text[WEBHOOK_QUERY] = buffer_text(&query);
    text[WEBHOOK_KEY] = webhook_or_empty(options->key);
    text[WEBHOOK_SECRET] = webhook_or_empty(options->sign_secret);
    webhook_template_render(request->memory->plan.sign_parts, &request->content.values, &parts,
                            &bad);
    webhook_sign_recipe(options, &parts, &sign);
    if (webhook_given(options->sign_header))
        ask_header(request->ask, "%s: %s", options->sign_header, buffer_text(&sign));
    else
        webhook_add_query(&request->ask->path, options->sign_query, buffer_text(&sign));
}

/* ---- whole requests ---- */

static void webhook_complete(struct webhook_request *request, const struct webhook_template *path,
                             const struct webhook_template *body)
{
    struct ask *ask = request->ask;

    if (path && !webhook_render(request, path, &ask->path))
        return;
    if (body && !webhook_render(request, body, &ask->body))
        return;
    ask->has_body = body != NULL;
    if (body && webhook_given(request->options->content_type))
        ask_header(ask, "Content-Type: %s", request->options->content_type);
    if (webhook_given(request->options->key_query))
        webhook_add_query(&ask->path, request->options->key_query, request->options->key);
    webhook_add_identity(request);
    webhook_add_login(request->options, ask);
    if (webhook_add_headers(request))
        webhook_add_recipe(request);
}

static bool webhook_call_names(const struct webhook_call *call, enum webhook_field field)
{
    return webhook_template_has(call->path, field) || webhook_template_has(call->body, field);
}

/* Opens the job's note: what was told of it before doesn't count any more. */
static struct webhook_note *webhook_open_note(const struct webhook_request *request)
{
    const struct talk *talk = request->talk;
    struct webhook_note *note = webhook_note_make(&request->memory->notes, talk->job->name);

    webhook_note_forget_told(note);
    if (talk->job->verb != ADAPTER_SUBMIT)
        return note;
    free(note->failure);
    note->failure = NULL;
    if (note->settled) {
        int64_t now = talk->now_ms / 1000;

        note->edition = now > note->edition ? now : note->edition + 1;
        note->settled = false;
    }
    return note;
}

static void webhook_ask_call(struct webhook_request *request)
{
    enum adapter_verb verb = request->talk->job->verb;
    const struct webhook_call *call = &request->memory->plan.calls[verb];
    const struct webhook_note *note = NULL;

    if (*request->talk->job->name)
        note = webhook_open_note(request);
    if (!call->path && (verb == ADAPTER_VERIFY ||
                        (verb == ADAPTER_PROBE && request->talk->job->want == LEVEL_UNKNOWN))) {
        webhook_say_nothing(request, WEBHOOK_NO_QUESTION);
        return;
    }
    if (verb != ADAPTER_SUBMIT && webhook_call_names(call, WEBHOOK_ID) &&
        !webhook_call_names(call, WEBHOOK_NAME) && !(note && note->id)) {
        webhook_say_nothing(request, WEBHOOK_NO_ID);
        return;
    }
    request->ask->method = webhook_methods[request->options->calls[verb].method];
    if (verb == ADAPTER_PROBE && !call->path)
        request->ask->method = "OPTIONS"; /* safe (RFC 9110, 9.3.7), and whoever answers is there */
    request->ask->changes = verb == ADAPTER_SUBMIT || verb == ADAPTER_WITHDRAW;
    if (verb == ADAPTER_VERIFY && webhook_given(request->options->verify_picture))
        request->ask->reply_most = HTTP_PICTURE_MAX;
    webhook_complete(request, call->path, call->body);
}

void webhook_ask(const struct talk *talk, struct ask *ask)
{
    struct webhook_request request = {
        .talk = talk, .options = talk->board->options, .memory = talk->memory, .ask = ask};

    request.memory->silence = WEBHOOK_SPEAKS;
    buffer_free(&request.memory->picture);
    webhook_content_fill(&request.content, talk);
    switch ((enum webhook_step)talk->step) {
    case WEBHOOK_STEP_CALL:
        webhook_ask_call(&request);
        break;
    case WEBHOOK_STEP_PICTURE:
        ask->method = "GET";
        ask->reply_most = HTTP_PICTURE_MAX;
        webhook_complete(&request, request.memory->plan.picture_path, NULL);
        break;
    case WEBHOOK_STEP_TOLD:
    case WEBHOOK_STEPS:
        ask->nothing = true;
        break;
    }
    webhook_content_free(&request.content);
}
