/* campaign_hint: does the refusal hint ask for an answer that counts? See campaign_hint.h.
 * Runs: any (pure). */
#include "gateway/config/campaign_hint.h"

#include <string.h>

#include "gateway/base/utf8.h"
#include "gateway/model/refusal.h"

static bool campaign_hint_is_letter(int32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E) /* full-width forms */
        code -= 0xFF01 - '!';
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
           (code >= 'a' && code <= 'z');
}

/* The end of the run of letters that begins at at, or at itself. */
static size_t campaign_hint_run(const char *hint, size_t length, size_t at)
{
    size_t next = at;

    while (next < length && campaign_hint_is_letter(utf8_next(hint, length, &next)))
        at = next;
    return at;
}

/* Is one of the texts that begin here such a word? Runs of letters stay whole. */
static bool campaign_hint_begins(const char *text, const struct option_strings *words)
{
    size_t length = strlen(text), at = 0;

    while (at < length) {
        size_t end = campaign_hint_run(text, length, at);

        if (end > at)
            at = end;
        else
            (void)utf8_next(text, length, &at);
        if (refusal_is(text, at, words))
            return true;
    }
    return false;
}

bool campaign_hint_is_known(const char *hint, const struct option_strings *words)
{
    static const char reply[] = "回", whole_reply[] = "回复";
    size_t length = strlen(hint), at = 0;

    while (at < length) {
        size_t end = campaign_hint_run(hint, length, at);

        if (end > at && refusal_is(hint + at, end - at, words))
            return true;
        if (strncmp(hint + at, whole_reply, strlen(whole_reply)) == 0 &&
            campaign_hint_begins(hint + at + strlen(whole_reply), words))
            return true;
        if (strncmp(hint + at, reply, strlen(reply)) == 0 &&
            campaign_hint_begins(hint + at + strlen(reply), words))
            return true;
        if (end > at)
            at = end;
        else
            (void)utf8_next(hint, length, &at);
    }
    return false;
}
