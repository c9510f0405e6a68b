/* fuzz_attach: what is read as handed in is written as a line that says the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/attach_line.h"
#include "gateway/control/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_write(const struct attach_line *got)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct ledger_photo photos[LEDGER_PHOTOS];
    const struct ledger_op op = {.attach = {.campaign = got->campaign,
                                            .unit = got->unit,
                                            .held = got->held,
                                            .place = got->place,
                                            .content = got->content,
                                            .participants = got->participants,
                                            .photos = photos,
                                            .n_photos = got->n}};
    char *words[CONTROL_WORDS_MAX];
    struct attach_line again;
    MEM_FREE_LATER char *copy = NULL;

    for (size_t i = 0; i < got->n; i++)
        photos[i] = (struct ledger_photo){.name = got->names[i], .file = got->files[i]};
    LOG_ASSERT(attach_line_write(&op, &line) == 0 && line.length <= CONTROL_LINE_MAX);
    copy = buffer_take(&line);
    LOG_ASSERT(attach_line_read(control_split(copy, words), words, &again) == 0);
    LOG_ASSERT(strcmp(again.campaign, got->campaign) == 0 && again.n == got->n);
    LOG_ASSERT(again.participants == got->participants && !again.content == !got->content);
    attach_line_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = mem_dup_n((const char *)data, strnlen((const char *)data, size));
    char *words[CONTROL_WORDS_MAX];
    struct attach_line got;

    if (attach_line_read(control_split(line, words), words, &got) == 0)
        fuzz_write(&got);
    attach_line_release(&got);
    free(line);
    return 0;
}
