/* optout_road: refusals into the books. See optout.h.
 * Runs: any (blocks). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/model/phone.h"
#include "gateway/control/control.h"
#include "gateway/optout.h"

void optout_show_number(const struct optout_job *job, int64_t number, char text[static 24])
{
    if (job->numbers)
        snprintf(text, 24, "%" PRId64, number);
    else
        phone_mask(number, text);
}

static int optout_unanswered(const char *path, int rc)
{
    fprintf(stderr,
            lang("lawcast optout: the gateway doesn't answer at %s: %s. Whether it has the refusal "
                 "is not known: try again.\n",
                 "lawcast optout：网关在 %s 没有应答：%s。是否已登记不明，请重试。\n"),
            path, lang_error(rc));
    return COMMAND_MACHINE;
}

static int optout_take_answer(const struct jv *answer, struct ledger_op *op)
{
    const char *error = jv_text(jv_member(answer, "error"));

    if (error) {
        fprintf(stderr, "lawcast optout: %s\n", error);
        return COMMAND_MACHINE;
    }
    op->refuse.changed += (size_t)jv_number(jv_member(answer, "changed"), 0);
    op->refuse.suppressed += jv_number(jv_member(answer, "suppressed"), 0);
    return COMMAND_FINE;
}

/* A command, or -1: no gateway listens (any more). What was sent before is in the books, and
 * sending it again changes nothing. */
static int optout_tell_gateway(const struct optout_road *road, struct ledger_op *op)
{
    MEM_FREE_LATER char *path = control_path(road->job->ledger);
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    int result = COMMAND_FINE;

    for (size_t sent = 0; sent < op->refuse.n && result == COMMAND_FINE;) {
        const struct optout_line what = {.lift = op->refuse.lift,
                                         .source = op->refuse.source,
                                         .note = (char *)(uintptr_t)op->refuse.note,
                                         .numbers = (int64_t *)(uintptr_t)&op->refuse.numbers[sent],
                                         .n = op->refuse.n - sent};
        struct jv *answer;
        int rc;

        sent += optout_line_write(&what, &line);
        rc = control_ask(path, buffer_text(&line), &answer);
        if (rc == -ENOENT || rc == -ECONNREFUSED || rc == -ECONNRESET)
            return -1;
        result = rc ? optout_unanswered(path, rc) : optout_take_answer(answer, op);
        jv_free(answer);
    }
    return result;
}

static int optout_write(struct optout_road *road, struct ledger_op *op)
{
    size_t changed = op->refuse.changed; /* by a gateway that left in the middle */
    int64_t suppressed = op->refuse.suppressed;

    if (!road->scribe && scribe_open(&road->scribe, "optout", road->job->ledger))
        return COMMAND_MACHINE;
    if (scribe_write(road->scribe, op) < 0)
        return COMMAND_MACHINE;
    op->refuse.changed += changed;
    op->refuse.suppressed += suppressed;
    return COMMAND_FINE;
}

int optout_road_send(struct optout_road *road, struct ledger_op *op)
{
    int result = -1;

    op->refuse.changed = 0;
    op->refuse.suppressed = 0;
    if (!road->scribe)
        result = optout_tell_gateway(road, op);
    return result < 0 ? optout_write(road, op) : result;
}

void optout_road_close(struct optout_road *road)
{
    scribe_close(road->scribe);
    road->scribe = NULL;
}
