/* onbon_y: a full-colour player. See onbon_y.h.
 * Runs: any. */
#include "tests/sim/onbon_y.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/sim/onbon_room.h"

struct onbon_command {
    const char *name;
    int (*run)(struct onbon_call *call);
    bool at_root;
};

static void *onbon_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct onbon *onbon = mem_new(struct onbon);

    onbon->spec = spec;
    onbon->bulletins.screen_on = true;
    onbon->bulletins.screen = *screen;
    return onbon;
}

static void onbon_release(void *state)
{
    struct onbon *onbon = state;

    bulletins_release(&onbon->bulletins);
    free(onbon);
}

void onbon_put(struct onbon_call *call, const char *key, const char *text)
{
    if (!call->output)
        call->output = jv_object();
    jv_put(call->output, key, jv_string(text));
}

const char *onbon_text(const struct onbon_call *call, const char *key)
{
    return call->input ? jv_text(jv_member(call->input, key)) : NULL;
}

static int onbon_create_bulletin(struct onbon_call *call)
{
    struct bulletin bulletin = {0};
    unsigned order = 0;
    int rc = call->input ? bulletin_read(call->input, &order, &bulletin) : ONBON_KEY;

    if (!rc && call->onbon->bulletins.items[order].name)
        rc = ONBON_PROCESSING;
    if (!rc && !call->onbon->lies)
        bulletins_put(&call->onbon->bulletins, order, &bulletin);
    bulletin_release(&bulletin);
    return rc;
}

static int onbon_play_bulletin(struct onbon_call *call)
{
    bulletins_play(&call->onbon->bulletins, true, call->now_ms);
    return ONBON_OK;
}

static int onbon_stop_bulletin(struct onbon_call *call)
{
    bulletins_play(&call->onbon->bulletins, false, call->now_ms);
    return ONBON_OK;
}

static int onbon_query_bulletin(struct onbon_call *call)
{
    for (unsigned i = 0; i < BULLETIN_ORDERS; i++) {
        const char *name = call->onbon->bulletins.items[i].name;
        char order[12];

        if (!name)
            continue;
        snprintf(order, sizeof order, "%u", i);
        onbon_put(call, order, name);
    }
    return ONBON_OK;
}

/* Orders [from, to) that one item of deleteBulletin means. 0, or a code. */
static int onbon_item_range(const struct jv *item, unsigned *from, unsigned *to)
{
    const char *text = jv_text(item);
    size_t length = text ? strlen(text) : 0;

    *from = 0;
    *to = BULLETIN_ORDERS;
    if (text && strcmp(text, "*") == 0)
        return ONBON_OK;
    if (length == 0 || length > 2 || strspn(text, "0123456789") != length)
        return ONBON_VALUE;
    *from = (unsigned)strtoul(text, NULL, 10);
    *to = *from + 1;
    return ONBON_OK;
}

static int onbon_delete_bulletin(struct onbon_call *call)
{
    const struct jv *items = call->input ? jv_member(call->input, "items") : NULL;
    unsigned from, to;

    if (!items || !jv_is_array(items))
        return ONBON_KEY;
    if (jv_size(items) == 0)
        return ONBON_EMPTY;
    for (size_t i = 0; i < jv_size(items); i++)
        if (onbon_item_range(jv_element(items, i), &from, &to))
            return ONBON_VALUE; /* all or nothing */
    for (size_t i = 0; i < jv_size(items); i++) {
        onbon_item_range(jv_element(items, i), &from, &to);
        while (from < to)
            bulletins_remove(&call->onbon->bulletins, from++, call->now_ms);
    }
    return ONBON_OK;
}

static int onbon_get_state(struct onbon_call *call)
{
    char when[20];

    if (call->input && (jv_size(call->input) != 1 || !jv_member(call->input, "rtctime")))
        return ONBON_KEY;
    clock_format(call->now_ms, when);
    onbon_put(call, "rtctime", when);
    return ONBON_OK;
}

/* One unknown key makes the whole call fail. */
static int onbon_get_property(struct onbon_call *call)
{
    const char *properties[][2] = {
        {"width", "192"},
        {"height", "64"},
        {"firmwareversion", "sim-1"},
        {"brightness", "128"},
        {"screenonoffstatus", call->onbon->bulletins.screen_on ? "on" : "off"},
    };
    const char *name;

    for (size_t i = 0; call->input && jv_entry(call->input, i, &name); i++) {
        size_t k = 0, n = sizeof properties / sizeof *properties;

        while (k < n && strcasecmp(properties[k][0], name) != 0)
            k++;
        if (k == n)
            return ONBON_KEY;
        onbon_put(call, properties[k][0], properties[k][1]);
    }
    return call->output ? ONBON_OK : ONBON_EMPTY;
}

static int onbon_screen_on_off(struct onbon_call *call)
{
    const char *status = onbon_text(call, "screenonoffstatus");

    if (!status)
        return ONBON_KEY;
    if (strcasecmp(status, "on") != 0 && strcasecmp(status, "off") != 0)
        return ONBON_VALUE;
    bulletins_switch(&call->onbon->bulletins, strcasecmp(status, "on") == 0, call->now_ms);
    return ONBON_OK;
}

static int onbon_check_player(struct onbon_call *call)
{
    onbon_put(call, "programlist", "");
    onbon_put(call, "programname", "");
    onbon_put(call, "playstatus", "Unlock");
    return ONBON_OK;
}

static int onbon_run_reboot(struct onbon_call *call)
{
    call->onbon->reboots = true; /* once the reply is written */
    onbon_put(call, "minwaittime", "30");
    onbon_put(call, "maxwaittime", "50");
    return ONBON_OK;
}

static const struct onbon_command onbon_commands[] = {
    {"getVerificationCode", onbon_get_code, true},
    {"userLogin", onbon_login, true},
    {"userLogout", onbon_logout, false},
    {"createBulletin", onbon_create_bulletin, false},
    {"playBulletin", onbon_play_bulletin, false},
    {"stopBulletin", onbon_stop_bulletin, false},
    {"queryBulletin", onbon_query_bulletin, false},
    {"deleteBulletin", onbon_delete_bulletin, false},
    {"getState", onbon_get_state, false},
    {"getProperty", onbon_get_property, false},
    {"screenOnOff", onbon_screen_on_off, false},
    {"checkPlayer", onbon_check_player, false},
    {"reboot", onbon_run_reboot, false},
};

static const struct {
    enum onbon_error code;
    const char *message;
} onbon_messages[] = {
    {ONBON_EMPTY_REQUEST, "Empty request"},
    {ONBON_METHOD, "Request method error"},
    {ONBON_PARSE, "Request parse error"},
    {ONBON_PROTOCOL, "Protocol name error"},
    {ONBON_VERSION, "Protocol version error"},
    {ONBON_EXPIRED, "Authentication expired"},
    {ONBON_ILLEGAL, "Illegal access"},
    {ONBON_KEY, "Parameter key error"},
    {ONBON_PROCESSING, "Processing error"},
    {ONBON_COMMAND, "No such command"},
    {ONBON_EMPTY, "Empty parameter"},
    {ONBON_VALUE, "Parameter value error"},
    {ONBON_USER, "No such user"},
    {ONBON_PASSWORD, "Password error"},
    {ONBON_CODE, "Verification code error"},
};

static const char *onbon_message(int code)
{
    for (size_t i = 0; i < sizeof onbon_messages / sizeof *onbon_messages; i++)
        if ((int)onbon_messages[i].code == code)
            return onbon_messages[i].message;
    return "Other error";
}

static int onbon_dispatch(struct onbon_call *call)
{
    if (call->expired)
        return ONBON_EXPIRED;
    for (size_t i = 0; i < sizeof onbon_commands / sizeof *onbon_commands; i++) {
        const struct onbon_command *command = &onbon_commands[i];

        if (strcasecmp(command->name, call->name) != 0)
            continue;
        if (!command->at_root && !call->session)
            return ONBON_ILLEGAL;
        return command->run(call);
    }
    return call->session ? ONBON_COMMAND : ONBON_ILLEGAL;
}

static bool onbon_is(const struct jv *object, const char *key, const char *wanted)
{
    const char *text = jv_text(jv_member(object, key));

    return text && strcmp(text, wanted) == 0;
}

/* Opens the envelope and runs what is in it. */
static int onbon_open(struct onbon_call *call, const struct jv *document)
{
    const struct jv *protocol, *function;

    if (!document)
        return ONBON_PARSE;
    protocol = jv_is_object(document) ? jv_member(document, "protocol") : NULL;
    if (!protocol || !jv_is_object(protocol))
        return ONBON_PARSE;
    if (!onbon_is(protocol, "name", "YQ-COM2"))
        return ONBON_PROTOCOL;
    if (!onbon_is(protocol, "version", "1.0"))
        return ONBON_VERSION;
    function = jv_member(protocol, "remotefunction");
    if (!jv_is_object(function) || !jv_text(jv_member(function, "name")))
        return ONBON_PARSE;
    call->name = jv_text(jv_member(function, "name"));
    call->input = jv_member(function, "input");
    if (call->input && !jv_is_object(call->input))
        return ONBON_PARSE;
    return onbon_dispatch(call);
}

/* {"remotefunction":{"name":...,"output":{...}}}, or with error instead. */
static void onbon_reply(struct onbon_call *call, int code, struct buffer *out)
{
    MEM_FREE_LATER char *name = mem_dup(call->name);
    struct jv *document = jv_object(), *function = jv_object();

    for (char *p = name; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    jv_put(function, "name", jv_string(name));
    if (code) {
        struct jv *error = jv_object();

        jv_free(call->output);
        jv_put(error, "code", jv_int(code));
        jv_put(error, "mesg", jv_string(onbon_message(code)));
        jv_put(function, "error", error);
    } else if (call->output) {
        jv_put(function, "output", call->output);
    }
    jv_put(document, "remotefunction", function);
    jv_write(document, false, out);
    jv_free(document);
}

/* "/" is the root, "/;stok=SID/" (the last / may be missing) a session. false: no such page. */
static bool onbon_read_path(struct onbon_call *call, const char *path)
{
    static const char mark[] = "/;stok=";
    char id[ONBON_SESSION_DIGITS + 1] = "";
    size_t length;

    if (strcmp(path, "/") == 0)
        return true;
    if (strncmp(path, mark, sizeof mark - 1) != 0)
        return false;
    path += sizeof mark - 1;
    length = strcspn(path, "/");
    if (path[length] && path[length + 1])
        return false;
    if (length == ONBON_SESSION_DIGITS)
        memcpy(id, path, length);
    call->session = onbon_find_session(call->onbon, id);
    call->expired = !call->session;
    return true;
}

static void onbon_reboot(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    memset(onbon->codes, 0, sizeof onbon->codes);
    memset(onbon->sessions, 0, sizeof onbon->sessions);
    onbon->reboots = false;
    bulletins_play(&onbon->bulletins, false, now_ms);
    onbon->bulletins.screen_on = true;
    bulletins_play(&onbon->bulletins, true, now_ms);
}

/* The request's document and its fate: 0, or a code. */
static int onbon_answer(struct onbon_call *call, const struct board_request *request)
{
    bool post = strcmp(request->method, "POST") == 0;
    const char *text = post ? request->body : request->parameter;
    size_t length = post ? request->length : strlen(text ? text : "");

    if (!post && strcmp(request->method, "GET") != 0)
        return ONBON_METHOD;
    if (length == 0)
        return ONBON_EMPTY_REQUEST;
    call->document = jv_parse(text, length, NULL);
    return onbon_open(call, call->document);
}

static void onbon_request(void *state, const struct board_request *request, int64_t now_ms,
                          struct board_reply *reply)
{
    struct onbon *onbon = state;
    struct onbon_call call = {.onbon = onbon, .name = "", .now_ms = now_ms};

    reply->status = 404;
    reply->type = "application/json; charset=utf-8";
    if (!onbon_read_path(&call, request->path))
        return;
    reply->status = 200;
    reply->chunked = true;
    onbon_reply(&call, onbon_answer(&call, request), &reply->body);
    jv_free(call.document);
    if (onbon->reboots)
        onbon_reboot(onbon, now_ms);
}

static void onbon_advance(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    bulletins_advance(&onbon->bulletins, now_ms);
}

static int64_t onbon_next_change(const void *state, int64_t now_ms)
{
    const struct onbon *onbon = state;

    return bulletins_next_change(&onbon->bulletins, now_ms);
}

static void onbon_lie(void *state, bool on)
{
    struct onbon *onbon = state;

    onbon->lies = on;
}

static void onbon_finish(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    bulletins_finish(&onbon->bulletins, now_ms);
}

const struct board_kind board_onbon_y = {
    .name = "onbon-y",
    .root = "onbon",
    .create = onbon_create,
    .release = onbon_release,
    .request = onbon_request,
    .advance = onbon_advance,
    .next_change = onbon_next_change,
    .reboot = onbon_reboot,
    .lie = onbon_lie,
    .finish = onbon_finish,
};
