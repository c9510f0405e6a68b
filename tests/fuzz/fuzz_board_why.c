/* fuzz_board_why: why a board fails, with a device's own words: any text. The answer is the text
 * itself or ends where it has to, and is the same again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/board_why.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *english = mem_dup_n((const char *)data, size);
    MEM_FREE_LATER char *told = NULL;

    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    told = mem_dup(board_why_label(english));
    LOG_ASSERT(strlen(told) < 512 || strcmp(told, english) == 0);
    LOG_ASSERT(strcmp(board_why_label(english), told) == 0);
    setenv("LC_ALL", "C", 1);
    LOG_ASSERT(board_why_label(english) == english);
    return 0;
}
