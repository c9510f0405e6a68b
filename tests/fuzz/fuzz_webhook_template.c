/* fuzz_webhook_template: any text as a template; what parses must render, and a JSON-escaped place
 * must stay inside its string. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "adapters/display/webhook_template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const values[WEBHOOK_FIELDS] = {"lawcast-1", "\"法\\\n{name}", "a", "b",
                                                       "c"};
    struct webhook_template *template = NULL;
    struct buffer out = BUFFER_NULL;
    char *text = mem_dup_n((const char *)data, size);
    size_t length = strlen(text), at = 0;

    for (int escape = 0; escape < WEBHOOK_ESCAPES; escape++) {
        if (webhook_template_parse(text, (enum webhook_escape)escape, &template, &at)) {
            if (template || at >= length || text[at] != '{')
                abort();
            continue;
        }
        buffer_clear(&out);
        webhook_template_render(template, values, &out);
        if (out.length > length * 64)
            abort();
        webhook_template_free(template);
    }
    buffer_free(&out);
    free(text);
    return 0;
}
