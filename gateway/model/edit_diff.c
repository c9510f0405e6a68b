/* edit_diff: can the books follow what was changed in a campaign file? See edit_diff.h.
 * Runs: any (pure). */
#include "gateway/model/edit_diff.h"

#include <ctype.h>
#include <string.h>

/* Texts, slogans, units and boards aren't here: what is entered has them. */
static const char *const edit_free_options[] = {
    "title",       "prepared_by",  "windows",  "quota",       "recipients",
    "reserve",     "counts",       "leftover", "contacts_by", "report",
    "report_wait", "report_close", "routing",  "attempts",    "on_unknown",
};

static bool edit_is_free(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof edit_free_options / sizeof *edit_free_options; i++)
        if (strlen(edit_free_options[i]) == length &&
            strncmp(edit_free_options[i], name, length) == 0)
            return true;
    return false;
}

static bool edit_is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*';
}

/* Past a string in quotes that begins here. */
static const char *edit_after_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

/* Past blanks and comments. */
static const char *edit_after_blanks(const char *at)
{
    for (;;) {
        const char *from = at;

        at += strspn(at, " \t\r\n\f");
        if (*at == '#' || strncmp(at, "//", 2) == 0)
            at += strcspn(at, "\n");
        if (strncmp(at, "/*", 2) == 0)
            at = strstr(at, "*/") ? strstr(at, "*/") + 2 : at + strlen(at);
        if (at == from)
            return at;
    }
}

/* Past a group or a list that begins here. */
static const char *edit_after_brackets(const char *at)
{
    int depth = 0;

    do {
        if (*at == '"') {
            at = edit_after_string(at);
        } else {
            depth += strchr("([{", *at) != NULL;
            depth -= strchr(")]}", *at) != NULL;
            at++;
        }
        at = edit_after_blanks(at);
    } while (*at && depth > 0);
    return at;
}

/* Past a value and what ends it, which libconfig lets people leave out. */
static const char *edit_after_value(const char *at)
{
    at = edit_after_blanks(at);
    if (*at && strchr("([{", *at)) {
        at = edit_after_brackets(at);
    } else if (*at == '"') {
        while (*at == '"')
            at = edit_after_blanks(edit_after_string(at));
    } else {
        while (edit_is_name(*at) || *at == '+' || *at == '.')
            at++;
        at = edit_after_blanks(at);
    }
    return *at == ';' || *at == ',' ? at + 1 : at;
}

/* Past an option that may change; NULL: this is none. */
static const char *edit_after_option(const char *at)
{
    size_t length = 0;
    const char *sign;

    while (edit_is_name(at[length]))
        length++;
    sign = edit_after_blanks(at + length);
    if (!edit_is_free(at, length) || (*sign != '=' && *sign != ':'))
        return NULL;
    return edit_after_value(sign + 1);
}

void edit_skeleton(const char *source, struct buffer *out)
{
    const char *at = source;

    while (*(at = edit_after_blanks(at))) {
        const char *end = isalpha((unsigned char)*at) ? edit_after_option(at) : NULL;

        if (end) {
            at = end;
            continue;
        }
        end = *at == '"' ? edit_after_string(at) : at + 1;
        while (edit_is_name(*at) && edit_is_name(*end))
            end++;
        buffer_add(out, at, (size_t)(end - at));
        buffer_add_char(out, ' ');
        at = end;
    }
}

bool edit_is_possible(const char *before, const char *after)
{
    BUFFER_FREE_LATER struct buffer a = BUFFER_NULL, b = BUFFER_NULL;

    edit_skeleton(before, &a);
    edit_skeleton(after, &b);
    return strcmp(buffer_text(&a), buffer_text(&b)) == 0;
}
