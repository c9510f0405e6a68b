/* fuzz_approval: approvals from other machines. What is read and written again is the beginning of
 * what came. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/model/approval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    BUFFER_FREE_LATER struct buffer again = BUFFER_NULL;
    struct approval approval;

    if (approval_read((const char *)data, size, &approval))
        return 0;
    approval_write(&approval, &again);
    LOG_ASSERT(again.length <= size && memcmp(again.data, data, again.length) == 0);
    return 0;
}
