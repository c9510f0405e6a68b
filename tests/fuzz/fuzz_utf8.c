/* fuzz_utf8: whatever the bytes are, reading goes on, ends, and agrees with writing. */
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t at = 0, bad_at = utf8_bad_at(text, size);

    while (at < size) {
        size_t before = at;
        int32_t code = utf8_next(text, size, &at);
        char bytes[4];

        if (code < 0) {
            LOG_ASSERT(at == before && at == bad_at);
            break;
        }
        LOG_ASSERT(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
        LOG_ASSERT(utf8_put(code, bytes) == at - before);
        LOG_ASSERT(memcmp(bytes, text + before, at - before) == 0);
    }
    LOG_ASSERT(at == bad_at);
    LOG_ASSERT(utf8_is_valid(text, size) == (bad_at == size));
    return 0;
}
