/* fuzz_sim_pdu: any bytes as an SMS-SUBMIT.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "tests/sim/pdu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
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
        LOG_ASSERT((submit.vp == PDU_NO_VP) == (submit.validity_min == 0));
    }
    free(exact);
    return 0;
}
