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
#include "gateway/outside_inside.h"

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

static void outside_on_describe(void *ctx, const struct board *board, struct jv *out)
{
    outside_describe_board(ctx, board->id, out);
}

static bool outside_on_release(void *ctx, const struct board *board, bool released, const char *by)
{
    struct outside *outside = ctx;

    log_info("listener=%s board=%s by=\"%s\"", released ? "release" : "resume", board->id, by);
    return outside->dispatch &&
           dispatch_release_board(
               outside->dispatch,
               &(struct dispatch_release){.id = board->id, .released = released, .by = by});
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

/* ---- life ---- */

int outside_open(struct outside **out, const struct outside_setup *setup, char *why,
                 size_t why_size)
{
    struct outside *outside = mem_new(struct outside);
    int rc;

    *out = outside;
    outside->loop = setup->loop;
    outside->office = setup->office;
    outside->reload = setup->reload;
    outside->ctx = setup->ctx;
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
                 lang_error(rc));
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

void outside_adopt(struct outside *outside, const struct office *office)
{
    outside->office = office;
    if (outside->listener)
        listener_adopt(outside->listener, office);
}

void outside_show(struct outside *outside, const struct show *show)
{
    outside->show = show;
}

void outside_close(struct outside *outside)
{
    if (!outside)
        return;
    outside->show = NULL;
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
