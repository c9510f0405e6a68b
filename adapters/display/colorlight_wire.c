/* colorlight_wire: what a Colorlight player takes and gives. See colorlight_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/colorlight_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/model/fit.h"
#include "gateway/model/window.h"

enum {
    COLORLIGHT_PRIORITIES = 101, /* 0..100; one that stands twice stops the whole schedule */
    COLORLIGHT_ROTATION = 200,   /* type_priority: takes turns with the owner's programs */
    COLORLIGHT_DAYS = 7,
    COLORLIGHT_DAY_MS = 86400000,
    COLORLIGHT_DEPTH = 3,
};

static const int64_t colorlight_year_2000 = 946684800, colorlight_year_2100 = 4102444800;

void colorlight_file(const struct adapter_job *job, char file[static COLORLIGHT_FILE])
{
    snprintf(file, COLORLIGHT_FILE, "%s.vsn", job->name);
}

/* ---- programs ---- */

static void colorlight_put_length(struct jv *object, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    jv_put(object, key, jv_string(text));
}

static struct jv *colorlight_font(const struct talk *talk)
{
    const struct colorlight_options *options = talk->board->options;
    struct jv *font = jv_object();

    colorlight_put_length(font, "lfHeight", talk->board->font_px);
    jv_put(font, "lfFaceName", jv_string(options->font));
    jv_put(font, "lfWeight", jv_string("0"));
    jv_put(font, "lfItalic", jv_string("0"));
    jv_put(font, "lfUnderline", jv_string("0"));
    return font;
}

static struct jv *colorlight_text(const struct talk *talk)
{
    char *color MEM_FREE_LATER = mem_printf("0xFF%s", talk->board->color + 1);
    struct jv *item = jv_object();
    struct fit fit;

    fit_measure(talk->board, talk->job->text, &fit);
    jv_put(item, "Type", jv_string(fit.runs ? "4" : "5"));
    jv_put(item, "Text", jv_string(talk->job->text));
    jv_put(item, "IsScroll", jv_string(fit.runs ? "1" : "0"));
    colorlight_put_length(item, "Speed", talk->board->speed_pxs);
    jv_put(item, "TextColor", jv_string(color));
    jv_put(item, "BackColor", jv_string("0xFF000000"));
    jv_put(item, "LogFont", colorlight_font(talk));
    return item;
}

static struct jv *colorlight_picture(const struct talk *talk)
{
    char *path MEM_FREE_LATER = mem_printf(".\\%s.files\\%s.png", talk->job->name, talk->job->name);
    struct jv *item = jv_object(), *source = jv_object();

    jv_put(item, "Type", jv_string("2"));
    jv_put(source, "IsRelative", jv_string("1"));
    jv_put(source, "FilePath", jv_string(path));
    jv_put(item, "FileSource", source);
    return item;
}

static struct jv *colorlight_region(const struct talk *talk)
{
    struct jv *region = jv_object(), *rect = jv_object(), *items = jv_array();

    jv_put(rect, "X", jv_string("0"));
    jv_put(rect, "Y", jv_string("0"));
    colorlight_put_length(rect, "Width", talk->board->width);
    colorlight_put_length(rect, "Height", talk->board->height);
    jv_put(region, "Layer", jv_int(1));
    jv_put(region, "Rect", rect);
    jv_push(items, talk->job->picture ? colorlight_picture(talk) : colorlight_text(talk));
    jv_put(region, "Items", items);
    return region;
}

static struct jv *colorlight_document(const struct talk *talk)
{
    struct jv *document = jv_object(), *programs = jv_object(), *program = jv_object();
    struct jv *information = jv_object(), *pages = jv_array(), *page = jv_object();
    struct jv *regions = jv_array();

    colorlight_put_length(information, "Width", talk->board->width);
    colorlight_put_length(information, "Height", talk->board->height);
    jv_push(regions, colorlight_region(talk));
    jv_put(page, "Regions", regions);
    jv_push(pages, page);
    jv_put(program, "Information", information);
    jv_put(program, "Pages", pages);
    jv_put(programs, "Program", program);
    jv_put(document, "Programs", programs);
    return document;
}

/* The random nonce can't stand in either file, so it may be the boundary. RFC 7578. */
static void colorlight_form(const struct talk *talk, const struct jv *document, struct ask *ask)
{
    const char *name = talk->job->name, *edge = talk->nonce;

    ask_header(ask, "Content-Type: multipart/form-data; boundary=%s", edge);
    buffer_printf(&ask->body,
                  "--%s\r\nContent-Disposition: form-data; name=\"f1\"; filename=\"%s.vsn\"\r\n"
                  "Content-Type: application/octet-stream\r\n\r\n",
                  edge, name);
    jv_write(document, false, &ask->body);
    buffer_printf(&ask->body,
                  "\r\n--%s\r\nContent-Disposition: form-data; name=\"f2\"; filename=\"%s.png\"\r\n"
                  "Content-Type: image/png\r\n\r\n",
                  edge, name);
    buffer_add(&ask->body, talk->job->picture, talk->job->picture_length);
    buffer_printf(&ask->body, "\r\n--%s--\r\n", edge);
    ask->has_body = true;
}

void colorlight_program(const struct talk *talk, struct ask *ask)
{
    struct jv *document = colorlight_document(talk);

    if (talk->job->picture)
        colorlight_form(talk, document, ask);
    else
        ask_json(ask, document);
    jv_free(document);
}

/* ---- replies ---- */

const struct jv *colorlight_root(const struct jv *document)
{
    const struct jv *data = jv_at(document, "/data");

    return jv_at(document, "/code") && data ? data : document;
}

int64_t colorlight_refusal(const struct jv *document)
{
    int64_t code = jv_number(jv_at(document, "/code"), 0);

    return code == 200 ? 0 : code;
}

int64_t colorlight_number(const struct jv *value, int64_t other)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    if (!jv_scalar(value, &text) || !text.length || text.length > 7 ||
        strspn(text.data, "0123456789") != text.length)
        return other;
    return strtol(text.data, NULL, 10);
}

/* ---- schedules ---- */

static bool colorlight_is_ours(const struct jv *entry, const char *file)
{
    const char *vsn = jv_text(jv_at(entry, "/operation/vsn"));
    const char *source = jv_text(jv_at(entry, "/operation/source"));

    return vsn && strcmp(vsn, file) == 0 && (!source || strcmp(source, "lan") == 0);
}

/* The place behind all others, else the first free one; -1: there is none. */
static int colorlight_priority(const struct jv *entries, const char *file)
{
    bool taken[COLORLIGHT_PRIORITIES + 1] = {false};
    const struct jv *entry;
    int last = -1;

    for (size_t i = 0; (entry = jv_element(entries, i)); i++) {
        int64_t priority = colorlight_number(jv_at(entry, "/priority"), COLORLIGHT_PRIORITIES);

        if (priority < COLORLIGHT_PRIORITIES && !colorlight_is_ours(entry, file)) {
            taken[priority] = true;
            last = priority > last ? (int)priority : last;
        }
    }
    if (last + 1 < COLORLIGHT_PRIORITIES)
        return last + 1;
    for (int i = 0; i < COLORLIGHT_PRIORITIES; i++)
        if (!taken[i])
            return i;
    return -1;
}

static void colorlight_put_time(struct jv *object, const char *day, const char *time,
                                int64_t wall_ms)
{
    struct dialect_time t = dialect_time(wall_ms);
    char text[24];

    if (day) {
        snprintf(text, sizeof text, "%04d-%02d-%02d", t.year % 10000, t.month % 100, t.day % 100);
        jv_put(object, day, jv_string(text));
    }
    snprintf(text, sizeof text, "%02d:%02d:%02d", t.hour % 100, t.minute % 100, t.second % 100);
    jv_put(object, time, jv_string(text));
}

/* The date's limits are exact to the second, but older players read only the day in them: so the
 * time of day is limited too, where a span can be said like that; over midnight its end is before
 * its beginning. It begins a little early, so that a clock that is slow within what is tolerated
 * shows it at once. */
static void colorlight_put_limits(const struct talk *talk, struct jv *entry)
{
    const struct adapter_job *job = talk->job;
    int64_t from_ms = (job->from_ms < talk->now_ms ? job->from_ms : talk->now_ms) - SIGHT_SKEW_MS;
    bool within_a_day = job->until_ms - from_ms < COLORLIGHT_DAY_MS;
    struct jv *time = jv_object(), *date = jv_object(), *week = jv_array();

    colorlight_put_time(time, NULL, "start_time", from_ms);
    colorlight_put_time(time, NULL, "end_time", job->until_ms);
    colorlight_put_time(date, "start", "start_time", from_ms);
    colorlight_put_time(date, "end", "end_time", job->until_ms);
    for (int i = 0; i < COLORLIGHT_DAYS; i++)
        jv_push(week, jv_bool(true));
    jv_put(entry, "if_limit_time", jv_bool(within_a_day));
    jv_put(entry, "limit_time", time);
    jv_put(entry, "if_limit_date", jv_bool(true));
    jv_put(entry, "limit_date", date);
    jv_put(entry, "if_limit_weekday", jv_bool(false));
    jv_put(entry, "limit_weekday", week);
}

static struct jv *colorlight_entry(const struct talk *talk, const char *file, int priority)
{
    struct jv *entry = jv_object(), *operation = jv_object();

    jv_put(entry, "name", jv_string("Play_Program"));
    jv_put(entry, "type", jv_string("rotation"));
    jv_put(entry, "type_priority", jv_int(COLORLIGHT_ROTATION));
    jv_put(entry, "priority", jv_int(priority));
    colorlight_put_limits(talk, entry);
    jv_put(operation, "name", jv_string(talk->job->name));
    jv_put(operation, "source", jv_string("lan"));
    jv_put(operation, "vsn", jv_string(file));
    jv_put(entry, "operation", operation);
    return entry;
}

/* The entries that aren't ours. */
static struct jv *colorlight_foreign(const struct jv *entries, const char *file)
{
    struct jv *list = jv_array();
    const struct jv *entry;

    for (size_t i = 0; (entry = jv_element(entries, i)); i++)
        if (!colorlight_is_ours(entry, file))
            jv_push(list, jv_copy(entry));
    return list;
}

/* The document with these entries in it, in their old place. */
static struct jv *colorlight_rebuild(const struct jv *root, struct jv *entries)
{
    struct jv *document = jv_object();
    const struct jv *value;
    const char *key;

    for (size_t i = 0; (value = jv_entry(root, i, &key)); i++)
        if (strcmp(key, "contentsSchedule") != 0)
            jv_put(document, key, jv_copy(value));
        else
            jv_put(document, key, jv_null()); /* keeps the place */
    jv_put(document, "contentsSchedule", entries);
    return document;
}

enum colorlight_change colorlight_schedule(const struct talk *talk, const struct jv *root,
                                           bool with, struct jv **out)
{
    const struct jv *entries = jv_at(root, "/contentsSchedule");
    char file[COLORLIGHT_FILE];
    struct jv *list;
    int priority;

    *out = NULL;
    if (!jv_is_object(root) || (entries && !jv_is_array(entries)))
        return COLORLIGHT_BAD;
    colorlight_file(talk->job, file);
    priority = colorlight_priority(entries, file);
    if (with && priority < 0)
        return COLORLIGHT_FULL;
    list = colorlight_foreign(entries, file);
    if (!with && jv_size(list) == jv_size(entries)) {
        jv_free(list);
        return COLORLIGHT_SAME;
    }
    if (with)
        jv_push(list, colorlight_entry(talk, file, priority));
    *out = colorlight_rebuild(root, list);
    return COLORLIGHT_CHANGED;
}

/* ---- clocks ---- */

/* Seconds or milliseconds since 1970, or a local time. */
static int colorlight_instant(const struct jv *value, int64_t *clock_ms)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    int64_t number;
    char *t;

    if (!jv_scalar(value, &text) || !text.length || text.length > 19)
        return 1;
    t = text.data;
    if (text.length > 10 && t[10] == 'T')
        t[10] = ' ';
    if (strspn(t, "0123456789") != text.length)
        return window_parse_time(t, clock_ms);
    number = strtoll(t, NULL, 10);
    if (number >= colorlight_year_2000 * 1000 && number < colorlight_year_2100 * 1000)
        *clock_ms = number;
    else if (number >= colorlight_year_2000 && number < colorlight_year_2100)
        *clock_ms = number * 1000;
    else
        return 1;
    return 0;
}

/* "date": "2026-10-31", "time": "08:30:00" */
static int colorlight_halves(const struct jv *object, int64_t *clock_ms)
{
    const char *date = jv_text(jv_member(object, "date")),
               *time = jv_text(jv_member(object, "time"));
    char text[32];

    if (!date || !time || strlen(date) != 10 || strlen(time) > 8)
        return 1;
    snprintf(text, sizeof text, "%s %s", date, time);
    return window_parse_time(text, clock_ms);
}

static int colorlight_look(const struct jv *value, int depth, int64_t *clock_ms)
{
    const struct jv *inner;
    const char *key;

    if (!jv_is_object(value))
        return colorlight_instant(value, clock_ms);
    if (colorlight_halves(value, clock_ms) == 0)
        return 0;
    for (size_t i = 0; depth > 0 && (inner = jv_entry(value, i, &key)); i++)
        if (colorlight_look(inner, depth - 1, clock_ms) == 0)
            return 0;
    return 1;
}

/* The vendor doesn't write down what rtc.json looks like, and it has changed between versions: the
 * first value that can only be a time is taken for it. */
int colorlight_clock(const struct jv *root, int64_t *clock_ms)
{
    return root ? colorlight_look(root, COLORLIGHT_DEPTH, clock_ms) : 1;
}
