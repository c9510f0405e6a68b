/* fuzz_optout: what is read as refusals is written as the same line, but for the case of digits. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/control/optout_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_write(const struct optout_line *got)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char *words[CONTROL_WORDS_MAX];
    struct optout_line again;
    size_t n = optout_line_write(got, &line);
    MEM_FREE_LATER char *copy = buffer_take(&line);

    LOG_ASSERT(n >= 1 && n <= got->n);
    LOG_ASSERT(optout_line_read(control_split(copy, words), words, &again) == 0);
    LOG_ASSERT(again.lift == got->lift && again.source == got->source && again.n == n);
    LOG_ASSERT(strcmp(again.note, got->note) == 0);
    LOG_ASSERT(memcmp(again.numbers, got->numbers, n * sizeof *again.numbers) == 0);
    optout_line_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = mem_dup_n((const char *)data, strnlen((const char *)data, size));
    char *words[CONTROL_WORDS_MAX];
    struct optout_line got;

    if (optout_line_read(control_split(line, words), words, &got) == 0)
        fuzz_write(&got);
    optout_line_release(&got);
    free(line);
    return 0;
}
