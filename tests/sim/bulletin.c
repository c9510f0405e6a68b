/* bulletin: createBulletin's input, checked key by key. See bulletin.h.
 * Runs: any. */
#include "tests/sim/bulletin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

enum { BULLETIN_KEY = 14, BULLETIN_EMPTY = 18, BULLETIN_VALUE = 20 }; /* codes of the protocol */
enum { BULLETIN_NAME_MAX = 64, BULLETIN_TEXT_MAX = 4096, BULLETIN_WHOLE_DAY = 86400 };

struct bulletin_draft {
    struct bulletin *bulletin;
    unsigned order;
    bool has_order;
};

struct bulletin_key {
    const char *name;
    int (*read)(struct bulletin_draft *draft, const char *text); /* NULL: only the range counts */
    long least, most;
    const char *const *words; /* or one of these */
    bool open;                /* "" means that there is none, as in the document's sample */
};

/* Digits only, in range. 0 or 1. */
static int bulletin_number(const char *text, long least, long most, long *out)
{
    size_t length = strlen(text);

    if (length == 0 || length > 6 || strspn(text, "0123456789") != length)
        return 1;
    *out = strtol(text, NULL, 10);
    return *out < least || *out > most;
}

static int bulletin_read_order(struct bulletin_draft *draft, const char *text)
{
    draft->order = (unsigned)strtoul(text, NULL, 10);
    draft->has_order = true;
    return 0;
}

static int bulletin_read_name(struct bulletin_draft *draft, const char *text)
{
    if (strlen(text) > BULLETIN_NAME_MAX)
        return BULLETIN_VALUE;
    draft->bulletin->name = mem_dup(text);
    return 0;
}

static int bulletin_read_content(struct bulletin_draft *draft, const char *text)
{
    BUFFER_FREE_LATER struct buffer content = BUFFER_NULL;

    if (hex_decode_base64(&content, text, strlen(text)) || content.length == 0 ||
        content.length > BULLETIN_TEXT_MAX || strlen(content.data) != content.length ||
        !utf8_is_valid(content.data, content.length))
        return BULLETIN_VALUE;
    draft->bulletin->text = buffer_take(&content);
    return 0;
}

/* Midnight of yyyy-MM-dd, days later. 0 or 1. */
static int bulletin_date(const char *text, int days, int64_t *out)
{
    struct tm tm = {.tm_isdst = -1};
    int day;

    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-')
        return 1;
    tm.tm_year = (int)strtol(text, NULL, 10) - 1900;
    tm.tm_mon = (int)strtol(text + 5, NULL, 10) - 1;
    day = tm.tm_mday = (int)strtol(text + 8, NULL, 10);
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || day < 1 || day > 31)
        return 1;
    mktime(&tm);
    if (tm.tm_mday != day) /* 31 February */
        return 1;
    tm.tm_mday += days;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    *out = (int64_t)mktime(&tm) * 1000;
    return 0;
}

static int bulletin_read_start_date(struct bulletin_draft *draft, const char *text)
{
    return bulletin_date(text, 0, &draft->bulletin->window.from_ms) ? BULLETIN_VALUE : 0;
}

static int bulletin_read_stop_date(struct bulletin_draft *draft, const char *text)
{
    return bulletin_date(text, 1, &draft->bulletin->window.until_ms) ? BULLETIN_VALUE : 0;
}

static int bulletin_time(const char *text, int *out)
{
    long hour, minute, second;

    if (strlen(text) != 8 || strspn(text, "0123456789:") != 8 || text[2] != ':' || text[5] != ':')
        return BULLETIN_VALUE;
    hour = strtol(text, NULL, 10);
    minute = strtol(text + 3, NULL, 10);
    second = strtol(text + 6, NULL, 10);
    if (hour > 23 || minute > 59 || second > 59)
        return BULLETIN_VALUE;
    *out = (int)(hour * 3600 + minute * 60 + second);
    return 0;
}

static int bulletin_read_start_time(struct bulletin_draft *draft, const char *text)
{
    return bulletin_time(text, &draft->bulletin->window.day_from_s);
}

static int bulletin_read_stop_time(struct bulletin_draft *draft, const char *text)
{
    int rc = bulletin_time(text, &draft->bulletin->window.day_to_s);

    if (draft->bulletin->window.day_to_s == BULLETIN_WHOLE_DAY - 1)
        draft->bulletin->window.day_to_s = BULLETIN_WHOLE_DAY;
    return rc;
}

static int bulletin_read_week(struct bulletin_draft *draft, const char *text)
{
    draft->bulletin->window.weekdays = (unsigned)strtoul(text, NULL, 10);
    return 0;
}

static int bulletin_read_colour(struct bulletin_draft *draft, const char *text)
{
    (void)draft;
    return strlen(text) == 10 && strncasecmp(text, "0x", 2) == 0 &&
                   strspn(text + 2, "0123456789abcdefABCDEF") == 8
               ? 0
               : BULLETIN_VALUE;
}

static int bulletin_read_attributes(struct bulletin_draft *draft, const char *text)
{
    static const char *const words[] = {"normal", "bold", "italic", "underline", "strikeout"};

    (void)draft;
    for (;;) {
        size_t length = strcspn(text, "&"), i = 0;

        while (i < 5 && (strlen(words[i]) != length || strncasecmp(words[i], text, length) != 0))
            i++;
        if (i == 5)
            return BULLETIN_VALUE;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

static int bulletin_read_font(struct bulletin_draft *draft, const char *text)
{
    (void)draft;
    return strlen(text) > BULLETIN_NAME_MAX ? BULLETIN_VALUE : 0;
}

static const char *const bulletin_layouts[] = {"top", "bottom", "custom", NULL};
static const char *const bulletin_size_types[] = {"pixel", "point", NULL};

static const struct bulletin_key bulletin_keys[] = {
    {"order", bulletin_read_order, 0, BULLETIN_ORDERS - 1, NULL, false},
    {"name", bulletin_read_name, 0, -1, NULL, false},
    {"content", bulletin_read_content, 0, -1, NULL, false},
    {"layoutMode", NULL, 0, 2, bulletin_layouts, false},
    {"xcoord", NULL, 0, 65535, NULL, false},
    {"ycoord", NULL, 0, 65535, NULL, false},
    {"width", NULL, 1, 65535, NULL, false},
    {"height", NULL, 1, 65535, NULL, false},
    {"transparency", NULL, 0, 100, NULL, false},
    {"bgColor", bulletin_read_colour, 0, -1, NULL, false},
    {"fontColor", bulletin_read_colour, 0, -1, NULL, false},
    {"fontName", bulletin_read_font, 0, -1, NULL, false},
    {"fontSize", NULL, 1, 1024, NULL, false},
    {"fontSizeType", NULL, 0, 1, bulletin_size_types, false},
    {"fontAttributes", bulletin_read_attributes, 0, -1, NULL, false},
    {"stuntType", NULL, 0, 57, NULL, false},
    {"stuntSpeed", NULL, 1, 16, NULL, false},
    {"stayTime", NULL, 0, 65535, NULL, false},
    {"startDate", bulletin_read_start_date, 0, -1, NULL, true},
    {"stopDate", bulletin_read_stop_date, 0, -1, NULL, true},
    {"startTime", bulletin_read_start_time, 0, -1, NULL, true},
    {"stopTime", bulletin_read_stop_time, 0, -1, NULL, true},
    {"weekFlag", bulletin_read_week, 1, 127, NULL, false},
};

static const struct bulletin_key *bulletin_find_key(const char *name)
{
    for (size_t i = 0; i < sizeof bulletin_keys / sizeof *bulletin_keys; i++)
        if (strcasecmp(bulletin_keys[i].name, name) == 0)
            return &bulletin_keys[i];
    return NULL;
}

static int bulletin_read_key(struct bulletin_draft *draft, const char *name, const char *text)
{
    const struct bulletin_key *key = bulletin_find_key(name);
    long number;

    if (!key)
        return BULLETIN_KEY;
    if (!text)
        return BULLETIN_VALUE; /* every value is a string */
    if (!*text)
        return key->open ? 0 : BULLETIN_EMPTY;
    for (size_t i = 0; key->words && key->words[i]; i++)
        if (strcasecmp(key->words[i], text) == 0)
            return 0;
    if (key->most >= 0 && bulletin_number(text, key->least, key->most, &number))
        return BULLETIN_VALUE;
    return key->read ? key->read(draft, text) : 0;
}

static bool bulletin_is_window(const struct reel_window *window)
{
    return (!window->until_ms || window->from_ms < window->until_ms) &&
           window->day_from_s < window->day_to_s;
}

int bulletin_read(const struct jv *input, unsigned *order, struct bulletin *out)
{
    struct bulletin_draft draft = {.bulletin = out};
    const struct jv *value;
    const char *name;

    *out = (struct bulletin){.window = {.day_to_s = BULLETIN_WHOLE_DAY, .weekdays = 127}};
    for (size_t i = 0; (value = jv_entry(input, i, &name)); i++) {
        int rc;

        for (size_t k = 0; k < i; k++) { /* orDer beside order: keys know no case */
            const char *other = NULL;

            jv_entry(input, k, &other);
            if (strcasecmp(other, name) == 0)
                return BULLETIN_KEY;
        }
        rc = bulletin_read_key(&draft, name, jv_text(value));
        if (rc)
            return rc;
    }
    if (!draft.has_order || !out->name || !out->text)
        return BULLETIN_KEY;
    *order = draft.order;
    return bulletin_is_window(&out->window) ? 0 : BULLETIN_VALUE;
}

void bulletin_release(struct bulletin *bulletin)
{
    free(bulletin->name);
    free(bulletin->text);
    *bulletin = (struct bulletin){0};
}
