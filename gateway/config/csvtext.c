/* csvtext: lines and separators of CSV text. See csvtext.h.
 * Runs: any (pure). */
#include "gateway/config/csvtext.h"

#include <string.h>

size_t csvtext_line_length(const char *text, size_t length)
{
    const char *lf = memchr(text, '\n', length);
    size_t n = lf ? (size_t)(lf - text) + 1 : length;
    const char *cr = memchr(text, '\r', n);

    if (cr && cr + 1 < text + n)
        n = (size_t)(cr - text) + (cr[1] == '\n' ? 2 : 1);
    return n;
}

bool csvtext_is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\n", text[i]) || text[i] == '\0')
            return false;
    return true;
}

unsigned char csvtext_separator(const char *text, size_t length)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;

    for (size_t i = 0; i < length && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        if (text[i] == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        commas += text[i] == ',';
        semicolons += text[i] == ';';
        tabs += text[i] == '\t';
    }
    if (tabs > commas && tabs >= semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}
