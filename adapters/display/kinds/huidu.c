/* huidu: Huidu (灰度) controllers with the HTTP interface of their SDK 3 (C16L, D16, A and H
 * series; "engineering" cards, whose id has a D), or Huidu's gateway program in front of them.
 * Runs: any (pure).
 *
 * Source: the vendor's HTTP interface document and the C, Java and Python SDKs
 * (gitee.com/szhuidu/cn.huidu.device.sdk). A slogan is one program of the playlist. Its name is
 * ours, and its uuid comes from the name, so that a repeated publication updates it. `replace`
 * would swap the whole playlist and is never asked for.
 *
 * The controller tells neither what it plays now nor what it has played: its list proves "stored",
 * a picture of its frame buffer is the most that there is. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/model/window.h"
#include "adapters/display/dialect.h"
#include "adapters/display/huidu_wire.h"
#include "adapters/display/image.h"
#include "adapters/display/panel.h"

enum { HUIDU_WRITTEN = 8 };

enum huidu_step {
    STEP_DEVICE,
    STEP_STATUS,
    STEP_PROPERTY,
    STEP_LIST,
    STEP_WRITE,
    STEP_REMOVE,
    STEP_LIST_AGAIN, /* is it gone? */
    STEP_PICTURE,
    HUIDU_STEPS
};

static const char *const huidu_steps[HUIDU_STEPS] = {
    [STEP_DEVICE] = "list of devices",
    [STEP_STATUS] = "device status",
    [STEP_PROPERTY] = "device properties",
    [STEP_LIST] = "list of programs",
    [STEP_WRITE] = "program",
    [STEP_REMOVE] = "removal",
    [STEP_LIST_AGAIN] = "list of programs",
    [STEP_PICTURE] = "screenshot",
};

struct huidu_written {
    char name[SIGHT_NAME]; /* "": none */
    int day;               /* yyyymmdd, the only one on which it can be seen */
};

struct huidu_memory {
    char device[HUIDU_DEVICE];                   /* as it calls itself; "": not asked yet */
    char uuid[HUIDU_UUID];                       /* of our program, on the device or to be */
    bool found;                                  /* the job's list has our program */
    struct huidu_written written[HUIDU_WRITTEN]; /* in this run; the oldest goes for a new one */
    unsigned n_written;
    char digest[DIGEST_HEX_MOST]; /* of the list */
    struct buffer picture;
};

static enum outcome_level huidu_level_most(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_SCREENSHOT;
}

static int huidu_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

static const struct traits huidu_traits = {
    .charset = CHARSET_UNICODE,
    .window_s = huidu_window_s,
    .level_most = huidu_level_most,
};

/* ---- small parts of requests ---- */

static const char *huidu_device(const struct talk *talk)
{
    const struct huidu_options *options = talk->board->options;
    const struct huidu_memory *memory = talk->memory;

    return options->device ? options->device : memory->device;
}

/* method of /api/device or /api/program. data becomes the call's. */
static void huidu_call(const struct talk *talk, struct ask *ask, const char *what,
                       const char *method, struct jv *data)
{
    struct jv *body = jv_object();

    buffer_printf(&ask->path, "/api/%s/%s", what, huidu_device(talk));
    jv_put(body, "method", jv_string(method));
    jv_put(body, "data", data);
    jv_put(body, "id", jv_string(huidu_device(talk)));
    ask_json(ask, body);
    jv_free(body);
    huidu_sign(talk, ask);
}

static struct jv *huidu_reference(const struct talk *talk)
{
    const struct huidu_memory *memory = talk->memory;
    struct jv *reference = jv_object(), *list = jv_array();

    jv_put(reference, "name", jv_string(talk->job->name));
    jv_put(reference, "uuid", jv_string(memory->uuid));
    jv_push(list, reference);
    return list;
}

/* ---- questions ---- */

static void huidu_ask(const struct talk *talk, struct ask *ask)
{
    const struct huidu_memory *memory = talk->memory;

    switch ((enum huidu_step)talk->step) {
    case STEP_DEVICE:
        ask->nothing = *huidu_device(talk) != '\0';
        ask->method = "GET";
        buffer_add_text(&ask->path, "/api/device/list/");
        huidu_sign(talk, ask);
        return;
    case STEP_STATUS:
        huidu_call(talk, ask, "device", "getDeviceStatus", jv_array());
        return;
    case STEP_PROPERTY:
        huidu_call(talk, ask, "device", "getDeviceProperty", jv_array());
        return;
    case STEP_WRITE:
        ask->changes = true;
        huidu_call(talk, ask, "program", memory->found ? "update" : "append",
                   huidu_program(talk, memory->uuid));
        return;
    case STEP_REMOVE:
        ask->changes = true;
        huidu_call(talk, ask, "program", "remove", huidu_reference(talk));
        return;
    case STEP_PICTURE:
        ask->reply_most = HTTP_PICTURE_MAX;
        huidu_call(talk, ask, "device", "screenshot", jv_array());
        return;
    case STEP_LIST:
    case STEP_LIST_AGAIN:
    case HUIDU_STEPS:
        huidu_call(talk, ask, "program", "getAll", jv_array());
    }
}

/* ---- answers ---- */

static bool huidu_is_doing(const struct talk *talk)
{
    return talk->step == STEP_WRITE || talk->step == STEP_REMOVE;
}

/* A no is certain, an answer that can't be read is not. Either way the device may be another one
 * than we thought, so its id is asked for again. */
static void huidu_fail(struct talk *talk, enum huidu_answer answer, const char *words,
                       struct verdict *verdict)
{
    struct huidu_memory *memory = talk->memory;
    bool doubt = answer == HUIDU_MALFORMED && talk->step == STEP_WRITE;

    memory->device[0] = '\0';
    if (answer == HUIDU_REFUSED)
        verdict_fail(verdict, OUTCOME_DEFERRED, -1, "the controller answers: %s", words);
    else
        verdict_fail(verdict, doubt ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, 0, "%s", words);
}

static void huidu_begin(const struct talk *talk, struct verdict *verdict)
{
    bool looks = talk->job->verb == ADAPTER_VERIFY || talk->job->verb == ADAPTER_PROBE;
    struct huidu_memory *memory = talk->memory;

    buffer_free(&memory->picture); /* of the job before; there may be thousands of boards */
    verdict_go(verdict, looks ? STEP_STATUS : STEP_LIST);
}

/* {"message":"ok","data":["C16-D00-A000F"]} */
static void huidu_hear_device(struct talk *talk, const struct jv *document, struct verdict *verdict)
{
    struct huidu_memory *memory = talk->memory;
    const char *first = jv_text(jv_at(document, "/data/0"));

    if (!huidu_says(jv_at(document, "/message"), "ok"))
        verdict_fail(verdict, OUTCOME_DEFERRED, -1, "the controller answers: %s",
                     huidu_words(document));
    else if (!first || !huidu_is_device(first))
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the controller names no device of its own");
    else if (jv_at(document, "/data/1"))
        verdict_fail(verdict, OUTCOME_DEFERRED, 0,
                     "there are several devices behind this URL: set the option device to one, "
                     "such as %s",
                     first);
    else {
        snprintf(memory->device, sizeof memory->device, "%s", first);
        huidu_begin(talk, verdict);
    }
}

static void huidu_hear_status(struct talk *talk, const struct jv *document, struct verdict *verdict)
{
    struct buffer open BUFFER_FREE_LATER = BUFFER_NULL;

    jv_scalar(jv_at(document, "/data/0/data/screen.openStatus"), &open);
    if (strcmp(buffer_text(&open), "true") == 0)
        talk->sight->power = POWER_ON;
    else if (strcmp(buffer_text(&open), "false") == 0)
        talk->sight->power = POWER_ASLEEP;
    verdict_go(verdict, STEP_PROPERTY);
}

/* A length as the controller writes it, "128"; 0 when it is none. */
static int64_t huidu_pixels(const struct jv *value)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    int pixels = 0;

    jv_scalar(value, &text);
    if (text.length && text.length < 7 && strspn(text.data, "0123456789") == text.length)
        sscanf(text.data, "%d", &pixels);
    return pixels;
}

static void huidu_hear_property(struct talk *talk, const struct jv *document,
                                struct verdict *verdict)
{
    const struct jv *data = jv_at(document, "/data/0/data");
    const char *time = jv_text(jv_at(data, "/time"));
    const char *version = jv_text(jv_at(data, "/version.app"));
    struct sight *sight = talk->sight;
    int64_t clock_ms;

    if (time && window_parse_time(time, &clock_ms) == 0) {
        sight->clock_known = true;
        sight->skew_ms = clock_ms - talk->now_ms / 1000 * 1000;
    }
    snprintf(sight->firmware, sizeof sight->firmware, "%s", version ? version : "");
    dialect_tidy(sight->firmware);
    sight->width = huidu_pixels(jv_at(data, "/screen.width"));
    sight->height = huidu_pixels(jv_at(data, "/screen.height"));
    if (talk->job->verb == ADAPTER_PROBE)
        verdict_sent(verdict, LEVEL_UNKNOWN);
    else
        verdict_go(verdict, STEP_LIST);
}

/* Looks for our name in the list; the uuid is the one that the device has. Older firmware calls it
 * id. 0, or 1 when there is no list. */
static int huidu_find(struct talk *talk, const struct jv *document)
{
    const struct jv *items = jv_at(document, "/data/0/data/item"), *item;
    struct huidu_memory *memory = talk->memory;

    memory->found = false;
    huidu_uuid(talk->job->name, memory->uuid);
    if (!jv_is_object(jv_at(document, "/data/0/data")) || (items && !jv_is_array(items)))
        return 1;
    for (size_t i = 0; (item = jv_element(items, i)) && !memory->found; i++) {
        const char *uuid = jv_text(jv_at(item, "/uuid"));

        if (!huidu_says(jv_at(item, "/name"), talk->job->name))
            continue;
        uuid = uuid ? uuid : jv_text(jv_at(item, "/id"));
        memory->found = true;
        if (uuid && *uuid && strlen(uuid) < sizeof memory->uuid)
            snprintf(memory->uuid, sizeof memory->uuid, "%s", uuid);
    }
    return 0;
}

static struct huidu_written *huidu_find_written(struct huidu_memory *memory, const char *name)
{
    for (size_t i = 0; i < HUIDU_WRITTEN; i++)
        if (strcmp(memory->written[i].name, name) == 0)
            return &memory->written[i];
    return NULL;
}

static void huidu_note_written(struct talk *talk)
{
    struct huidu_memory *memory = talk->memory;
    struct huidu_written *written = huidu_find_written(memory, talk->job->name);

    if (!written)
        written = &memory->written[memory->n_written++ % HUIDU_WRITTEN];
    snprintf(written->name, sizeof written->name, "%s", talk->job->name);
    written->day = huidu_day(talk->now_ms);
}

/* NULL, or why what is in the list can't be seen: it was written for another day. The list tells
 * no days, so what an earlier run has written is written again. */
static const char *huidu_past(const struct talk *talk)
{
    const struct huidu_written *written = huidu_find_written(talk->memory, talk->job->name);

    if (!written)
        return "it is in the list, but not known for which day";
    return written->day != huidu_day(talk->now_ms) ? "its time on the controller ended at midnight"
                                                   : NULL;
}

static void huidu_hear_verify(struct talk *talk, struct verdict *verdict)
{
    const struct huidu_memory *memory = talk->memory;

    if (!memory->found)
        verdict_missing(verdict, "the controller's list doesn't have it");
    else if (huidu_past(talk))
        verdict_missing(verdict, huidu_past(talk));
    else if (talk->job->want >= LEVEL_SCREENSHOT)
        verdict_go(verdict, STEP_PICTURE);
    else
        verdict_sent(verdict, LEVEL_STORED);
}

/* What isn't there yet and is found later was written now, whatever becomes of the answer. */
static void huidu_begin_writing(struct talk *talk, struct verdict *verdict)
{
    const struct huidu_memory *memory = talk->memory;

    if (!memory->found)
        huidu_note_written(talk);
    verdict_go(verdict, STEP_WRITE);
}

static void huidu_hear_list(struct talk *talk, const struct reply *reply, const struct jv *document,
                            struct verdict *verdict)
{
    struct huidu_memory *memory = talk->memory;
    struct digest digest = digest_of(DIGEST_SHA256, reply->body, reply->length);

    digest_hex(&digest, memory->digest);
    if (huidu_find(talk, document))
        huidu_fail(talk, HUIDU_MALFORMED, "the reply has no list of programs", verdict);
    else if (talk->job->verb == ADAPTER_VERIFY)
        huidu_hear_verify(talk, verdict);
    else if (talk->job->verb == ADAPTER_SUBMIT)
        huidu_begin_writing(talk, verdict);
    else if (!memory->found)
        verdict_sent(verdict, LEVEL_UNKNOWN);
    else if (talk->step == STEP_LIST)
        verdict_go(verdict, STEP_REMOVE);
    else
        verdict_fail(verdict, OUTCOME_DEFERRED, 0,
                     "the controller says that it removed the program, and still lists it");
}

/* In the list it is, whatever becomes of the picture. */
static void huidu_hear_picture(struct talk *talk, const struct reply *reply,
                               const struct jv *document, struct verdict *verdict)
{
    struct huidu_memory *memory = talk->memory;
    const char *text = jv_text(jv_at(document, "/data/0/data"));
    const char *type = image_type(reply->body, reply->length);
    struct evidence *evidence = &verdict->result.evidence;

    buffer_free(&memory->picture);
    if (type)
        buffer_add(&memory->picture, reply->body, reply->length);
    else if (text && image_decode(text, strlen(text), &memory->picture) == 0)
        type = image_type(memory->picture.data, memory->picture.length);
    verdict_sent(verdict, type ? LEVEL_SCREENSHOT : LEVEL_STORED);
    if (type) {
        evidence->picture = memory->picture.data;
        evidence->picture_length = memory->picture.length;
        evidence->picture_type = type;
    } else {
        snprintf(evidence->digest, sizeof evidence->digest, "%s", memory->digest);
    }
}

static void huidu_hear_done(struct talk *talk, struct verdict *verdict)
{
    if (talk->step == STEP_REMOVE) {
        verdict_go(verdict, STEP_LIST_AGAIN);
        return;
    }
    huidu_note_written(talk);
    verdict_sent(verdict, LEVEL_ACCEPTED);
}

static void huidu_hear_document(struct talk *talk, const struct reply *reply,
                                const struct jv *document, struct verdict *verdict)
{
    switch ((enum huidu_step)talk->step) {
    case STEP_DEVICE:
    case HUIDU_STEPS:
        huidu_hear_device(talk, document, verdict);
        return;
    case STEP_STATUS:
        huidu_hear_status(talk, document, verdict);
        return;
    case STEP_PROPERTY:
        huidu_hear_property(talk, document, verdict);
        return;
    case STEP_LIST:
    case STEP_LIST_AGAIN:
        huidu_hear_list(talk, reply, document, verdict);
        return;
    case STEP_WRITE:
    case STEP_REMOVE:
        huidu_hear_done(talk, verdict);
        return;
    case STEP_PICTURE:
        huidu_hear_picture(talk, reply, document, verdict);
    }
}

/* Not every firmware can tell how it stands; what it shows is proved without. */
static bool huidu_is_optional(const struct talk *talk)
{
    return talk->job->verb == ADAPTER_VERIFY &&
           (talk->step == STEP_STATUS || talk->step == STEP_PROPERTY);
}

static void huidu_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct jv *document = NULL;
    const char *words = "the reply is not JSON";
    enum huidu_answer answer = HUIDU_OK;

    if (talk->step == STEP_DEVICE && *huidu_device(talk)) {
        huidu_begin(talk, verdict);
        return;
    }
    document = jv_parse(reply->body, reply->length, NULL);
    if (talk->step == STEP_PICTURE)
        answer = HUIDU_OK;
    else if (!document)
        answer = HUIDU_MALFORMED;
    else if (talk->step != STEP_DEVICE)
        answer = huidu_judge(document, huidu_is_doing(talk), &words);
    if (answer == HUIDU_OK || (answer == HUIDU_REFUSED && huidu_is_optional(talk)))
        huidu_hear_document(talk, reply, document, verdict);
    else
        huidu_fail(talk, answer, words, verdict);
    jv_free(document);
}

static bool huidu_may_fail(int step)
{
    return step == STEP_PICTURE;
}

static void huidu_close(struct talk *talk)
{
    struct huidu_memory *memory = talk->memory;

    buffer_free(&memory->picture);
}

static const struct dialect huidu_dialect = {
    .memory = sizeof(struct huidu_memory),
    .steps = huidu_steps,
    .n_steps = HUIDU_STEPS,
    .may_fail = huidu_may_fail,
    .close = huidu_close,
    .ask = huidu_ask,
    .hear = huidu_hear,
};

static const struct adapter adapter_huidu =
    DIALECT_ADAPTER("huidu", huidu_options, sizeof(struct huidu_options), huidu_check,
                    &huidu_traits, &huidu_dialect);
ADAPTER_REGISTER(adapter_huidu);
