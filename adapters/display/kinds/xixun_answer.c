/* xixun_answer: what a Xixun card or its gateway says: was it a yes, and what does it hold? See
 * xixun.h.
 * Runs: any (pure). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapters/display/kinds/xixun.h"

bool xixun_is(const struct jv *value, const char *scalar)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    return value && !jv_text(value) && jv_scalar(value, &text) &&
           strcmp(buffer_text(&text), scalar) == 0;
}

static void xixun_words(struct xixun_answer *answer, const struct jv *told)
{
    static const char *const places[] = {"/error", "/message", "/errorMessage", "/reason",
                                         "/_type"};

    answer->told = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *text = jv_text(jv_at(told, places[i]));

        if (text && *text) {
            snprintf(answer->words, sizeof answer->words, "%s", text);
            answer->says_no = true;
            return;
        }
    }
}

/* The gateway passes "_type":"Error" on with status 200, so the type counts and not the status.
 * Answers of the card's service have a result instead. */
static bool xixun_is_success(const struct jv *told)
{
    const char *type = jv_text(jv_at(told, "/_type"));

    if (xixun_is(jv_at(told, "/result"), "false"))
        return false;
    return type ? strcasecmp(type, "success") == 0
                : jv_at(told, "/result") != NULL || jv_text(jv_at(told, "/url")) != NULL;
}

void xixun_answer_free(struct xixun_answer *answer)
{
    jv_free(answer->inner);
    jv_free(answer->outer);
}

void xixun_answer_read(const struct talk *talk, const struct reply *reply,
                       struct xixun_answer *answer)
{
    const char *result;

    *answer = (struct xixun_answer){.outer = jv_parse(reply->body, reply->length, NULL)};
    answer->told = answer->outer;
    if (!jv_is_object(answer->told)) {
        answer->told = NULL;
        snprintf(answer->words, sizeof answer->words, "the answer is no JSON object");
        return;
    }
    if (xixun_options_of(talk)->mode == XIXUN_GATEWAY && !xixun_is_success(answer->told)) {
        xixun_words(answer, answer->told);
        return;
    }
    if (xixun_is_wrapped(talk)) {
        result = jv_text(jv_at(answer->outer, "/result"));
        answer->inner = result ? jv_parse(result, strlen(result), NULL) : NULL;
        answer->told = answer->inner;
    }
    if (xixun_is_layer(talk) && !xixun_is(jv_at(answer->told, "/success"), "true"))
        xixun_words(answer, answer->told);
}
