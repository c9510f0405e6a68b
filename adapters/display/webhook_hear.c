/* webhook_hear: the replies to a webhook. See webhook_room.h.
 * Runs: any (pure). */
#include "adapters/display/webhook_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"
#include "adapters/display/image.h"
#include "adapters/display/webhook_judge.h"

enum {
    WEBHOOK_NOT_YET_MS = 2000, /* what isn't done yet */
    WEBHOOK_ID_MOST = 200,
};

/* A reply that is being heard. */
struct webhook_hearing {
    struct talk *talk;
    const struct webhook_options *options;
    struct webhook_memory *memory;
    const struct reply *reply;
    struct verdict *verdict;
};

/* ---- statuses ---- */

static bool webhook_passes(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* Later; the board itself works. */
static void webhook_later(struct verdict *verdict, int64_t wait_ms)
{
    verdict->healthy = true;
    verdict->result.outcome.wait_ms = wait_ms;
}

/* A 4xx: no to this slogan when it was to be shown; gone or not there for the other two. */
static void webhook_hear_refusal(const struct webhook_hearing *hearing)
{
    enum adapter_verb verb = hearing->talk->job->verb;
    struct verdict *verdict = hearing->verdict;
    int status = hearing->reply->status;
    bool gone = status == 404 || status == 410, submit = verb == ADAPTER_SUBMIT;

    if (verb == ADAPTER_WITHDRAW && gone) {
        verdict_sent(verdict, LEVEL_ACCEPTED);
    } else if (verb == ADAPTER_VERIFY && gone) {
        verdict_missing(verdict, "the platform does not know it");
        verdict->result.outcome.code = status;
    } else if (status == 410) {
        verdict_fail(verdict, OUTCOME_DEFERRED, status,
                     "the platform has closed this target for good (status 410)");
    } else if (status == 405 || (status == 404 && submit)) { /* says nothing of the slogan */
        verdict_fail(
            verdict, OUTCOME_DEFERRED, status,
            "the platform has nothing at this address (status %d): correct url and %s_path", status,
            webhook_prefixes[verb]);
    } else if (submit) {
        verdict_fail(verdict, OUTCOME_REJECTED, status, "the platform refuses with status %d",
                     status);
    } else {
        verdict_fail(verdict, OUTCOME_DEFERRED, status, "the platform refuses the question: %d",
                     status);
        verdict->healthy = true;
    }
}

static void webhook_hear_status(const struct webhook_hearing *hearing)
{
    enum adapter_verb verb = hearing->talk->job->verb;
    struct verdict *verdict = hearing->verdict;
    int status = hearing->reply->status;

    if (status == 401 || status == 403) {
        verdict_fail(verdict, OUTCOME_DEFERRED, status,
                     "the platform refuses our password, key or signature (status %d)", status);
    } else if (webhook_passes(status)) {
        bool doubt = verb == ADAPTER_SUBMIT && dialect_is_doubtful(status);

        verdict_fail(verdict, doubt ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, status,
                     "the platform answers with status %d", status);
        if (status == 425 || status == 429)
            webhook_later(verdict, 0);
    } else if (status >= 400) {
        webhook_hear_refusal(hearing);
    } else if (status >= 300) {
        verdict_fail(verdict, OUTCOME_DEFERRED, status,
                     "the platform redirects (%d): correct its url", status);
    } else {
        verdict_fail(verdict, OUTCOME_UNKNOWN, status, "the platform answers %d, %s_status is %d",
                     status, webhook_prefixes[verb], (int)hearing->options->calls[verb].status);
        verdict->healthy = true;
    }
}

/* ---- verify ---- */

static enum outcome_level webhook_level(const struct webhook_options *options)
{
    return options->verify_level ? LEVEL_PLAYING : LEVEL_STORED;
}

static void webhook_digest(const char *bytes, size_t length, char out[static 65])
{
    struct digest digest = digest_of(DIGEST_SHA256, bytes, length);

    digest_hex(&digest, out);
}

/* memory->picture holds one. */
static void webhook_show_picture(const struct webhook_hearing *hearing)
{
    struct evidence *evidence = &hearing->verdict->result.evidence;
    const struct buffer *picture = &hearing->memory->picture;

    verdict_sent(hearing->verdict, LEVEL_SCREENSHOT);
    evidence->picture = picture->data;
    evidence->picture_length = picture->length;
    evidence->picture_type = image_type(picture->data, picture->length);
}

static bool webhook_take_picture(const struct webhook_hearing *hearing, const struct jv *document)
{
    const char *pointer = hearing->options->verify_picture;
    const struct jv *member = document && pointer ? jv_at(document, pointer) : NULL;
    const char *text = member ? jv_text(member) : NULL;

    buffer_free(&hearing->memory->picture);
    return text && !image_decode(text, strlen(text), &hearing->memory->picture);
}

static void webhook_hear_proof(const struct webhook_hearing *hearing, const struct jv *document)
{
    bool wanted = hearing->talk->job->want >= LEVEL_SCREENSHOT &&
                  webhook_given(hearing->options->verify_picture);

    if (wanted && webhook_given(hearing->options->picture_path)) {
        webhook_digest(hearing->reply->body, hearing->reply->length, hearing->memory->digest);
        verdict_go(hearing->verdict, WEBHOOK_STEP_PICTURE);
    } else if (wanted && webhook_take_picture(hearing, document)) {
        webhook_show_picture(hearing);
    } else {
        verdict_sent(hearing->verdict, webhook_level(hearing->options));
    }
}

/* No picture is no trouble: the reply before it has proved what it proves. */
static void webhook_hear_picture(const struct webhook_hearing *hearing)
{
    const struct reply *reply = hearing->reply;
    const char *where = hearing->options->verify_picture;
    bool is_body = where && strcmp(where, "body") == 0, good = false;
    struct jv *document = NULL;

    if (reply->status >= 200 && reply->status < 300 && is_body) {
        good = image_type(reply->body, reply->length) != NULL;
        if (good)
            buffer_add(&hearing->memory->picture, reply->body, reply->length);
    } else if (reply->status >= 200 && reply->status < 300) {
        document = webhook_document(hearing->options, reply);
        good = webhook_take_picture(hearing, document);
        jv_free(document);
    }
    if (good)
        webhook_show_picture(hearing);
    else
        verdict_sent(hearing->verdict, webhook_level(hearing->options));
    memcpy(hearing->verdict->result.evidence.digest, hearing->memory->digest,
           sizeof hearing->memory->digest);
}

static void webhook_hear_told(const struct webhook_hearing *hearing)
{
    struct webhook_note *note =
        webhook_note_find(&hearing->memory->notes, hearing->talk->job->name);
    struct verdict *verdict = hearing->verdict;

    if (note && note->told == LEVEL_SCREENSHOT) {
        buffer_free(&hearing->memory->picture);
        hearing->memory->picture = note->told_picture;
        note->told_picture = BUFFER_NULL;
        webhook_show_picture(hearing);
    } else if (note && note->told) {
        verdict_sent(verdict, note->told);
    } else if (note && note->failure) {
        verdict_missing(verdict, note->failure);
    } else {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the platform did not call within %d s",
                     (int)hearing->options->verify_wait_s);
        webhook_later(verdict, 0);
    }
    if (note && verdict->result.outcome.kind == OUTCOME_SENT)
        memcpy(verdict->result.evidence.digest, note->told_digest, sizeof note->told_digest);
}

/* ---- findings ---- */

static void webhook_remember_id(const struct webhook_hearing *hearing, const struct jv *document)
{
    const char *pointer = hearing->options->publish_id;
    const struct jv *member = document && webhook_given(pointer) ? jv_at(document, pointer) : NULL;
    struct buffer id BUFFER_FREE_LATER = BUFFER_NULL;

    if (!member || !jv_scalar(member, &id) || !id.length || id.length > WEBHOOK_ID_MOST)
        return;
    webhook_note_set(&webhook_note_make(&hearing->memory->notes, hearing->talk->job->name)->id,
                     buffer_text(&id), WEBHOOK_ID_MOST);
}

/* Done, or taken: which one is enough depends on the verb. */
static void webhook_hear_yes(const struct webhook_hearing *hearing, const struct jv *document,
                             bool done)
{
    enum adapter_verb verb = hearing->talk->job->verb;
    struct verdict *verdict = hearing->verdict;

    if (verb == ADAPTER_SUBMIT)
        webhook_remember_id(hearing, document);
    if (verb == ADAPTER_VERIFY && hearing->options->verify_by == WEBHOOK_BY_CALL) {
        verdict_await(verdict, WEBHOOK_STEP_TOLD, hearing->options->verify_wait_s * 1000);
    } else if (done && verb == ADAPTER_VERIFY) {
        webhook_hear_proof(hearing, document);
    } else if (done || verb == ADAPTER_SUBMIT || verb == ADAPTER_PROBE) {
        verdict_sent(verdict, LEVEL_ACCEPTED);
    } else {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the platform is not done yet");
        webhook_later(verdict, WEBHOOK_NOT_YET_MS);
    }
}

/* The status is right, the value isn't. */
static void webhook_hear_no(const struct webhook_hearing *hearing, enum webhook_finding finding,
                            const char *what)
{
    enum adapter_verb verb = hearing->talk->job->verb;
    const struct webhook_call_options *call = &hearing->options->calls[verb];
    struct verdict *verdict = hearing->verdict;
    bool said = finding == WEBHOOK_NO || finding == WEBHOOK_ERROR;
    const char *pointer = finding == WEBHOOK_ERROR ? call->error : call->pointer;
    enum outcome_kind kind = OUTCOME_UNKNOWN;

    if (verb == ADAPTER_SUBMIT && said)
        kind = OUTCOME_REJECTED;
    else if (verb == ADAPTER_VERIFY && (finding == WEBHOOK_NO || finding == WEBHOOK_ABSENT))
        kind = OUTCOME_REJECTED;
    else if (said)
        kind = OUTCOME_DEFERRED;
    if (finding == WEBHOOK_UNREADABLE || (finding == WEBHOOK_ABSENT && kind == OUTCOME_UNKNOWN))
        verdict_fail(verdict, kind, hearing->reply->status, "the reply is not JSON with %.40s",
                     webhook_given(pointer) ? pointer : call->error);
    else
        verdict_fail(verdict, kind, 0, "the platform says no: %.40s is %.60s", pointer,
                     *what ? what : "not there");
    verdict->healthy = true;
}

static void webhook_hear_call(const struct webhook_hearing *hearing)
{
    enum adapter_verb verb = hearing->talk->job->verb;
    const struct webhook_call *call = &hearing->memory->plan.calls[verb];
    struct buffer expected BUFFER_FREE_LATER = BUFFER_NULL, what BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document = webhook_document(hearing->options, hearing->reply);
    struct webhook_content content;
    enum webhook_finding finding;

    webhook_content_fill(&content, hearing->talk);
    if (call->equals)
        webhook_template_render(call->equals, &content.values, &expected, NULL);
    webhook_content_free(&content);
    finding = webhook_judge(&hearing->options->calls[verb], verb == ADAPTER_VERIFY,
                            call->equals ? buffer_text(&expected) : NULL, hearing->reply->status,
                            document, &what);
    if (document && (verb == ADAPTER_VERIFY || verb == ADAPTER_PROBE))
        webhook_look(hearing->options, document, hearing->talk->now_ms, hearing->talk->sight);
    if (finding == WEBHOOK_OTHER_STATUS)
        webhook_hear_status(hearing);
    else if (finding == WEBHOOK_YES || finding == WEBHOOK_NOT_YET)
        webhook_hear_yes(hearing, document, finding == WEBHOOK_YES);
    else
        webhook_hear_no(hearing, finding, buffer_text(&what));
    jv_free(document);
}

/* Without a question of its own, any answer but trouble says that the platform is there. */
static void webhook_hear_options(const struct webhook_hearing *hearing)
{
    int status = hearing->reply->status;

    if (status == 401 || status == 403 || status == 410 || webhook_passes(status) ||
        (status >= 300 && status < 400))
        webhook_hear_status(hearing);
    else
        verdict_sent(hearing->verdict, LEVEL_ACCEPTED);
}

/* ---- what was not asked ---- */

static void webhook_hear_silence(const struct webhook_hearing *hearing)
{
    struct webhook_memory *memory = hearing->memory;
    const struct webhook_note *note = webhook_note_find(&memory->notes, hearing->talk->job->name);
    struct verdict *verdict = hearing->verdict;

    if (memory->silence == WEBHOOK_NO_CHARACTER) {
        verdict_fail(verdict, OUTCOME_REJECTED, 0, "GBK does not have the character \"%s\"",
                     memory->character);
    } else if (memory->silence == WEBHOOK_NO_ID) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the platform's id of it is not known any more");
        webhook_later(verdict, 0);
    } else if (note && note->failure) {
        verdict_missing(verdict, note->failure);
    } else {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "not configured");
        webhook_later(verdict, 0);
    }
}

/* What the end of a job means for its next one. */
static void webhook_note_end(const struct webhook_hearing *hearing)
{
    const struct adapter_job *job = hearing->talk->job;
    enum outcome_kind kind = hearing->verdict->result.outcome.kind;
    struct webhook_note *note = webhook_note_find(&hearing->memory->notes, job->name);

    if (!note || hearing->verdict->kind != VERDICT_END)
        return;
    if (kind == OUTCOME_SENT ? job->verb != ADAPTER_VERIFY : kind == OUTCOME_REJECTED)
        note->settled = true;
}

void webhook_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    const struct webhook_hearing hearing = {.talk = talk,
                                            .options = talk->board->options,
                                            .memory = talk->memory,
                                            .reply = reply,
                                            .verdict = verdict};
    enum adapter_verb verb = talk->job->verb;

    if (talk->step == WEBHOOK_STEP_TOLD)
        webhook_hear_told(&hearing);
    else if (hearing.memory->silence != WEBHOOK_SPEAKS)
        webhook_hear_silence(&hearing);
    else if (talk->step == WEBHOOK_STEP_PICTURE)
        webhook_hear_picture(&hearing);
    else if (verb == ADAPTER_PROBE && !hearing.memory->plan.calls[verb].path)
        webhook_hear_options(&hearing);
    else
        webhook_hear_call(&hearing);
    webhook_note_end(&hearing);
}
