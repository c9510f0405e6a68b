/* outside: owners, devices, commands, pictures. See outside.h.
 * Runs: loop. */
#include "gateway/outside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/attach_line.h"
#include "gateway/control/control.h"
#include "gateway/control/listener.h"
#include "gateway/control/optout_line.h"
#include "gateway/report/picture.h"

struct outside {
    const struct office *office;
    uv_loop_t *loop;
    struct control *control;   /* NULL: not served yet, or without one */
    char *control_path;        /* lent to control */
    struct listener *listener; /* NULL: the office has none, or it is closed */
    struct picture_cache *pictures;
    struct dispatch *dispatch; /* NULL until outside_serve, as the ledger */
    struct ledger *ledger;
};

/* ---- pictures ---- */

static int outside_draw_display(struct outside *outside, const struct display *display, char *why,
                                size_t why_size)
{
    for (size_t i = 0; i < display->n_boards; i++) {
        const struct board *board = &outside->office->boards[display->boards[i]];

        for (size_t k = 0; k < display->slogans.n && board->render == RENDER_PICTURE; k++)
            if (picture_cache_add(outside->pictures, board, display->slogans.items[k], why,
                                  why_size))
                return -EINVAL;
    }
    return 0;
}

static int outside_draw(struct outside *outside, const struct outside_setup *setup, char *why,
                        size_t why_size)
{
    int rc = 0;

    outside->pictures = picture_cache_new();
    for (size_t i = 0; i < setup->n_campaigns && rc == 0; i++)
        for (size_t k = 0; k < setup->campaigns[i]->n_displays && rc == 0; k++)
            rc = outside_draw_display(outside, &setup->campaigns[i]->displays[k], why, why_size);
    return rc;
}

const void *outside_picture(void *ctx, const struct board *board, const char *text, size_t *length)
{
    const struct outside *outside = ctx;

    return picture_cache_find(outside->pictures, board, text, length);
}

/* ---- owners and devices ---- */

static void outside_describe_board(const struct outside *outside, const char *id, struct jv *out)
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
    jv_put(out, "up", jv_bool(board.up));
}

static void outside_on_describe(void *ctx, const struct board *board, struct jv *out)
{
    outside_describe_board(ctx, board->id, out);
}

static bool outside_on_release(void *ctx, const struct board *board, bool released, const char *by)
{
    struct outside *outside = ctx;

    log_info("listener=%s board=%s by=\"%s\"", released ? "release" : "resume", board->id, by);
    return outside->dispatch && dispatch_release_board(outside->dispatch, board->id, released, by);
}

static void outside_on_call(void *ctx, const struct board *board, const struct adapter_call *call,
                            struct adapter_answer *answer)
{
    struct outside *outside = ctx;

    if (!outside->dispatch || !dispatch_hear(outside->dispatch, board->id, call, answer))
        log_info("listener=call board=%s is not in use", board->id);
}

static const struct listener_events outside_events = {
    .release = outside_on_release,
    .describe = outside_on_describe,
    .call = outside_on_call,
};

char *outside_callback(void *ctx, const struct board *board)
{
    const struct outside *outside = ctx;

    return outside->listener ? listener_callback(outside->listener, board) : NULL;
}

/* ---- commands ---- */

static void outside_obey_release(struct outside *outside, const char *id, bool release,
                                 struct jv *answer)
{
    MEM_FREE_LATER char *none =
        mem_printf(lang("there is no board \"%s\"", "没有代号为 %s 的显示屏"), id);

    if (!outside->dispatch || !dispatch_release_board(outside->dispatch, id, release, "command")) {
        jv_put(answer, "error", jv_string(none));
        return;
    }
    log_info("control=%s board=%s", release ? "release" : "resume", id);
    jv_put(answer, "ok", jv_string(release ? "release" : "resume"));
}

static void outside_obey_pause(struct outside *outside, const char *id, bool pause,
                               struct jv *answer)
{
    size_t n = outside->dispatch ? dispatch_pause_modem(outside->dispatch, id, pause) : 0;
    MEM_FREE_LATER char *none = mem_printf(
        lang("there is no modem and no bank \"%s\"", "没有代号为 %s 的短信设备或设备组"), id);

    if (!n) {
        jv_put(answer, "error", jv_string(none));
        return;
    }
    log_info("control=%s id=%s modems=%zu", pause ? "pause" : "resume", id, n);
    jv_put(answer, "ok", jv_string(pause ? "pause" : "resume"));
    jv_put(answer, "modems", jv_int((int64_t)n));
}

/* Refusals on their way into the books; lives on its own, whoever leaves first. */
struct outside_optout {
    struct ledger_op op;
    struct optout_line line;
    struct control_promise *promise;
};

static void outside_optout_done(struct ledger_op *op)
{
    struct outside_optout *optout = op->owner;
    struct jv *answer = jv_object();

    if (op->result < 0) {
        jv_put(answer, "error", jv_string(lang("the books could not be written", "账本无法写入")));
    } else {
        jv_put(answer, "ok", jv_string("optout"));
        jv_put(answer, "numbers", jv_int((int64_t)op->refuse.n));
        jv_put(answer, "changed", jv_int((int64_t)op->refuse.changed));
        jv_put(answer, "suppressed", jv_int(op->refuse.suppressed));
    }
    control_keep(optout->promise, answer);
    optout_line_release(&optout->line);
    free(optout);
}

/* false: it is another command. */
static bool outside_obey_optout(struct outside *outside, size_t n, char *const *words)
{
    struct outside_optout *optout = mem_new(struct outside_optout);

    if (optout_line_read(n, words, &optout->line)) {
        optout_line_release(&optout->line);
        free(optout);
        return false;
    }
    log_info("control=optout numbers=%zu lift=%d source=%d", optout->line.n, optout->line.lift,
             (int)optout->line.source);
    optout->promise = control_promise(outside->control);
    optout->op = (struct ledger_op){.kind = LEDGER_REFUSE,
                                    .done = outside_optout_done,
                                    .owner = optout,
                                    .refuse = {.numbers = optout->line.numbers,
                                               .n = optout->line.n,
                                               .lift = optout->line.lift,
                                               .source = optout->line.source,
                                               .note = optout->line.note}};
    ledger_post(outside->ledger, &optout->op);
    return true;
}

/* What a unit hands in, likewise. */
struct outside_attach {
    struct ledger_op op;
    struct attach_line line;
    struct ledger_photo photos[LEDGER_PHOTOS];
    struct control_promise *promise;
};

static void outside_attach_done(struct ledger_op *op)
{
    struct outside_attach *attach = op->owner;
    struct jv *answer = jv_object();

    if (op->result < 0) {
        jv_put(answer, "error", jv_string(lang("the books could not be written", "账本无法写入")));
    } else if (op->result == LEDGER_OPEN) {
        jv_put(answer, "error",
               jv_string(lang("a photo is not in the folder of evidence", "照片不在佐证目录中")));
    } else {
        jv_put(answer, "ok", jv_string("attach"));
        jv_put(answer, "result",
               jv_string(op->result == LEDGER_NONE   ? "none"
                         : op->result == LEDGER_FULL ? "full"
                                                     : "taken"));
        jv_put(answer, "added", jv_int((int64_t)op->attach.added));
    }
    control_keep(attach->promise, answer);
    attach_line_release(&attach->line);
    free(attach);
}

static void outside_attach_post(struct outside *outside, struct outside_attach *attach)
{
    const struct attach_line *line = &attach->line;

    for (size_t i = 0; i < line->n; i++)
        attach->photos[i] = (struct ledger_photo){.name = line->names[i], .file = line->files[i]};
    attach->op = (struct ledger_op){.kind = LEDGER_ATTACH,
                                    .done = outside_attach_done,
                                    .owner = attach,
                                    .attach = {.campaign = line->campaign,
                                               .unit = line->unit,
                                               .activity = line->held || line->place ||
                                                           line->content || line->participants >= 0,
                                               .held = line->held,
                                               .place = line->place,
                                               .content = line->content,
                                               .participants = line->participants,
                                               .photos = attach->photos,
                                               .n_photos = line->n}};
    ledger_post(outside->ledger, &attach->op);
}

/* false: it is another command. */
static bool outside_obey_attach(struct outside *outside, size_t n, char *const *words)
{
    struct outside_attach *attach = mem_new(struct outside_attach);

    if (attach_line_read(n, words, &attach->line)) {
        attach_line_release(&attach->line);
        free(attach);
        return false;
    }
    log_info("control=attach photos=%zu", attach->line.n);
    attach->promise = control_promise(outside->control);
    outside_attach_post(outside, attach);
    return true;
}

static const struct outside_command {
    const char *verb, *object;
    void (*obey)(struct outside *outside, const char *id, bool on, struct jv *answer);
    bool on;
} outside_commands[] = {
    {"pause", "modem", outside_obey_pause, true},
    {"resume", "modem", outside_obey_pause, false},
    {"release", "board", outside_obey_release, true},
    {"resume", "board", outside_obey_release, false},
};

static void outside_obey(void *ctx, size_t n, char *const *words, struct jv *answer)
{
    struct outside *outside = ctx;

    if (n == 2 && strcmp(words[0], "board") == 0) {
        jv_put(answer, "ok", jv_string("board"));
        outside_describe_board(outside, words[1], answer);
        return;
    }
    for (size_t i = 0; n == 3 && i < sizeof outside_commands / sizeof *outside_commands; i++) {
        const struct outside_command *command = &outside_commands[i];

        if (strcmp(words[0], command->verb) == 0 && strcmp(words[1], command->object) == 0) {
            command->obey(outside, words[2], command->on, answer);
            return;
        }
    }
    if (!outside_obey_optout(outside, n, words) && !outside_obey_attach(outside, n, words))
        jv_put(answer, "error", jv_string(lang("this command is not known", "不认识这个命令")));
}

/* ---- life ---- */

int outside_open(struct outside **out, const struct outside_setup *setup, char *why,
                 size_t why_size)
{
    struct outside *outside = mem_new(struct outside);
    int rc;

    *out = outside;
    outside->loop = setup->loop;
    outside->office = setup->office;
    rc = outside_draw(outside, setup, why, why_size);
    if (rc)
        return rc;
    rc = listener_open(&outside->listener, setup->loop, setup->office, &outside_events, outside);
    if (rc < 0)
        snprintf(why, why_size,
                 lang("listen: %s, port %lld can't be used: %s. Choose another address or port, or "
                      "take listen out.",
                      "listen：无法使用 %s 端口 %lld：%s。请更换地址或端口，或删去 listen。"),
                 setup->office->listen.address, (long long)setup->office->listen.port,
                 strerror(-rc));
    else if (rc == 0)
        log_info("listener=%s", listener_url(outside->listener));
    return rc < 0 ? rc : 0;
}

int outside_serve(struct outside *outside, struct dispatch *dispatch, struct ledger *ledger,
                  const char *path)
{
    outside->dispatch = dispatch;
    outside->ledger = ledger;
    outside->control_path = mem_dup(path);
    return control_open(&outside->control, outside->loop, outside->control_path, outside_obey,
                        outside);
}

void outside_close(struct outside *outside)
{
    if (!outside)
        return;
    outside->dispatch = NULL;
    control_close(outside->control);
    outside->control = NULL;
    listener_close(outside->listener);
    outside->listener = NULL;
}

void outside_free(struct outside *outside)
{
    if (!outside)
        return;
    LOG_ASSERT(!outside->listener && !outside->control);
    free(outside->control_path);
    picture_cache_free(outside->pictures);
    free(outside);
}
