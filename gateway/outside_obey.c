/* outside_obey: what is said on the control socket, verb by verb.
 * Runs: loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/verbs.h"
#include "gateway/command.h"
#include "gateway/outside_inside.h"
#include "gateway/show.h"

void outside_refuse(struct jv *answer, const char *why)
{
    jv_put(answer, "error", jv_string(why));
}

static void outside_obey_hello(struct outside *outside, size_t n, char *const *words,
                               struct jv *answer)
{
    (void)outside;
    (void)n;
    jv_put(answer, "ok", jv_string(words[0]));
    jv_put(answer, "protocol", jv_int(CONTROL_PROTOCOL));
    jv_put(answer, "program", jv_string("lawcast " COMMAND_VERSION));
}

static void outside_obey_help(struct outside *outside, size_t n, char *const *words,
                              struct jv *answer)
{
    struct jv *verbs = jv_array();

    (void)outside;
    (void)n;
    for (size_t i = 0; i < CONTROL_VERBS; i++) {
        struct jv *verb = jv_object();

        jv_put(verb, "form", jv_string(control_forms[i].form));
        jv_put(verb, "help", jv_string(lang(control_forms[i].help_en, control_forms[i].help_zh)));
        jv_push(verbs, verb);
    }
    jv_put(answer, "ok", jv_string(words[0]));
    jv_put(answer, "verbs", verbs);
}

static void outside_obey_status(struct outside *outside, size_t n, char *const *words,
                                struct jv *answer)
{
    struct dispatch_view view = {0};

    (void)n;
    if (outside->dispatch)
        dispatch_view(outside->dispatch, &view);
    jv_put(answer, "ok", jv_string(words[0]));
    jv_put(answer, "now_ms", jv_int(clock_wall_ms()));
    jv_put(answer, "modems", jv_int((int64_t)view.modems));
    jv_put(answer, "modems_ready", jv_int((int64_t)view.modems_ready));
    jv_put(answer, "modems_paused", jv_int((int64_t)view.modems_paused));
    jv_put(answer, "modems_throttled", jv_int((int64_t)view.modems_throttled));
    jv_put(answer, "boards", jv_int((int64_t)view.boards));
    jv_put(answer, "boards_ready", jv_int((int64_t)view.boards_ready));
    jv_put(answer, "boards_paused", jv_int((int64_t)view.boards_paused));
    jv_put(answer, "showing", jv_int((int64_t)view.showing));
    jv_put(answer, "entering", jv_int((int64_t)view.works_entering));
    jv_put(answer, "open_parts", jv_int(view.open));
    jv_put(answer, "awaiting", jv_int((int64_t)view.awaiting));
    jv_put(answer, "settled", jv_int(view.settled));
    jv_put(answer, "reported", jv_int(view.reported));
    jv_put(answer, "replies", jv_int(view.replies));
    jv_put(answer, "refusals", jv_int(view.refusals));
    if (outside->show)
        show_tell(outside->show, answer);
}

void outside_describe_board(const struct outside *outside, const char *id, struct jv *out)
{
    struct dispatch_board board;

    if (!outside->dispatch || !dispatch_look_at_board(outside->dispatch, id, &board)) {
        jv_put(out, "state", jv_null());
        jv_put(out, "up", jv_bool(false));
        return;
    }
    jv_put(out, "state", jv_string(lane_state_name(board.state)));
    jv_put(out, "why", jv_string(board.why));
    jv_put(out, "released", jv_bool(board.released));
    jv_put(out, "quiet", jv_bool(board.quiet));
    jv_put(out, "paused", jv_bool(board.by_person));
    jv_put(out, "up", jv_bool(board.up));
}

static void outside_obey_board(struct outside *outside, size_t n, char *const *words,
                               struct jv *answer)
{
    (void)n;
    jv_put(answer, "ok", jv_string(words[0]));
    outside_describe_board(outside, words[1], answer);
}

/* A release that is on its way into the books; lives on its own, whoever leaves first. */
struct outside_release {
    struct control_promise *promise;
    const char *verb;
};

static void outside_released(void *ctx, bool booked)
{
    struct outside_release *release = ctx;
    struct jv *answer = jv_object();

    if (booked)
        jv_put(answer, "ok", jv_string(release->verb));
    else
        outside_refuse(answer, lang("the books could not be written", "账本无法写入"));
    control_keep(release->promise, answer);
    free(release);
}

/* release, take: answered when the books have it, so that no crash can forget what was granted. */
static void outside_obey_release(struct outside *outside, size_t n, char *const *words,
                                 struct jv *answer)
{
    bool released = strcmp(words[0], "release") == 0;
    struct outside_release *release = mem_new(struct outside_release);
    MEM_FREE_LATER char *none =
        mem_printf(lang("there is no board \"%s\"", "没有代号为 %s 的显示屏"), words[2]);
    char by[80];

    (void)n;
    release->verb = released ? "release" : "take";
    snprintf(by, sizeof by, "command, %s", control_guest(outside->control));
    if (strcmp(words[1], "board") != 0 || !outside->dispatch ||
        !dispatch_release_board(outside->dispatch,
                                &(struct dispatch_release){.id = words[2],
                                                           .released = released,
                                                           .by = by,
                                                           .booked = outside_released,
                                                           .ctx = release})) {
        free(release);
        outside_refuse(answer, none);
        return;
    }
    log_info("control=%s board=%s by=\"%s\"", words[0], words[2], by);
    release->promise = control_promise(outside->control);
}

static void outside_obey_reload(struct outside *outside, size_t n, char *const *words,
                                struct jv *answer)
{
    (void)n;
    log_info("control=%s by=\"%s\"", words[0], control_guest(outside->control));
    if (outside->reload)
        outside->reload(outside->ctx, answer);
    else
        outside_refuse(answer, lang("there is no configuration to read", "没有可读取的配置"));
}

static outside_verb *const outside_verbs[CONTROL_VERBS] = {
    [CONTROL_HELLO] = outside_obey_hello,   [CONTROL_HELP] = outside_obey_help,
    [CONTROL_STATUS] = outside_obey_status, [CONTROL_PAUSE] = outside_obey_steer,
    [CONTROL_RESUME] = outside_obey_steer,  [CONTROL_CANCEL] = outside_obey_steer,
    [CONTROL_EXTEND] = outside_obey_steer,  [CONTROL_SET_RATE] = outside_obey_steer,
    [CONTROL_BOARD] = outside_obey_board,   [CONTROL_RELEASE] = outside_obey_release,
    [CONTROL_TAKE] = outside_obey_release,  [CONTROL_OPTOUT] = outside_obey_optout,
    [CONTROL_ATTACH] = outside_obey_attach, [CONTROL_APPROVE] = outside_obey_approve,
    [CONTROL_RELOAD] = outside_obey_reload,
};

void outside_obey(void *ctx, size_t n, char *const *words, struct jv *answer)
{
    enum control_verb verb = control_verb_find(words[0]);
    struct outside *outside = ctx;

    if (verb == CONTROL_VERBS) {
        outside_refuse(answer, lang("this command is not known: \"help\" lists all",
                                    "不认识这个命令：用 help 查看"));
    } else if (n < control_forms[verb].least || n > control_forms[verb].most) {
        MEM_FREE_LATER char *why =
            mem_printf(lang("the form is: %s", "格式为：%s"), control_forms[verb].form);

        outside_refuse(answer, why);
    } else {
        outside_verbs[verb](outside, n, words, answer);
    }
}
