/* outside: what a running gateway has for those who are not its campaigns: owners of boards,
 * devices that call back, commands; and the pictures of slogans for boards without fonts. Runs:
 * loop; outside_open draws pictures, which takes a while, and so runs before the loop does. */
#ifndef LAWCAST_OUTSIDE_H
#define LAWCAST_OUTSIDE_H

#include "gateway/base/json.h"
#include "gateway/dispatch/dispatch.h"

struct outside;

struct outside_setup {
    uv_loop_t *loop;
    const struct office *office;
    const struct campaign *const *campaigns;
    size_t n_campaigns;
    void (*reload)(void *ctx, struct jv *answer); /* reads the configuration anew */
    void *ctx;
};

/* 0, or -errno with a sentence in the user's language in why. */
int outside_open(struct outside **out, const struct outside_setup *setup, char *why,
                 size_t why_size);
/* As soon as there is one, and until outside_close; ledger until then, too. Opens the control
 * socket at path (copied). 0, or -errno when that can't be made; all else works without it. */
int outside_serve(struct outside *outside, struct dispatch *dispatch, struct ledger *ledger,
                  const char *path);
/* Another configuration (gateway/reload.h). */
void outside_adopt(struct outside *outside, const struct office *office);
/* What "status" tells beside the figures of the dispatcher; lent until outside_close. */
struct show;
void outside_show(struct outside *outside, const struct show *show);
/* Stops listening. outside_free once the loop has closed its handles. NULL is fine for both. */
void outside_close(struct outside *outside);
void outside_free(struct outside *outside);

/* For dispatch_setup; ctx is the outside. */
char *outside_callback(void *ctx, const struct board *board);
const void *outside_picture(void *ctx, const struct board *board, const char *text, size_t *length);

#endif
