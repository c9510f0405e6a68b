/* onbon_y: a full-colour player. See onbon_y.h.
 * Runs: any. */
#include "tests/sim/onbon_y.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/json.h"
#include "gateway/base/log.h"
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
    onbon->reel = reel_new(screen);
    return onbon;
}

static void onbon_release(void *state)
{
    struct onbon *onbon = state;

    onbon_free_places(onbon);
    reel_free(onbon->reel);
    buffer_free(&onbon->picture.file);
    buffer_free(&onbon->picture.next);
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

void onbon_time(int64_t device_ms, char text[static ONBON_TIME])
{
    time_t seconds = (time_t)(device_ms / 1000);
    struct tm tm;

    LOG_ASSERT(localtime_r(&seconds, &tm));
    snprintf(text, ONBON_TIME, "%d-%d-%d %d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static int onbon_get_state(struct onbon_call *call)
{
    char when[ONBON_TIME];

    if (call->input && (jv_size(call->input) != 1 || !jv_member(call->input, "rtctime")))
        return ONBON_KEY;
    onbon_time(reel_clock(call->onbon->reel, call->now_ms), when);
    onbon_put(call, "rtctime", when);
    return ONBON_OK;
}

/* One unknown key makes the whole call fail. */
static int onbon_get_property(struct onbon_call *call)
{
    char width[24], height[24];
    const char *properties[][2] = {
        {"width", width},
        {"height", height},
        {"firmwareversion", "sim-1"},
        {"brightness", "128"},
        {"screenonoffstatus", reel_is_asleep(call->onbon->reel) ? "off" : "on"},
    };
    const char *name;

    snprintf(width, sizeof width, "%lld", (long long)call->onbon->spec->width);
    snprintf(height, sizeof height, "%lld", (long long)call->onbon->spec->height);
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
    reel_trick(call->onbon->reel, TRICK_SLEEP, strcasecmp(status, "off") == 0, call->now_ms);
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
    {"ScreenCapture", onbon_capture_screen, false},
    {"findFile", onbon_find_file, false},
    {"enableUploadDownload", onbon_enable_download, false},
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

static void onbon_power_off(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    memset(onbon->codes, 0, sizeof onbon->codes);
    onbon_end_sessions(onbon);
    onbon->reboots = onbon->download = false;
    onbon->picture.ready_ms = 0;
    reel_power(onbon->reel, false, now_ms);
}

static void onbon_power_on(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    reel_power(onbon->reel, true, now_ms);
    onbon_play_all(onbon, now_ms);
}

/* The request's document and its fate: 0, or a code. */
static int onbon_answer(struct onbon_call *call, const struct board_request *request)
{
    bool post = strcmp(request->method, "POST") == 0;
    const char *text = post ? request->body : request->query(request, "parameter");
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
    if (strcmp(request->method, "GET") == 0 && strncmp(request->path, "/download/", 10) == 0 &&
        onbon_send_file(onbon, request->path + 10, now_ms, reply))
        return;
    reply->type = "application/json; charset=utf-8";
    if (!onbon_read_path(&call, request->path))
        return;
    reply->status = 200;
    reply->chunked = true;
    onbon_reply(&call, onbon_answer(&call, request), &reply->body);
    jv_free(call.document);
    if (onbon->reboots) {
        onbon_power_off(onbon, now_ms);
        onbon_power_on(onbon, now_ms);
    }
}

static void onbon_advance(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    reel_advance(onbon->reel, now_ms);
}

static int64_t onbon_next_change(const void *state, int64_t now_ms)
{
    const struct onbon *onbon = state;

    return reel_next_change(onbon->reel, now_ms);
}

static void onbon_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    struct onbon *onbon = state;

    if (trick == TRICK_LIE)
        onbon->lies = on;
    reel_trick(onbon->reel, trick, on, now_ms);
}

static void onbon_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    struct onbon *onbon = state;

    reel_skew(onbon->reel, skew_ms, now_ms);
}

static void onbon_expire(void *state)
{
    onbon_end_sessions(state);
}

static void onbon_put_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    onbon_own(state, name, text, now_ms);
}

static void onbon_list(const void *state, struct jv *names)
{
    const struct onbon *onbon = state;
    const struct reel_item *item;

    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        if (onbon->places[i].key)
            jv_push(names, jv_string(onbon->places[i].bulletin.name));
    for (size_t i = 0; (item = reel_at(onbon->reel, i)); i++)
        if (reel_is_own(onbon->reel, item->name) && !onbon_has_key(onbon, item->name))
            jv_push(names, jv_string(item->name));
}

static void onbon_finish(void *state, int64_t now_ms)
{
    struct onbon *onbon = state;

    reel_finish(onbon->reel, now_ms);
}

const struct board_kind board_onbon_y = {
    .name = "onbon-y",
    .root = "onbon",
    .create = onbon_create,
    .release = onbon_release,
    .request = onbon_request,
    .advance = onbon_advance,
    .next_change = onbon_next_change,
    .power_off = onbon_power_off,
    .power_on = onbon_power_on,
    .trick = onbon_trick,
    .skew = onbon_skew,
    .expire = onbon_expire,
    .own = onbon_put_own,
    .list = onbon_list,
    .finish = onbon_finish,
};
