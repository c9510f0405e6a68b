/* outside_steer: pause, resume, cancel, extend and set-rate on the control socket.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/steer_line.h"
#include "gateway/outside_inside.h"
#include "gateway/steer_why.h"

static const enum steer_why outside_whys[DISPATCH_STEERED] = {
    [STEERED_NONE] = STEER_WHY_NONE,           [STEERED_IDLE] = STEER_WHY_IDLE,
    [STEERED_CANCELLED] = STEER_WHY_CANCELLED, [STEERED_OVER] = STEER_WHY_OVER,
    [STEERED_EARLY] = STEER_WHY_EARLY,         [STEERED_FAR] = STEER_WHY_FAR,
    [STEERED_UNWRITTEN] = STEER_WHY_UNWRITTEN,
};

/* One on its way into the books; lives on its own. */
struct outside_steer {
    struct outside *outside;
    struct steer steer;
    struct control_promise *promise;
};

static void outside_steer_stand(const struct outside *outside, const struct steer *steer,
                                struct jv *answer)
{
    struct steer_standing standing = {0};
    char until[20];

    if (outside->dispatch)
        standing = dispatch_standing(outside->dispatch, steer->scope, steer->name, steer->campaign);
    jv_put(answer, "paused", jv_bool(standing.paused));
    jv_put(answer, "cancelled", jv_bool(standing.cancelled));
    if (standing.until_ms)
        clock_format(standing.until_ms, until);
    jv_put(answer, "until", standing.until_ms ? jv_string(until) : jv_null());
    jv_put(answer, "rate", jv_int(standing.rate));
}

static void outside_steer_refuse(enum steer_why why, struct jv *answer)
{
    outside_refuse(answer, steer_why_sentence(why));
    jv_put(answer, "reason", jv_string(steer_why_reason(why)));
}

static void outside_steer_say(const struct outside *outside, const struct steer *steer,
                              const struct dispatch_answer *told, struct jv *answer)
{
    if (told->result != STEERED_DONE && told->result != STEERED_ALREADY) {
        outside_steer_refuse(outside_whys[told->result], answer);
        return;
    }
    jv_put(answer, "ok", jv_string(steer_verb_name(steer->verb)));
    jv_put(answer, "already", jv_int(told->result == STEERED_ALREADY));
    jv_put(answer, "running", jv_int(told->running));
    if (steer->scope == STEER_MODEM)
        jv_put(answer, "modems", jv_int((int64_t)told->modems));
    if (told->campaigns)
        jv_put(answer, "campaigns", jv_int((int64_t)told->campaigns));
    else
        outside_steer_stand(outside, steer, answer);
}

static void outside_steer_done(void *ctx, const struct dispatch_answer *told)
{
    struct outside_steer *steer = ctx;
    struct jv *answer = jv_object();

    outside_steer_say(steer->outside, &steer->steer, told, answer);
    control_keep(steer->promise, answer);
    free(steer);
}

void outside_obey_steer(struct outside *outside, size_t n, char *const *words, struct jv *answer)
{
    struct outside_steer *steer = mem_new(struct outside_steer);
    enum steer_line_fault fault = steer_line_read(n, words, &steer->steer);
    struct dispatch_answer told;

    steer->outside = outside;
    if (fault) {
        outside_refuse(answer, steer_line_label(fault));
        jv_put(answer, "reason", jv_string("form"));
    } else if (!outside->dispatch) {
        outside_steer_refuse(STEER_WHY_OVER, answer);
    } else if (steer_needs_approval(outside->office, &steer->steer)) {
        outside_steer_refuse(STEER_WHY_APPROVAL, answer);
    } else if (dispatch_steer(outside->dispatch, &steer->steer, control_guest(outside->control),
                              outside_steer_done, steer, &told)) {
        steer->promise = control_promise(outside->control);
        return;
    } else {
        outside_steer_say(outside, &steer->steer, &told, answer);
    }
    free(steer);
}
