/* fuzz_webhook_template: any text as a template; what parses must render, a JSON-escaped slogan
 * must stay inside its string, and nothing grows without bound. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "adapters/display/webhook_template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_setting(const char *text, const struct webhook_setting *setting)
{
    struct webhook_values values = {.times = {0, 0, 1793406600000, 1793406600000, 1793406600000}};
    struct webhook_template *template = NULL;
    struct buffer out = BUFFER_NULL;
    const char *bad = NULL;
    size_t length = strlen(text), at = 0;

    for (int i = 0; i < WEBHOOK_FIELDS; i++)
        values.text[i] = "\"法\\\n{name}";
    if (webhook_template_parse(text, setting, &template, &at)) {
        if (template || at >= length || text[at] != '{')
            abort();
        return;
    }
    if (webhook_template_render(template, &values, &out, &bad) && (!setting->gbk || !bad))
        abort();
    if (out.length > length * 64)
        abort();
    webhook_template_free(template);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_dup_n((const char *)data, size);

    for (int escape = WEBHOOK_RAW; escape <= WEBHOOK_BASE64; escape++)
        for (int flags = 0; flags < 4; flags++)
            fuzz_setting(text, &(struct webhook_setting){.escape = (enum webhook_escape)escape,
                                                         .gbk = flags & 1,
                                                         .signs = flags & 2});
    free(text);
    return 0;
}
