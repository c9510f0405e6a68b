/* fuzz_control: a line on the control socket is split into words of printable ASCII, or refused; a
 * person's word in it reads back as the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/control/steer_line.h"
#include "gateway/control/verbs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_steer(size_t n, char *const *words)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char *again[CONTROL_WORDS_MAX];
    struct steer steer, back;

    if (steer_line_read(n, words, &steer))
        return;
    LOG_ASSERT(control_verb_find(words[0]) != CONTROL_VERBS);
    LOG_ASSERT(steer_is_possible(steer.scope, steer.verb));
    steer_line_write(&steer, &line);
    n = control_split(line.data, again);
    LOG_ASSERT(n && steer_line_read(n, again, &back) == STEER_LINE_FINE);
    LOG_ASSERT(back.scope == steer.scope && back.verb == steer.verb);
    LOG_ASSERT(strcmp(back.name, steer.name) == 0 && strcmp(back.campaign, steer.campaign) == 0);
    LOG_ASSERT(back.value == steer.value);
}

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
    if (n)
        check_steer(n, words);
    free(line);
    return 0;
}
