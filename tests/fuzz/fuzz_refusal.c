/* fuzz_refusal: what people answer, and what offices write, is judged within its bounds; dressing a
 * refusal up leaves it one. */
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/campaign_hint.h"
#include "gateway/model/operators.h"
#include "gateway/model/refusal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, size);
    MEM_FREE_LATER char *dressed = mem_printf(" 【%s】。", text);
    struct option_strings words = {&text, 1};
    bool valid = refusal_word_is_valid(text), alone = refusal_is(text, strlen(text), NULL);

    LOG_ASSERT(refusal_is(dressed, strlen(dressed), NULL) == alone);
    LOG_ASSERT(!alone || refusal_is(text, strlen(text), &words));
    /* A word that may stand in the configuration is recognised, however it is dressed. */
    if (valid)
        LOG_ASSERT(refusal_is(dressed, strlen(dressed), &words));
    (void)refusal_is((const char *)data, size, &words);
    if (alone)
        LOG_ASSERT(utf8_is_valid(text, strlen(text)));
    if (utf8_is_valid(text, strlen(text)))
        (void)campaign_hint_is_known(text, &words);
    LOG_ASSERT(phone_operator_parse((const char *)data, size) < PHONE_OPERATORS);
    (void)operators_of_imsi(text);
    return 0;
}
