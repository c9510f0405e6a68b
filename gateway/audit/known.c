/* known: a checkpoint that was handed out before. See known.h.
 * Runs: any. */
#include "gateway/audit/known.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"

#define KNOWN_LINE 64 /* bytes at most; longer ones are none */

static bool known_is_day(const char *word)
{
    static const char shape[] = "0000-00-00";

    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)word[i]) : word[i] != shape[i])
            return false;
    return word[sizeof shape - 1] == '\0';
}

static bool known_take_size(const char *word, int64_t *size)
{
    char *end;

    errno = 0;
    *size = strtoll(word, &end, 10);
    return isdigit((unsigned char)*word) && !*end && !errno && *size > 0;
}

static bool known_take_digits(const char *word, char digits[static KNOWN_DIGITS + 1])
{
    for (size_t i = 0; i < KNOWN_DIGITS; i++) {
        if (!isxdigit((unsigned char)word[i]))
            return false;
        digits[i] = (char)tolower((unsigned char)word[i]);
    }
    digits[KNOWN_DIGITS] = '\0';
    return word[KNOWN_DIGITS] == '\0';
}

int known_parse(const char *text, size_t length, struct known *out)
{
    char line[KNOWN_LINE], *rest = NULL;
    const char *size, *digits, *day;

    *out = (struct known){0};
    if (length >= sizeof line || memchr(text, '\0', length))
        return 1;
    memcpy(line, text, length);
    line[length] = '\0';
    size = strtok_r(line, " \t\r\n", &rest);
    digits = strtok_r(NULL, " \t\r\n", &rest);
    day = strtok_r(NULL, " \t\r\n", &rest);
    if (!digits || strtok_r(NULL, " \t\r\n", &rest) || (day && !known_is_day(day)) ||
        !known_take_size(size, &out->size) || !known_take_digits(digits, out->digits)) {
        *out = (struct known){0};
        return 1;
    }
    return 0;
}

/* Without what stands around it: it is named in sentences. */
static char *known_trimmed(const char *text, size_t length)
{
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    while (length && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    return mem_dup_n(text, length);
}

static int known_take(const char *text, size_t length, struct known *out)
{
    struct checkpoint checkpoint;

    if (known_parse(text, length, out) == 0) {
        out->note = known_trimmed(text, length);
        return 0;
    }
    if (checkpoint_read(text, length, &checkpoint) || checkpoint.size > INT64_MAX)
        return 1;
    *out = (struct known){.size = (int64_t)checkpoint.size, .note = mem_dup_n(text, length)};
    return 0;
}

int known_read(const char *word, struct known *out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    int rc;

    if (known_parse(word, strlen(word), out) == 0) {
        out->note = known_trimmed(word, strlen(word));
        return 0;
    }
    rc = buffer_read_file(&text, word, NOTE_MOST);
    return rc < 0 ? rc : known_take(buffer_text(&text), text.length, out);
}

void known_release(struct known *known)
{
    free(known->note);
    *known = (struct known){0};
}
