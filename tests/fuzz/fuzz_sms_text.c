/* fuzz_sms_text: parts cover the text without gap or overlap, keep their limits, and end between
 * characters; a text that fits a number of parts fits a greater number in the same way. */
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/model/sms_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Units of text[from..to), counted here anew; from and to must be borders of characters. */
static size_t count_units(const char *text, size_t from, size_t to, enum sms_alphabet alphabet)
{
    size_t units = 0;

    while (from < to) {
        int32_t code = utf8_next(text, to, &from);

        LOG_ASSERT(code >= 0);
        units += alphabet == SMS_UCS2 ? (code > 0xFFFF ? 2 : 1) : sms_text_septets(code);
        LOG_ASSERT(alphabet == SMS_UCS2 || sms_text_septets(code) > 0);
    }
    return units;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *)data + 1 : "";
    size_t length = size ? size - 1 : 0, max_parts = size ? 1 + data[0] % OUTCOME_PARTS_MAX : 1;
    size_t at = 0, units = 0, limit;
    struct sms_layout layout, wider;
    int rc = sms_text_layout(text, length, max_parts, &layout);

    if (rc) {
        LOG_ASSERT(rc != SMS_TEXT_BAD_UTF8 || !utf8_is_valid(text, length));
        LOG_ASSERT(layout.n_parts == 0);
        return 0;
    }
    LOG_ASSERT(layout.n_parts <= max_parts && (layout.n_parts == 0) == (length == 0));
    limit = layout.alphabet == SMS_GSM7 ? 160 : 70;
    if (layout.n_parts > 1)
        limit = layout.alphabet == SMS_GSM7 ? 153 : 67;
    for (size_t i = 0; i < layout.n_parts; i++) {
        const struct sms_part *part = &layout.parts[i];

        LOG_ASSERT(part->from == at && part->to > at && part->units <= limit);
        LOG_ASSERT(part->units == count_units(text, part->from, part->to, layout.alphabet));
        at = part->to;
        units += part->units;
    }
    LOG_ASSERT(at == length && units == layout.units);
    LOG_ASSERT(sms_text_layout(text, length, OUTCOME_PARTS_MAX, &wider) == 0);
    LOG_ASSERT(wider.n_parts == layout.n_parts);
    LOG_ASSERT(memcmp(layout.parts, wider.parts, sizeof layout.parts) == 0);
    return 0;
}
