/* outside_inside: what the files of outside share; nobody else includes it.
 * Runs: loop.
 *
 *   outside.c          its life; owners, devices, pictures
 *   outside_obey.c     the table of verbs on the control socket, and the short ones
 *   outside_steer.c    pause, resume, cancel, extend, set-rate
 *   outside_records.c  what goes into the books and is answered when it is there */
#ifndef LAWCAST_OUTSIDE_INSIDE_H
#define LAWCAST_OUTSIDE_INSIDE_H

#include "gateway/control/control.h"
#include "gateway/control/listener.h"
#include "gateway/outside.h"
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
    const struct show *show; /* NULL: not yet */
    void (*reload)(void *ctx, struct jv *answer);
    void *ctx;
};

/* ---- outside_obey.c ---- */

void outside_obey(void *ctx, size_t n, char *const *words, struct jv *answer);
void outside_describe_board(const struct outside *outside, const char *id, struct jv *out);

/* Verbs: words as control.h splits them, as many as the verb's form allows. They fill answer, or
 * make a promise. */
typedef void outside_verb(struct outside *outside, size_t n, char *const *words, struct jv *answer);
void outside_refuse(struct jv *answer, const char *why);

/* ---- outside_steer.c ---- */

outside_verb outside_obey_steer;

/* ---- outside_records.c ---- */

outside_verb outside_obey_optout, outside_obey_attach, outside_obey_approve;

#endif
