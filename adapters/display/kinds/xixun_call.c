/* xixun_call: what a Xixun card posts to us by itself. See xixun.h.
 * Runs: any (pure).
 *
 * Play logs are arrays, notices of a download are objects; both are answered with 200, which lets
 * the card forget them. What isn't understood is refused, and the card keeps it. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "adapters/display/kinds/xixun.h"

enum { XIXUN_LOG_MOST = 1000, XIXUN_PLAY_MOST_S = 86400 };

/* A number that may be written with a fraction, which is dropped; or other. */
static int64_t xixun_whole(const struct jv *value, int64_t other)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    int64_t whole = jv_number(value, -1);
    double number;
    char *end;

    if (whole >= 0 || !value || jv_text(value) || !jv_scalar(value, &text))
        return whole >= 0 ? whole : other;
    number = strtod(buffer_text(&text), &end);
    return end != buffer_text(&text) && number >= 0 && number < 1e15 ? (int64_t)number : other;
}

/* One showing. The card's clock is put right by what it was off when we last asked it. 0, or 1:
 * nothing of ours, or not to be believed. */
static int xixun_play(const struct talk *talk, const struct jv *entry, struct board_proof *proof)
{
    const struct xixun *card = talk->memory;
    const char *name = jv_text(jv_at(entry, "/name"));
    int64_t begin = xixun_whole(jv_at(entry, "/beginAt"), -1);
    int64_t duration = xixun_whole(jv_at(entry, "/duration"), -1);

    if (!name || !dialect_is_name(name))
        return 1;
    if (begin <= 0 || begin > talk->now_ms + card->skew_ms + SIGHT_SKEW_MS)
        return 1;
    if (duration <= 0 || duration > XIXUN_PLAY_MOST_S)
        return 1;
    strcpy(proof->name, name);
    proof->level = LEVEL_LOGGED;
    proof->from_ms = begin - card->skew_ms;
    proof->until_ms = proof->from_ms + duration * 1000;
    return proof->until_ms > talk->now_ms + SIGHT_SKEW_MS;
}

static int xixun_hear_plays(const struct talk *talk, const struct adapter_call *call,
                            const struct jv *plays,
                            void (*prove)(void *ctx, const struct board_proof *proof), void *ctx)
{
    struct digest digest = digest_of(DIGEST_SHA256, call->body, call->length);

    if (jv_size(plays) > XIXUN_LOG_MOST)
        return 413;
    for (size_t i = 0; i < jv_size(plays); i++) {
        struct board_proof proof = {0};

        if (xixun_play(talk, jv_element(plays, i), &proof))
            continue;
        digest_hex(&digest, proof.evidence.digest);
        prove(ctx, &proof);
    }
    return 200;
}

bool xixun_called(struct talk *talk, const struct adapter_call *call, struct adapter_answer *answer,
                  void (*prove)(void *ctx, const struct board_proof *proof), void *ctx)
{
    struct jv *told;

    if (strcmp(call->path, "/logs") != 0 && strcmp(call->path, "/notice") != 0)
        return false;
    if (strcmp(call->method, "POST") != 0) {
        answer->status = 405;
        return false;
    }
    told = jv_parse(call->body, call->length, NULL);
    if (jv_is_array(told))
        answer->status = xixun_hear_plays(talk, call, told, prove, ctx);
    else
        answer->status = jv_is_object(told) ? 200 : 400;
    answer->type = "application/json";
    buffer_add_text(&answer->body, "{}");
    jv_free(told);
    return false;
}
