/* fuzz_consistency: proofs of a log's growth, from whoever wants a signature. What is read is
 * bounded, speaks of itself, and can be judged. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/audit/consistency.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, size);
    struct consistency consistency;

    if (consistency_read(text, size, &consistency))
        return 0;
    LOG_ASSERT(size <= CONSISTENCY_MOST && consistency.proof.n <= MERKLE_DEPTH + 1);
    LOG_ASSERT(consistency.early.size <= consistency.late.size);
    LOG_ASSERT(consistency_is_of(&consistency, &consistency.early, &consistency.late));
    if (consistency.early.size && consistency_holds(&consistency)) { /* then of no other root */
        consistency.late.root.bytes[0] ^= 1;
        LOG_ASSERT(!consistency_holds(&consistency));
    }
    return 0;
}
