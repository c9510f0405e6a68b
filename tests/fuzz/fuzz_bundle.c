/* fuzz_bundle: lines of a bundle's records.txt, and what of its JSON files is read.
 * Whatever they hold, a line stays within the bytes that it came from. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/audit/bundle_read_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_line(const char *line, size_t length)
{
    struct books_line out = {.id = 1};

    bundle_parse_line(line, length, &out);
    LOG_ASSERT(out.line >= line && out.line + out.length <= line + length);
    LOG_ASSERT(out.mark == BUNDLE_NO_MARK || (out.mark >= INT32_MIN && out.mark <= INT32_MAX));
    LOG_ASSERT(out.delivery >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Without a byte behind its end, so that reading on is found. */
    char *copy = malloc(size ? size : 1);
    struct bundle_tagged tagged;
    struct jv *document;

    if (!copy)
        return 0;
    memcpy(copy, data, size);
    for (char *at = copy, *end = copy + size; at < end;) {
        char *stop = memchr(at, '\n', (size_t)(end - at));

        try_line(at, (size_t)((stop ? stop : end) - at));
        at = stop ? stop + 1 : end;
    }
    document = jv_parse(copy, size, NULL);
    for (size_t i = 0; i < jv_size(document) + 1; i++)
        if (bundle_read_text(jv_element(document, i), &tagged))
            LOG_ASSERT(tagged.text);
    jv_free(document);
    free(copy);
    return 0;
}
