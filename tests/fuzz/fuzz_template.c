/* fuzz_template: any text is parsed or refused, and a rendered message holds what it must. Input:
 * the template, the signature, the refusal hint and one value, parted by newlines. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const columns[] = {"a", " 姓名 ", "b c"};

static void check_message(const struct template *template, char *const *piece)
{
    const char *const values[] = {piece[3], "甲", piece[3]};
    const size_t lengths[] = {strlen(piece[3]), strlen("甲"), strlen(piece[3])};
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    template_render(template, values, lengths, &out);
    LOG_ASSERT(strlen(buffer_text(&out)) == out.length);
    LOG_ASSERT(strstr(buffer_text(&out), piece[2]));
    if (*piece[1])
        LOG_ASSERT(strncmp(buffer_text(&out), "【", strlen("【")) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = mem_dup_n((const char *)data, size), *rest = input, *piece[4];
    struct template *template = NULL;
    char *word = NULL;
    int rc;

    for (size_t i = 0; i < 4; i++)
        piece[i] = rest ? strsep(&rest, "\n") : input + size;
    rc = template_parse(piece[0], piece[1], piece[2], columns, 3, &template, &word);
    LOG_ASSERT(rc >= TEMPLATE_OK && rc <= TEMPLATE_EMPTY_FIELD);
    LOG_ASSERT((rc == TEMPLATE_OK) == (template != NULL));
    LOG_ASSERT((rc == TEMPLATE_UNKNOWN_FIELD) == (word != NULL));
    if (rc == TEMPLATE_OK)
        check_message(template, piece);
    template_free(template);
    free(word);
    free(input);
    return 0;
}
