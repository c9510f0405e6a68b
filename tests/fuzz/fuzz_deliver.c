/* fuzz_deliver: whatever stands in a modem's memory, what is understood of it can go to the loop
 * and comes there as it left, and what the sieve lets through is no more than came. Runs: any. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"

#include "adapters/modem/cds.h"
#include "adapters/modem/deliver.h"
#include "adapters/modem/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_say(const struct inbound *inbound)
{
    static struct line line;
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    line_add_inbound(&out, inbound);
    LOG_ASSERT(line_take(&out, &line) == LINE_TAKEN && out.length == 0);
    LOG_ASSERT(memcmp(&line.inbound, inbound, sizeof *inbound) == 0);
}

/* The bytes as they are, and as the digits of a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    BUFFER_FREE_LATER struct buffer digits = BUFFER_NULL;
    struct status_report report;
    struct inbound inbound;

    if (deliver_parse((const char *)data, size, &inbound) == DELIVER_OK)
        fuzz_say(&inbound);
    hex_encode(&digits, data, size);
    if (deliver_parse(buffer_text(&digits), digits.length, &inbound) == DELIVER_OK)
        fuzz_say(&inbound);
    (void)cds_parse(buffer_text(&digits), digits.length, &report);
    return 0;
}
