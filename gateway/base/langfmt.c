/* langfmt: may a translation stand in for a printf format? See langfmt.h.
 * Runs: any (pure). */
#include "gateway/base/langfmt.h"

#include <stddef.h>
#include <string.h>

#define LANGFMT_DIGITS     "0123456789"
#define LANGFMT_DIRECTIVES 32 /* more than any of our texts has */

struct langfmt_directive {
    size_t position;  /* of "%2$s": 2; 0: the next argument */
    const char *text; /* what stands behind the % and the position */
    size_t length;
};

struct langfmt {
    struct langfmt_directive directives[LANGFMT_DIRECTIVES];
    size_t n;
};

/* Of "2$" behind a %: 2, and *at is moved past it. */
static size_t langfmt_position(const char **at)
{
    size_t digits = strspn(*at, LANGFMT_DIGITS), position = 0;

    if (!digits || digits > 2 || (*at)[digits] != '$')
        return 0;
    for (size_t i = 0; i < digits; i++)
        position = position * 10 + (size_t)((*at)[i] - '0');
    *at += digits + 1;
    return position;
}

static size_t langfmt_number(const char *at)
{
    return *at == '*' ? 1 : strspn(at, LANGFMT_DIGITS);
}

/* The length of flags, width, precision, length and conversion; 0: no directive. %n writes, and %m
 * tells of another error than the caller means, so neither is one. */
static size_t langfmt_length(const char *at)
{
    static const char *const sizes[] = {"hh", "h", "ll", "l", "j", "z", "t", "L"};
    const char *start = at;

    at += strspn(at, "-+ #0'");
    at += langfmt_number(at);
    if (*at == '.')
        at += 1 + langfmt_number(at + 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strncmp(at, sizes[i], strlen(sizes[i])) == 0) {
            at += strlen(sizes[i]);
            break;
        }
    return *at && strchr("diouxXeEfFgGaAcsp", *at) ? (size_t)(at - start) + 1 : 0;
}

/* False: no printf format, or one that is too long for us. */
static bool langfmt_read(const char *text, struct langfmt *format)
{
    format->n = 0;
    while ((text = strchr(text, '%'))) {
        struct langfmt_directive *directive = &format->directives[format->n];

        if (*++text == '%') {
            text++;
            continue;
        }
        if (format->n == LANGFMT_DIRECTIVES)
            return false;
        directive->position = langfmt_position(&text);
        directive->text = text;
        directive->length = langfmt_length(text);
        if (!directive->length)
            return false;
        text += directive->length;
        format->n++;
    }
    return true;
}

static bool langfmt_same(const struct langfmt_directive *a, const struct langfmt_directive *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool langfmt_in_order(const struct langfmt *original, const struct langfmt *translation)
{
    if (original->n != translation->n)
        return false;
    for (size_t i = 0; i < original->n; i++)
        if (translation->directives[i].position ||
            !langfmt_same(&original->directives[i], &translation->directives[i]))
            return false;
    return true;
}

/* printf must know the type of every argument up to the last one, so none may be left out. */
static bool langfmt_by_position(const struct langfmt *original, const struct langfmt *translation)
{
    bool used[LANGFMT_DIRECTIVES] = {false};

    for (size_t i = 0; i < translation->n; i++) {
        const struct langfmt_directive *directive = &translation->directives[i];
        size_t position = directive->position;

        if (!position || position > original->n ||
            !langfmt_same(&original->directives[position - 1], directive))
            return false;
        used[position - 1] = true;
    }
    for (size_t i = 0; i < original->n; i++)
        if (!used[i] || memchr(original->directives[i].text, '*', original->directives[i].length))
            return false;
    return true;
}

bool langfmt_fits(const char *original, const char *translation)
{
    struct langfmt first, second;

    if (!langfmt_read(original, &first))
        return true;
    for (size_t i = 0; i < first.n; i++)
        if (first.directives[i].position)
            return false; /* ours never have one */
    return langfmt_read(translation, &second) &&
           (langfmt_in_order(&first, &second) || langfmt_by_position(&first, &second));
}
