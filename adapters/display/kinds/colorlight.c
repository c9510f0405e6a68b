/* colorlight: Colorlight (卡莱特) A and C players by their HTTP interface in the local network.
 * Runs: any (pure).
 *
 * Sources: the vendor's RESTful interface specification 1.7, developer.colorlightcloud.com
 * (playerSDK). A slogan is a program file of ours (name.vsn) and an entry of the player's schedule
 * that says when it takes part in the rotation. The schedule can only be replaced as a whole, so it
 * is read, changed and written back; what isn't ours in it goes back as it came. A program that is
 * sent anew under its name replaces the old one. The player's own way to wipe everything
 * (clrprgms) is never used.
 *
 * As our slogan takes turns with the owner's programs, a reading that meets one of those proves
 * "stored" and no more. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "adapters/display/colorlight_wire.h"
#include "adapters/display/dialect.h"
#include "adapters/display/image.h"
#include "adapters/display/panel.h"

enum colorlight_step {
    STEP_BEGIN,
    STEP_POWER,
    STEP_CLOCK,
    STEP_SIZE,
    STEP_INFO,
    STEP_LIST,
    STEP_PICTURE,
    STEP_PROGRAM,
    STEP_SCHEDULE,
    STEP_WRITE,
    STEP_DELETE,
    STEP_LIST_AGAIN, /* is it gone? */
    COLORLIGHT_STEPS
};

static const char *const colorlight_steps[COLORLIGHT_STEPS] = {
    [STEP_BEGIN] = "begin",        [STEP_POWER] = "power",
    [STEP_CLOCK] = "clock",        [STEP_SIZE] = "dimensions",
    [STEP_INFO] = "info",          [STEP_LIST] = "list of programs",
    [STEP_PICTURE] = "screenshot", [STEP_PROGRAM] = "program",
    [STEP_SCHEDULE] = "schedule",  [STEP_WRITE] = "writing the schedule",
    [STEP_DELETE] = "deletion",    [STEP_LIST_AGAIN] = "list of programs",
};

/* Of the steps that only ask. */
static const char *const colorlight_paths[COLORLIGHT_STEPS] = {
    [STEP_POWER] = "/api/powerstatus.json",
    [STEP_CLOCK] = "/api/rtc.json",
    [STEP_SIZE] = "/api/dimension.json",
    [STEP_INFO] = "/api/info.json",
    [STEP_LIST] = "/api/vsns.json",
    [STEP_PICTURE] = "/api/screenshot",
    [STEP_SCHEDULE] = "/api/lanschedule.json",
    [STEP_LIST_AGAIN] = "/api/vsns.json",
};

struct colorlight_memory {
    struct jv *schedule;          /* to be written; NULL: none */
    bool listed;                  /* WITHDRAW: the list has our program */
    char digest[DIGEST_HEX_MOST]; /* of the list */
    struct buffer picture;
};

static const struct option_def colorlight_options[] = {
    {.name = "user",
     .type = OPTION_STRING,
     .offset = offsetof(struct colorlight_options, user),
     .min = 1,
     .max = 64,
     .preset = "admin",
     .help_en = "The player's user.",
     .help_zh = "播放器的用户名。"},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct colorlight_options, password),
     .secret = true,
     .min = 1,
     .max = 128,
     .help_en = "That user's password; leave it out when the player asks for none in its network.",
     .help_zh = "该用户的密码；播放器未开启局域网验证时不填。"},
    {.name = "font",
     .type = OPTION_STRING,
     .offset = offsetof(struct colorlight_options, font),
     .min = 1,
     .max = 64,
     .preset = "宋体",
     .help_en = "The font's name on the player: 宋体, 黑体, 楷体, 仿宋 or 隶书.",
     .help_zh = "播放器上的字体名称：宋体、黑体、楷体、仿宋或隶书。"},
    {.name = NULL},
};

static int colorlight_check(const void *filled, char *why, size_t why_size)
{
    const struct colorlight_options *options = filled;

    if (!strchr(options->user, ':'))
        return 0;
    snprintf(why, why_size, "%s",
             lang("user: a user's name can't have a colon in it.", "user：用户名不能含有冒号。"));
    return 1;
}

static enum outcome_level colorlight_level_most(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_SCREENSHOT;
}

static int colorlight_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

static const struct traits colorlight_traits = {
    .charset = CHARSET_UNICODE,
    .pictures = true,
    .window_s = colorlight_window_s,
    .level_most = colorlight_level_most,
};

/* ---- questions ---- */

static void colorlight_sign(const struct talk *talk, struct ask *ask)
{
    const struct colorlight_options *options = talk->board->options;
    if (options->password)
        ask_basic(ask, options->user, options->password);
}

static void colorlight_ask(const struct talk *talk, struct ask *ask)
{
    const struct colorlight_memory *memory = talk->memory;
    const char *path = colorlight_paths[talk->step];
    char file[COLORLIGHT_FILE];

    colorlight_file(talk->job, file);
    colorlight_sign(talk, ask);
    ask->nothing = talk->step == STEP_BEGIN;
    ask->method = "GET";
    if (path) {
        buffer_add_text(&ask->path, path);
        ask->reply_most = talk->step == STEP_PICTURE ? HTTP_PICTURE_MAX : 0;
        return;
    }
    ask->changes = !ask->nothing;
    if (talk->step == STEP_PROGRAM) {
        ask->method = "POST";
        buffer_printf(&ask->path, "/api/program/%s?autoplay=0", file);
        colorlight_program(talk, ask);
    } else if (talk->step == STEP_WRITE) {
        ask->method = "PUT";
        buffer_add_text(&ask->path, "/api/lanschedule");
        ask_json(ask, memory->schedule);
    } else if (talk->step == STEP_DELETE) {
        ask->method = "DELETE";
        buffer_printf(&ask->path, "/api/vsns/sources/lan/vsns/%s", file);
    }
}

/* ---- answers ---- */

static void colorlight_malformed(const char *why, struct verdict *verdict)
{
    verdict_fail(verdict, OUTCOME_DEFERRED, 0, "%s", why);
}

static bool colorlight_is_optional(int step)
{
    return (step >= STEP_POWER && step <= STEP_INFO) || step == STEP_PICTURE;
}

static void colorlight_begin(struct talk *talk, struct verdict *verdict)
{
    static const enum colorlight_step first[ADAPTER_VERBS] = {
        [ADAPTER_SUBMIT] = STEP_PROGRAM,
        [ADAPTER_WITHDRAW] = STEP_LIST,
        [ADAPTER_VERIFY] = STEP_POWER,
        [ADAPTER_PROBE] = STEP_POWER,
    };
    struct colorlight_memory *memory = talk->memory;

    buffer_free(&memory->picture); /* of the job before; there may be thousands of boards */
    verdict_go(verdict, (int)first[talk->job->verb]);
}

/* {"powerstatus": 0 asleep, 1 awake} */
static void colorlight_hear_power(struct talk *talk, const struct jv *root, struct verdict *verdict)
{
    int64_t power = colorlight_number(jv_at(root, "/powerstatus"), -1);

    if (power == 0)
        talk->sight->power = POWER_ASLEEP;
    else if (power == 1)
        talk->sight->power = POWER_ON;
    verdict_go(verdict, STEP_CLOCK);
}

static void colorlight_hear_clock(struct talk *talk, const struct jv *root, struct verdict *verdict)
{
    struct sight *sight = talk->sight;
    int64_t clock_ms;

    if (colorlight_clock(root, &clock_ms) == 0) {
        sight->clock_known = true;
        /* told in whole seconds: so is ours */
        sight->skew_ms = clock_ms - (clock_ms % 1000 ? talk->now_ms : talk->now_ms / 1000 * 1000);
    }
    verdict_go(verdict, talk->job->verb == ADAPTER_PROBE ? STEP_SIZE : STEP_LIST);
}

static void colorlight_hear_size(struct talk *talk, const struct jv *root, struct verdict *verdict)
{
    const struct jv *size = jv_at(root, "/dimension") ? jv_at(root, "/dimension") : root;

    talk->sight->width = colorlight_number(jv_member(size, "width"), 0);
    talk->sight->height = colorlight_number(jv_member(size, "height"), 0);
    verdict_go(verdict, STEP_INFO);
}

/* A file's name without its ".vsn". */
static void colorlight_copy_name(char *to, size_t size, const char *file)
{
    size_t n = file ? strlen(file) : 0;

    if (n > 4 && strcmp(file + n - 4, ".vsn") == 0)
        n -= 4;
    snprintf(to, size, "%.*s", (int)n, file ? file : "");
    dialect_tidy(to);
}

static void colorlight_hear_info(struct talk *talk, const struct jv *root, struct verdict *verdict)
{
    const char *version = jv_text(jv_at(root, "/info/vername"));
    struct sight *sight = talk->sight;

    snprintf(sight->firmware, sizeof sight->firmware, "%s", version ? version : "");
    dialect_tidy(sight->firmware);
    colorlight_copy_name(sight->playing, sizeof sight->playing,
                         jv_text(jv_at(root, "/info/playing/name")));
    verdict_sent(verdict, LEVEL_UNKNOWN);
}

static bool colorlight_is_lan(const struct jv *object)
{
    const char *type = jv_text(jv_at(object, "/type"));

    return !type || strcmp(type, "lan") == 0;
}

/* Is our program among those that came over the local network? */
static bool colorlight_has(const struct jv *contents, const char *file)
{
    const struct jv *source, *program;

    for (size_t i = 0; (source = jv_element(contents, i)); i++) {
        const struct jv *list = jv_at(source, "/content");

        for (size_t k = 0; colorlight_is_lan(source) && (program = jv_element(list, k)); k++) {
            const char *name = jv_text(jv_at(program, "/name"));

            if (name && strcmp(name, file) == 0)
                return true;
        }
    }
    return false;
}

static void colorlight_hear_verify(struct talk *talk, bool listed, bool plays,
                                   struct verdict *verdict)
{
    if (!listed)
        verdict_missing(verdict, "the player's list doesn't have it");
    else if (plays && talk->job->want >= LEVEL_SCREENSHOT)
        verdict_go(verdict, STEP_PICTURE);
    else
        verdict_sent(verdict,
                     plays && talk->job->want >= LEVEL_PLAYING ? LEVEL_PLAYING : LEVEL_STORED);
}

static void colorlight_hear_list(struct talk *talk, const struct reply *reply,
                                 const struct jv *root, struct verdict *verdict)
{
    struct digest digest = digest_of(DIGEST_SHA256, reply->body, reply->length);
    const struct jv *contents = jv_at(root, "/contents"), *playing = jv_at(root, "/playing");
    struct colorlight_memory *memory = talk->memory;
    struct sight *sight = talk->sight;
    char file[COLORLIGHT_FILE];

    if (!jv_is_array(contents)) {
        colorlight_malformed("the reply has no list of programs", verdict);
        return;
    }
    colorlight_file(talk->job, file);
    digest_hex(&digest, memory->digest);
    memory->listed = colorlight_has(contents, file);
    colorlight_copy_name(sight->playing, sizeof sight->playing, jv_text(jv_at(playing, "/name")));
    if (talk->job->verb == ADAPTER_VERIFY)
        colorlight_hear_verify(
            talk, memory->listed,
            colorlight_is_lan(playing) && strcmp(sight->playing, talk->job->name) == 0, verdict);
    else if (talk->step == STEP_LIST)
        verdict_go(verdict, STEP_SCHEDULE);
    else if (!memory->listed)
        verdict_sent(verdict, LEVEL_UNKNOWN);
    else
        colorlight_malformed("the player says that it deleted the program, and still has it",
                             verdict);
}

/* It says that it plays ours, whatever becomes of the picture. */
static void colorlight_hear_picture(struct talk *talk, const struct reply *reply,
                                    struct verdict *verdict)
{
    struct colorlight_memory *memory = talk->memory;
    const char *type = image_type(reply->body, reply->length);
    struct evidence *evidence = &verdict->result.evidence;

    verdict_sent(verdict, type ? LEVEL_SCREENSHOT : LEVEL_PLAYING);
    if (!type) {
        snprintf(evidence->digest, sizeof evidence->digest, "%s", memory->digest);
        return;
    }
    buffer_free(&memory->picture);
    buffer_add(&memory->picture, reply->body, reply->length);
    evidence->picture = memory->picture.data;
    evidence->picture_length = memory->picture.length;
    evidence->picture_type = type;
}

/* What a WITHDRAW has to do once the schedule is without ours. */
static void colorlight_go_on(const struct talk *talk, struct verdict *verdict)
{
    const struct colorlight_memory *memory = talk->memory;

    if (memory->listed)
        verdict_go(verdict, STEP_DELETE);
    else
        verdict_sent(verdict, LEVEL_UNKNOWN);
}

static void colorlight_hear_schedule(struct talk *talk, const struct jv *root,
                                     struct verdict *verdict)
{
    struct colorlight_memory *memory = talk->memory;

    jv_free(memory->schedule);
    switch (colorlight_schedule(talk, root, talk->job->verb == ADAPTER_SUBMIT, &memory->schedule)) {
    case COLORLIGHT_CHANGED:
        verdict_go(verdict, STEP_WRITE);
        return;
    case COLORLIGHT_SAME:
        colorlight_go_on(talk, verdict);
        return;
    case COLORLIGHT_FULL:
        colorlight_malformed("the player's schedule has no free priority (0 to 100)", verdict);
        return;
    case COLORLIGHT_BAD:
        colorlight_malformed("the reply is no schedule", verdict);
    }
}

static void colorlight_hear_done(struct talk *talk, struct verdict *verdict)
{
    if (talk->step == STEP_PROGRAM)
        verdict_go(verdict, STEP_SCHEDULE);
    else if (talk->step == STEP_DELETE)
        verdict_go(verdict, STEP_LIST_AGAIN);
    else if (talk->job->verb == ADAPTER_SUBMIT)
        verdict_sent(verdict, LEVEL_ACCEPTED);
    else
        colorlight_go_on(talk, verdict);
}

static void colorlight_hear_document(struct talk *talk, const struct reply *reply,
                                     const struct jv *root, struct verdict *verdict)
{
    switch ((enum colorlight_step)talk->step) {
    case STEP_POWER:
        colorlight_hear_power(talk, root, verdict);
        return;
    case STEP_CLOCK:
        colorlight_hear_clock(talk, root, verdict);
        return;
    case STEP_SIZE:
        colorlight_hear_size(talk, root, verdict);
        return;
    case STEP_INFO:
        colorlight_hear_info(talk, root, verdict);
        return;
    case STEP_SCHEDULE:
        colorlight_hear_schedule(talk, root, verdict);
        return;
    case STEP_LIST:
    case STEP_LIST_AGAIN:
        colorlight_hear_list(talk, reply, root, verdict);
        return;
    case STEP_PICTURE:
        colorlight_hear_picture(talk, reply, verdict);
        return;
    case STEP_BEGIN:
        colorlight_begin(talk, verdict);
        return;
    case STEP_PROGRAM:
    case STEP_WRITE:
    case STEP_DELETE:
    case COLORLIGHT_STEPS:
        colorlight_hear_done(talk, verdict);
    }
}

/* Not every model can tell all of how it stands; what it shows is proved without. And a program
 * that is gone needn't be deleted. */
static bool colorlight_hears(int step, int status)
{
    bool lacks = status == 404 || status == 405 || status == 501;

    return (colorlight_is_optional(step) && lacks) || (step == STEP_DELETE && status == 404);
}

static bool colorlight_may_fail(int step)
{
    return step == STEP_PICTURE;
}

/* Of what is done only the status counts, unless the reply has a code that says no; what is asked
 * must be JSON. */
static void colorlight_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct jv *document = jv_parse(reply->body, reply->length, NULL);
    bool asked = colorlight_paths[talk->step] && !colorlight_is_optional(talk->step);
    int64_t code = colorlight_refusal(document);

    if (asked && !document)
        colorlight_malformed("the reply is not JSON", verdict);
    else if (code && !colorlight_is_optional(talk->step))
        verdict_fail(verdict, OUTCOME_DEFERRED, (int)(code % 1000000),
                     "the player answers with code %lld", (long long)code);
    else
        colorlight_hear_document(talk, reply, colorlight_root(document), verdict);
    jv_free(document);
}

static void colorlight_close(struct talk *talk)
{
    struct colorlight_memory *memory = talk->memory;

    jv_free(memory->schedule);
    buffer_free(&memory->picture);
}

static const struct dialect colorlight_dialect = {
    .memory = sizeof(struct colorlight_memory),
    .steps = colorlight_steps,
    .n_steps = COLORLIGHT_STEPS,
    .may_fail = colorlight_may_fail,
    .close = colorlight_close,
    .ask = colorlight_ask,
    .hears = colorlight_hears,
    .hear = colorlight_hear,
};

static const struct adapter adapter_colorlight =
    DIALECT_ADAPTER("colorlight", colorlight_options, sizeof(struct colorlight_options),
                    colorlight_check, &colorlight_traits, &colorlight_dialect);
ADAPTER_REGISTER(adapter_colorlight);
