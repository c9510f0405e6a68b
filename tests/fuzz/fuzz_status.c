/* fuzz_status: any JSON taken for an answer to "status" on the control socket stays within its
 * bounds. */
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/log.h"
#include "gateway/report/status_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jv *answer = jv_parse((const char *)data, size, NULL);
    struct status_live out;

    if (!answer)
        return 0;
    status_take(answer, &out);
    LOG_ASSERT(out.problems.n <= PROBLEMS_SHOWN);
    LOG_ASSERT(out.prospect.n_units <= STATUS_UNITS_MOST);
    LOG_ASSERT(out.prospect.network >= -1 && out.prospect.network < PHONE_OPERATORS);
    for (size_t i = 0; i < out.prospect.n_units; i++)
        LOG_ASSERT(out.prospect.units[i].line.bound <= FORECAST_LISTS);
    status_release(&out);
    jv_free(answer);
    return 0;
}
