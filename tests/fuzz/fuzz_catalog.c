/* fuzz_catalog: a .mo file from anywhere. What it has as a translation can be printed in place of
 * its original: it asks for no argument that isn't there. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/catalog.h"
#include "gateway/base/langfmt.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void fuzz_format(const char *translation)
{
    static const char *const originals[] = {"plain", "%s: %d", "%.3s and %lld of %s", "%.*s"};
    char out[64];

    if (langfmt_fits(originals[0], translation))
        snprintf(out, sizeof out, translation, "");
    if (langfmt_fits(originals[1], translation))
        snprintf(out, sizeof out, translation, "text", 7);
    if (langfmt_fits(originals[2], translation))
        snprintf(out, sizeof out, translation, (char[3]){'a', 'b', 'c'}, 7LL, "text");
    if (langfmt_fits(originals[3], translation))
        snprintf(out, sizeof out, translation, 2, "text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, size);
    struct catalog *catalog;

    fuzz_format(text);
    LOG_ASSERT(!strchr(text, '%') || !langfmt_fits("plain", text) || strstr(text, "%%"));
    if (catalog_parse(&catalog, (const char *)data, size))
        return 0;
    for (size_t i = 0; i < size && i < 256; i++) {
        const char *original = text + i; /* the copy has all of the file's bytes */
        const char *found = catalog_find(catalog, original);

        LOG_ASSERT(!found || langfmt_fits(original, found));
    }
    catalog_free(catalog);
    return 0;
}
