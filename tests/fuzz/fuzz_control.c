/* fuzz_control: a line on the control socket is split into words of printable ASCII, or refused. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = mem_dup_n((const char *)data, strnlen((const char *)data, size));
    char *words[CONTROL_WORDS_MAX];
    size_t n = control_split(line, words);

    LOG_ASSERT(n <= CONTROL_WORDS_MAX);
    for (size_t i = 0; i < n; i++) {
        LOG_ASSERT(words[i][0] != '\0');
        for (const char *c = words[i]; *c; c++)
            LOG_ASSERT(*c > ' ' && *c <= '~');
    }
    free(line);
    return 0;
}
