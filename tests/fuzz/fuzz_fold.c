/* fuzz_fold: any text, also what a device said, in so many columns. Nothing but spaces is lost. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/report/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text != ' ' && *text != '\n';
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *line = NULL, *folded = NULL;
    size_t length;
    FILE *out;

    if (size < 2)
        return 0;
    line = mem_dup_n((const char *)data + 2, size - 2);
    out = open_memstream(&folded, &length);
    LOG_ASSERT(out);
    fold_print(line, data[0] % 100, data[1] % 100, out);
    LOG_ASSERT(fclose(out) == 0);
    LOG_ASSERT(length > 0 && folded[length - 1] == '\n' && count(folded) == count(line));
    return 0;
}
