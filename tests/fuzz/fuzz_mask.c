/* fuzz_mask: whatever others wrote, no eleven digits in a row are left of it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, strnlen((const char *)data, size));
    BUFFER_FREE_LATER struct buffer masked = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer field = BUFFER_NULL;
    size_t digits = 0;

    mask_text(text, &masked);
    mask_field(text, &field);
    for (size_t i = 0; i < masked.length; i++) {
        digits = masked.data[i] >= '0' && masked.data[i] <= '9' ? digits + 1 : 0;
        LOG_ASSERT(digits < 11);
    }
    LOG_ASSERT(field.length <= strlen(text) + 4);
    return 0;
}
