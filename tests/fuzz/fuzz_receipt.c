/* fuzz_receipt: receipts, from whoever hands one in. What is read is written again byte for byte,
 * and checking it ends. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/audit/receipt.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define FUZZ_KEY "key PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\nsalt "

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A head that is right, so that a search gets behind it. */
    static const char *const heads[] = {
        "",
        RECEIPT_TITLE "campaign a b\nunit c d\nnumber 8613800000001\n"
                      "state delivered 2026-10-31T08:31:02+08:00\n" FUZZ_KEY,
        RECEIPT_TITLE "number 8613800000001\n"
                      "state refuses 2026-10-31T08:31:02+08:00\n" FUZZ_KEY,
    };
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL, again = BUFFER_NULL;
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    struct receipt_facts facts;

    if (size)
        buffer_add_text(&text, heads[data[0] % 3]);
    if (size)
        buffer_add(&text, data + 1, size - 1);
    LOG_ASSERT(receipt_extent(buffer_text(&text), text.length) <= text.length);
    if (receipt_read(buffer_text(&text), text.length, &receipt))
        return 0;
    LOG_ASSERT(receipt_write(&receipt, &again) == 0);
    LOG_ASSERT(again.length == text.length && memcmp(again.data, text.data, text.length) == 0);
    (void)receipt_check(&receipt, NULL, &facts);
    return 0;
}
