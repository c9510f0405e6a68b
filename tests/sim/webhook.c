/* webhook: a publishing platform. See webhook.h.
 * Runs: any (pure). */
#include "tests/sim/webhook.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

struct webhook_item {
    char *name, *text;
};

struct webhook {
    const struct board_spec *spec;
    struct board_screen screen;
    struct webhook_item *items;
    size_t n;
    bool lies;
};

static void *webhook_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct webhook *webhook = mem_new(struct webhook);

    webhook->spec = spec;
    webhook->screen = *screen;
    return webhook;
}

static void webhook_drop(struct webhook *webhook, size_t i)
{
    free(webhook->items[i].name);
    free(webhook->items[i].text);
    webhook->n--;
    memmove(webhook->items + i, webhook->items + i + 1, (webhook->n - i) * sizeof *webhook->items);
}

static void webhook_release(void *state)
{
    struct webhook *webhook = state;

    while (webhook->n)
        webhook_drop(webhook, webhook->n - 1);
    free(webhook->items);
    free(webhook);
}

static void webhook_view(const struct webhook *webhook, const struct webhook_item *item,
                         struct board_view view)
{
    view.name = item->name;
    view.text = item->text;
    webhook->screen.view(webhook->screen.ctx, &view);
}

/* Index of the name, or n. */
static size_t webhook_find(const struct webhook *webhook, const char *name)
{
    size_t i = 0;

    while (i < webhook->n && strcmp(webhook->items[i].name, name) != 0)
        i++;
    return i;
}

/* The same text again is no event; another text under the name replaces it. */
static unsigned webhook_publish(struct webhook *webhook, const struct board_request *request,
                                int64_t now_ms)
{
    size_t i = webhook_find(webhook, request->webhook_id);

    if (request->length == 0 || strlen(request->body) != request->length ||
        !utf8_is_valid(request->body, request->length))
        return 400;
    if (webhook->lies)
        return 0;
    if (i < webhook->n && strcmp(webhook->items[i].text, request->body) == 0)
        return 0;
    if (i < webhook->n) {
        webhook_view(webhook, &webhook->items[i], (struct board_view){.t = now_ms});
        webhook_drop(webhook, i);
    }
    if (webhook->n == WEBHOOK_ITEMS_MAX)
        return 507;
    webhook->items = mem_grow(webhook->items, webhook->n + 1, sizeof *webhook->items);
    webhook->items[webhook->n] =
        (struct webhook_item){mem_dup(request->webhook_id), mem_dup(request->body)};
    webhook_view(webhook, &webhook->items[webhook->n++],
                 (struct board_view){.t = now_ms, .shown = true});
    return 0;
}

static unsigned webhook_withdraw(struct webhook *webhook, const struct board_request *request,
                                 int64_t now_ms)
{
    size_t i = webhook_find(webhook, request->webhook_id);

    if (i < webhook->n) {
        webhook_view(webhook, &webhook->items[i], (struct board_view){.t = now_ms});
        webhook_drop(webhook, i);
    }
    return 0;
}

static unsigned webhook_verify(struct webhook *webhook, const struct board_request *request,
                               int64_t now_ms)
{
    (void)now_ms;
    return webhook_find(webhook, request->webhook_id) < webhook->n ? 0 : 404;
}

/* What an event does: 0, or the HTTP status of its refusal. */
static const struct {
    const char *event;
    unsigned (*act)(struct webhook *webhook, const struct board_request *request, int64_t now_ms);
} webhook_verbs[BOARD_VERBS] = {
    [BOARD_PUBLISH] = {"slogan.publish", webhook_publish},
    [BOARD_WITHDRAW] = {"slogan.withdraw", webhook_withdraw},
    [BOARD_VERIFY] = {"slogan.verify", webhook_verify},
};

static void webhook_fill(const char *body, const char *name, struct buffer *out)
{
    static const char place[] = "{name}";
    const char *at;

    while ((at = strstr(body, place))) {
        buffer_add(out, body, (size_t)(at - body));
        buffer_add_text(out, name);
        body = at + sizeof place - 1;
    }
    buffer_add_text(out, body);
}

static void webhook_refuse(struct board_reply *reply, unsigned status)
{
    reply->status = status;
    buffer_add_text(&reply->body, "{}");
}

/* A name goes into JSON and into the log as it is. */
static bool webhook_is_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;

    for (size_t i = 0; i < length; i++)
        if (name[i] <= ' ' || name[i] == '"' || name[i] == '\\' || name[i] == 0x7F)
            return false;
    return length > 0 && length <= WEBHOOK_NAME_MAX;
}

static void webhook_request(void *state, const struct board_request *request, int64_t now_ms,
                            struct board_reply *reply)
{
    struct webhook *webhook = state;
    const struct board_rule *rule;
    unsigned refused = 0;
    size_t verb = 0;

    reply->type = "application/json; charset=utf-8";
    while (verb < BOARD_VERBS &&
           strcmp(request->event ? request->event : "", webhook_verbs[verb].event) != 0)
        verb++;
    if (verb == BOARD_VERBS || !webhook_is_name(request->webhook_id)) {
        webhook_refuse(reply, 400);
        return;
    }
    rule = &webhook->spec->rules[verb];
    if (strcmp(rule->method, request->method) != 0)
        refused = 405;
    else if (rule->status >= 200 && rule->status < 300)
        refused = webhook_verbs[verb].act(webhook, request, now_ms);
    if (refused) {
        webhook_refuse(reply, refused);
        return;
    }
    reply->status = (unsigned)rule->status;
    webhook_fill(rule->body, request->webhook_id, &reply->body);
}

static void webhook_advance(void *state, int64_t now_ms)
{
    (void)state;
    (void)now_ms;
}

static int64_t webhook_next_change(const void *state, int64_t now_ms)
{
    (void)state;
    (void)now_ms;
    return INT64_MAX;
}

static void webhook_tell_all(const struct webhook *webhook, struct board_view view)
{
    for (size_t i = 0; i < webhook->n; i++)
        webhook_view(webhook, &webhook->items[i], view);
}

/* The screen goes dark and comes back; the platform has forgotten nothing. */
static void webhook_reboot(void *state, int64_t now_ms)
{
    webhook_tell_all(state, (struct board_view){.t = now_ms});
    webhook_tell_all(state, (struct board_view){.t = now_ms, .shown = true});
}

static void webhook_lie(void *state, bool on)
{
    struct webhook *webhook = state;

    webhook->lies = on;
}

static void webhook_finish(void *state, int64_t now_ms)
{
    webhook_tell_all(state, (struct board_view){.t = now_ms, .open = true});
}

const struct board_kind board_webhook = {
    .name = "webhook",
    .root = "webhook",
    .create = webhook_create,
    .release = webhook_release,
    .request = webhook_request,
    .advance = webhook_advance,
    .next_change = webhook_next_change,
    .reboot = webhook_reboot,
    .lie = webhook_lie,
    .finish = webhook_finish,
};
