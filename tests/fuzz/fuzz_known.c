/* fuzz_known: the line of a checkpoint that somebody has written down: what is read of it is in
 * bounds, and reads the same when it is written again. */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/audit/known.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct known known, again;
    char line[64];
    int length;

    if (known_parse((const char *)data, size, &known)) {
        LOG_ASSERT(!known.size && !*known.digits);
        return 0;
    }
    LOG_ASSERT(known.size > 0 && strlen(known.digits) == KNOWN_DIGITS && !known.note);
    length = snprintf(line, sizeof line, "%" PRId64 " %s", known.size, known.digits);
    LOG_ASSERT(known_parse(line, (size_t)length, &again) == 0);
    LOG_ASSERT(again.size == known.size && strcmp(again.digits, known.digits) == 0);
    return 0;
}
