/* attach_road: see attach_road.h.
 * Runs: any (blocks). */
#include "gateway/attach_road.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/control/attach_line.h"
#include "gateway/control/control.h"
#include "gateway/ledger/evidence.h"
#include "gateway/scribe.h"

/* The photos of an op, as a gateway is told them. */
struct attach_parcel {
    struct ledger_photo photos[LEDGER_PHOTOS];
    char names[LEDGER_PHOTOS][EVIDENCE_NAME];
};

static int attach_unkept(const char *folder, int rc)
{
    fprintf(stderr,
            lang("lawcast attach: photos can't be kept in %s: %s. Nothing was taken.\n",
                 "lawcast attach：无法在 %s 中保存照片：%s。没有收取任何内容。\n"),
            folder, lang_error(rc));
    return COMMAND_MACHINE;
}

static int attach_unanswered(const char *path, int rc)
{
    fprintf(
        stderr,
        lang("lawcast attach: the gateway doesn't answer at %s: %s. Whether it has taken this is "
             "not known: try again, nothing is taken twice.\n",
             "lawcast attach：网关在 %s 没有应答：%s。是否已收取不明，请重试，不会重复收取。\n"),
        path, lang_error(rc));
    return COMMAND_MACHINE;
}

static int attach_put_photos(const char *ledger, const struct ledger_op *op,
                             struct attach_parcel *parcel)
{
    MEM_FREE_LATER char *folder = evidence_folder(ledger);

    for (size_t i = 0; i < op->attach.n_photos; i++) {
        const struct ledger_photo *photo = &op->attach.photos[i];
        const struct evidence evidence = {
            .picture = photo->data, .picture_length = photo->length, .picture_type = photo->type};
        int rc = evidence_hand_in(folder, &evidence, parcel->names[i]);

        if (rc < 0)
            return attach_unkept(folder, rc);
        parcel->photos[i] = (struct ledger_photo){.name = photo->name, .file = parcel->names[i]};
    }
    return COMMAND_FINE;
}

static int attach_take_answer(const struct jv *answer, struct ledger_op *op)
{
    const char *error = jv_text(jv_member(answer, "error"));
    const char *result = jv_text(jv_member(answer, "result"));

    if (error || !result) {
        fprintf(stderr, "lawcast attach: %s\n", error ? error : "?");
        return COMMAND_MACHINE;
    }
    op->result = strcmp(result, "none") == 0   ? LEDGER_NONE
                 : strcmp(result, "full") == 0 ? LEDGER_FULL
                                               : LEDGER_OK;
    op->attach.added = (size_t)jv_number(jv_member(answer, "added"), 0);
    return COMMAND_FINE;
}

/* A command, or -1: no gateway listens (any more). */
static int attach_tell_gateway(const char *ledger, const char *path, struct ledger_op *op)
{
    struct attach_parcel parcel;
    struct ledger_op told = *op;
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct jv *answer = NULL;
    int result = attach_put_photos(ledger, op, &parcel), rc;

    if (result != COMMAND_FINE)
        return result;
    told.attach.photos = parcel.photos;
    if (attach_line_write(&told, &line)) {
        op->result = LEDGER_NONE; /* no campaign and no unit is called so */
        return COMMAND_FINE;
    }
    rc = control_ask(path, buffer_text(&line), &answer);
    if (rc == -ENOENT || rc == -ECONNREFUSED || rc == -ECONNRESET)
        return -1;
    result = rc ? attach_unanswered(path, rc) : attach_take_answer(answer, op);
    jv_free(answer);
    return result;
}

static int attach_write(const char *ledger, struct ledger_op *op)
{
    struct scribe *scribe = NULL;
    int result = COMMAND_MACHINE;

    if (scribe_open(&scribe, "attach", ledger) == 0 && scribe_write(scribe, op) >= 0)
        result = COMMAND_FINE;
    scribe_close(scribe);
    return result;
}

int attach_road_send(const char *ledger, struct ledger_op *op)
{
    MEM_FREE_LATER char *path = control_path(ledger);
    int result = access(path, F_OK) ? -1 : attach_tell_gateway(ledger, path, op);

    return result < 0 ? attach_write(ledger, op) : result;
}
