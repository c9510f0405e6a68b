/* approve_road: how an approval gets into the books. See approve_road.h.
 * Runs: any (blocks). */
#include "gateway/approve_road.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/control/control.h"
#include "gateway/scribe.h"

static int approve_unanswered(const char *path, int rc)
{
    fprintf(stderr,
            lang("lawcast approve: the gateway doesn't answer at %s: %s. Try again: nothing is "
                 "entered twice.\n",
                 "lawcast approve：网关在 %s 没有应答：%s。请重试，不会重复登记。\n"),
            path, lang_error(rc));
    return COMMAND_MACHINE;
}

static int approve_take_answer(const struct jv *answer, bool *known)
{
    const char *error = jv_text(jv_member(answer, "error"));

    if (error) {
        fprintf(stderr, "lawcast approve: %s\n", error);
        return COMMAND_REFUSED;
    }
    *known = jv_number(jv_member(answer, "known"), 0) != 0;
    return COMMAND_FINE;
}

/* -1: no gateway listens. */
static int approve_tell_gateway(const char *ledger, const struct buffer *note, bool *known)
{
    MEM_FREE_LATER char *path = control_path(ledger);
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct jv *answer;
    int rc, result;

    buffer_add_text(&line, "approve ");
    hex_encode(&line, note->data, note->length);
    rc = control_ask(path, buffer_text(&line), &answer);
    if (rc == -ENOENT || rc == -ECONNREFUSED || rc == -ECONNRESET)
        return -1;
    result = rc ? approve_unanswered(path, rc) : approve_take_answer(answer, known);
    jv_free(answer);
    return result;
}

static int approve_write(const char *ledger, const struct approval *approval,
                         const struct buffer *note, bool *known)
{
    struct ledger_op op = {.kind = LEDGER_APPROVE,
                           .approve = {.campaign = approval->campaign,
                                       .content = approval->content,
                                       .prepared = approval->prepared,
                                       .approver = approval->approver,
                                       .note = buffer_text(note)}};
    struct scribe *scribe;
    int rc;

    if (scribe_open(&scribe, "approve", ledger))
        return COMMAND_MACHINE;
    rc = scribe_write(scribe, &op);
    scribe_close(scribe);
    *known = rc == LEDGER_KNOWN;
    return rc < 0 ? COMMAND_MACHINE : COMMAND_FINE;
}

int approve_hand_in(const char *ledger, const struct approval *approval, const struct buffer *note,
                    bool *known)
{
    int result = approve_tell_gateway(ledger, note, known);

    return result < 0 ? approve_write(ledger, approval, note, known) : result;
}
