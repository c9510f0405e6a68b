/* fuzz_sim_pdu: any bytes as an SMS-SUBMIT, and as what a host types to the modem.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "tests/sim/at.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct at *fuzz_at;

static void fuzz_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced)
{
    struct pdu_submit submit;

    (void)ctx;
    if (pdu_read_submit(pdu, length, announced, &submit) == 0)
        at_answer(fuzz_at, submit.part);
    else
        at_refuse(fuzz_at, 304);
}

static void fuzz_garbage(void *ctx)
{
    (void)ctx;
    at_silence(fuzz_at);
}

static void fuzz_pdu(const uint8_t *data, size_t size)
{
    struct pdu_submit submit;
    uint8_t *exact = malloc(size + 1); /* so that one byte too far is seen */

    LOG_ASSERT(exact);
    memcpy(exact, data, size);
    if (size &&
        pdu_read_submit(exact, size, size - 1u - (exact[0] < size ? exact[0] : 0), &submit) == 0) {
        LOG_ASSERT(utf8_is_valid(submit.text, strlen(submit.text)));
        LOG_ASSERT(submit.part >= 1 && submit.part <= submit.parts);
        LOG_ASSERT(strspn(submit.number, "0123456789") == strlen(submit.number));
    }
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct at_host host = {fuzz_submit, fuzz_garbage, NULL};

    fuzz_pdu(data, size);
    fuzz_at = at_new(&host, 0);
    at_feed(fuzz_at, data, size);
    LOG_ASSERT(!at_is_busy(fuzz_at));
    at_free(fuzz_at);
    return 0;
}
