/* webhook_called: what a platform tells by calls of its own. See webhook_room.h.
 * Runs: any.
 *
 * A call is a POST of JSON: {"name": ..., "event": ...} with
 *   shown       it is on the screen now
 *   failed      it is not; "reason" may say why
 *   playlog     it was: "from" and "until", or "intervals", a list of such
 *   screenshot  "picture", base64: PNG, JPEG or GIF
 * With the option secret it has to be signed as our requests are (webhook_sign.h). The same
 * webhook-id again is taken and changes nothing. */
#include "adapters/display/webhook_room.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "adapters/display/image.h"
#include "adapters/display/webhook_sign.h"
#include "adapters/display/webhook_time.h"

enum {
    WEBHOOK_TOLERANCE_S = 300, /* as Standard Webhooks has it */
    WEBHOOK_REASON_MOST = 100,
    WEBHOOK_INTERVALS = 1000,
};

struct webhook_hearer {
    struct talk *talk;
    const struct webhook_options *options;
    struct webhook_memory *memory;
    const struct adapter_call *call;
    const struct jv *document;
    struct webhook_note *note;
    struct board_proof proof; /* with name and digest */
    void (*prove)(void *ctx, const struct board_proof *proof);
    void *ctx;
};

static void webhook_answer(struct adapter_answer *answer, int status, const char *error)
{
    struct jv *document = jv_object();

    answer->status = status;
    answer->type = "application/json";
    if (error)
        jv_put(document, "error", jv_string(error));
    jv_write(document, false, &answer->body);
    jv_free(document);
}

/* ---- is it the platform? ---- */

static bool webhook_is_signed(const struct talk *talk, const struct adapter_call *call)
{
    const struct webhook_options *options = talk->board->options;
    const char *id = call->header(call, "webhook-id");
    const char *time = call->header(call, "webhook-timestamp");
    const char *signature = call->header(call, "webhook-signature");
    struct webhook_message message = {.id = id, .body = call->body, .length = call->length};
    int64_t age;

    if (!options->secret.n)
        return true;
    if (!id || !time || !signature || !*time || strlen(time) > 12 ||
        strspn(time, "0123456789") != strlen(time))
        return false;
    message.timestamp = strtoll(time, NULL, 10);
    age = talk->now_ms / 1000 - message.timestamp;
    if (age > WEBHOOK_TOLERANCE_S || age < -WEBHOOK_TOLERANCE_S)
        return false;
    return webhook_message_is_signed(&options->secret, &message, signature);
}

/* ---- events: 200, or the status of a refusal ---- */

static void webhook_tell(struct webhook_hearer *hearer, enum outcome_level level)
{
    struct webhook_note *note = hearer->note;

    free(note->failure);
    note->failure = NULL;
    webhook_note_forget_told(note);
    note->told = level;
    memcpy(note->told_digest, hearer->proof.evidence.digest, sizeof note->told_digest);
}

static int webhook_on_shown(struct webhook_hearer *hearer)
{
    hearer->proof.level = LEVEL_PLAYING;
    webhook_tell(hearer, LEVEL_PLAYING);
    hearer->prove(hearer->ctx, &hearer->proof);
    return 200;
}

static int webhook_on_failed(struct webhook_hearer *hearer)
{
    const char *reason = jv_text(jv_at(hearer->document, "/reason"));

    webhook_note_forget_told(hearer->note);
    webhook_note_set(&hearer->note->failure,
                     reason && *reason ? reason : "the platform says that it failed",
                     WEBHOOK_REASON_MOST);
    hearer->note->settled = true;
    return 200;
}

static int webhook_on_screenshot(struct webhook_hearer *hearer)
{
    const char *text = jv_text(jv_at(hearer->document, "/picture"));
    struct buffer picture BUFFER_FREE_LATER = BUFFER_NULL;
    struct evidence *evidence = &hearer->proof.evidence;

    if (!text || image_decode(text, strlen(text), &picture))
        return 400;
    if (picture.length > HTTP_PICTURE_MAX)
        return 413;
    hearer->proof.level = LEVEL_SCREENSHOT;
    evidence->picture = picture.data;
    evidence->picture_length = picture.length;
    evidence->picture_type = image_type(picture.data, picture.length);
    webhook_tell(hearer, LEVEL_SCREENSHOT);
    hearer->prove(hearer->ctx, &hearer->proof);
    /* Kept only while a question waits for it: boards are many. */
    if (hearer->talk->job && strcmp(hearer->talk->job->name, hearer->note->name) == 0) {
        hearer->note->told_picture = picture;
        picture = BUFFER_NULL;
    } else {
        hearer->note->told = LEVEL_UNKNOWN;
    }
    return 200;
}

static bool webhook_read_interval(const struct webhook_hearer *hearer, const struct jv *interval,
                                  int64_t *from_ms, int64_t *until_ms)
{
    const struct jv *from = jv_at(interval, "/from"), *until = jv_at(interval, "/until");

    return from && until && webhook_time_read(from, from_ms) &&
           webhook_time_read(until, until_ms) && *from_ms < *until_ms &&
           *until_ms <= hearer->talk->now_ms + SIGHT_SKEW_MS;
}

/* All or nothing: what is half right comes again whole. */
static int webhook_on_playlog(struct webhook_hearer *hearer)
{
    const struct jv *list = jv_at(hearer->document, "/intervals");
    size_t n = jv_is_array(list) ? jv_size(list) : 1;
    int64_t from_ms, until_ms;

    if (n == 0 || n > WEBHOOK_INTERVALS)
        return 400;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            const struct jv *one = jv_is_array(list) ? jv_element(list, i) : hearer->document;

            if (!webhook_read_interval(hearer, one, &from_ms, &until_ms))
                return 400;
            if (pass == 0)
                continue;
            hearer->proof.level = LEVEL_LOGGED;
            hearer->proof.from_ms = from_ms;
            hearer->proof.until_ms = until_ms;
            hearer->prove(hearer->ctx, &hearer->proof);
        }
    return 200;
}

static const struct {
    const char *name;
    bool answers; /* the question whether it is shown */
    int (*take)(struct webhook_hearer *hearer);
} webhook_call_events[] = {
    {"shown", true, webhook_on_shown},
    {"failed", true, webhook_on_failed},
    {"screenshot", true, webhook_on_screenshot},
    {"playlog", false, webhook_on_playlog},
};

/* Index of the call's event; past the end: there is none of that name. */
static size_t webhook_event_find(const struct jv *document)
{
    const struct jv *member = jv_at(document, "/event");
    const char *name = member ? jv_text(member) : NULL;
    size_t n = sizeof webhook_call_events / sizeof *webhook_call_events, i = 0;

    while (i < n && (!name || strcmp(name, webhook_call_events[i].name) != 0))
        i++;
    return i;
}

static bool webhook_take_call(struct webhook_hearer *hearer, struct adapter_answer *answer)
{
    const struct jv *member = jv_at(hearer->document, "/name");
    const char *name = member ? jv_text(member) : NULL;
    const char *id = hearer->call->header(hearer->call, "webhook-id");
    const struct adapter_job *job = hearer->talk->job;
    size_t event = webhook_event_find(hearer->document);
    struct digest digest = digest_of(DIGEST_SHA256, hearer->call->body, hearer->call->length);
    int status;

    if (!name || event == sizeof webhook_call_events / sizeof *webhook_call_events) {
        webhook_answer(answer, 400, "name, or an event that is known, is missing");
        return false;
    }
    hearer->note = webhook_note_find(&hearer->memory->notes, name);
    if (!hearer->note) {
        webhook_answer(answer, 404, "no slogan of that name");
        return false;
    }
    if (id && webhook_call_is_seen(&hearer->memory->notes, id)) {
        webhook_answer(answer, 200, NULL);
        return false;
    }
    memcpy(hearer->proof.name, hearer->note->name, sizeof hearer->proof.name);
    digest_hex(&digest, hearer->proof.evidence.digest);
    status = webhook_call_events[event].take(hearer);
    webhook_answer(answer, status, status == 200 ? NULL : "the event can't be read");
    if (status == 200 && id)
        webhook_call_see(&hearer->memory->notes, id);
    return status == 200 && webhook_call_events[event].answers && job &&
           job->verb == ADAPTER_VERIFY && strcmp(job->name, name) == 0;
}

bool webhook_called(struct talk *talk, const struct adapter_call *call,
                    struct adapter_answer *answer,
                    void (*prove)(void *ctx, const struct board_proof *proof), void *ctx)
{
    struct webhook_hearer hearer = {.talk = talk,
                                    .options = talk->board->options,
                                    .memory = talk->memory,
                                    .call = call,
                                    .prove = prove,
                                    .ctx = ctx};
    struct jv *document;
    bool awaited = false;

    if (strcmp(call->method, "POST") != 0) {
        webhook_answer(answer, 405, "calls are POSTs");
        return false;
    }
    if (!webhook_is_signed(talk, call)) {
        webhook_answer(answer, 401, "the signature does not fit");
        return false;
    }
    document = jv_parse(call->body, call->length, NULL);
    hearer.document = document;
    if (document)
        awaited = webhook_take_call(&hearer, answer);
    else
        webhook_answer(answer, 400, "the body is not JSON");
    jv_free(document);
    return awaited;
}
