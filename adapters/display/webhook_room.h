/* webhook_room: what the parts of the webhook's dialect share: kinds/webhook.c (the kind),
 * webhook_ask.c (requests), webhook_hear.c (replies), webhook_called.c (calls of the platform).
 * Runs: any (pure). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_ROOM_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_ROOM_H

#include "adapters/display/dialect.h"
#include "adapters/display/webhook.h"
#include "adapters/display/webhook_notes.h"
#include "adapters/display/webhook_plan.h"

enum webhook_step {
    WEBHOOK_STEP_CALL,    /* the verb's own call */
    WEBHOOK_STEP_PICTURE, /* picture_path */
    WEBHOOK_STEP_TOLD,    /* nothing: the awaited call has come, or the wait is over */
    WEBHOOK_STEPS
};

/* Why a step asks nothing. */
enum webhook_silence {
    WEBHOOK_SPEAKS,
    WEBHOOK_NO_QUESTION,  /* there is no verify_path, or no probe_path */
    WEBHOOK_NO_ID,        /* only {id} would do, and it isn't known */
    WEBHOOK_NO_CHARACTER, /* GBK doesn't have one of the slogan's */
};

/* talk->memory */
struct webhook_memory {
    struct webhook_plan plan;
    struct webhook_notes notes;
    enum webhook_silence silence;
    char character[5];     /* with WEBHOOK_NO_CHARACTER */
    char digest[65];       /* of the reply to verify, while a picture is fetched */
    struct buffer picture; /* that the verdict's evidence points to */
};

void webhook_ask(const struct talk *talk, struct ask *ask);
void webhook_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict);
bool webhook_called(struct talk *talk, const struct adapter_call *call,
                    struct adapter_answer *answer,
                    void (*prove)(void *ctx, const struct board_proof *proof), void *ctx);

/* Fills what templates of a request stand for; free it afterwards. */
struct webhook_content {
    struct webhook_values values;
    char numbers[5][24];
    struct buffer picture;
};
void webhook_content_fill(struct webhook_content *content, const struct talk *talk);
void webhook_content_free(struct webhook_content *content);

#endif
