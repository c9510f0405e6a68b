/* xixun_task: the programs of a Xixun card. See xixun_task.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/xixun_task.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/model/fit.h"

enum { XIXUN_DAY_MS = 86400000, XIXUN_SPAN_MIN_S = 5, XIXUN_SPAN_MAX_S = 3600 };

/* ---- reading ---- */

static const struct jv *xixun_task_items(const struct jv *stored)
{
    return jv_at(stored, "/task/items");
}

static const char *xixun_task_name(const struct jv *item)
{
    const char *name = jv_text(jv_at(item, "/_program/name"));

    return name ? name : "";
}

/* The documents show the task as JSON inside a string; a plain object is taken too. "" and an empty
 * object mean that there is nothing. */
static struct jv *xixun_task_unwrap(const struct jv *data, bool *empty)
{
    const char *text = jv_text(data);

    *empty = !data || (text && !*text);
    if (*empty)
        return NULL;
    return text ? jv_parse(text, strlen(text), NULL) : jv_copy(data);
}

int xixun_task_read(const struct jv *answer, struct jv **stored, const char **why)
{
    const struct jv *data = jv_at(answer, "/data");
    struct buffer scalar BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document;
    bool empty;

    *stored = NULL;
    if (data && !jv_text(data) && jv_scalar(data, &scalar) &&
        strcmp(buffer_text(&scalar), "null") == 0)
        return 0;
    document = xixun_task_unwrap(data, &empty);
    if (empty)
        return 0;
    if (jv_is_object(document) && jv_size(document) == 0) {
        jv_free(document);
        return 0;
    }
    if (!jv_is_array(xixun_task_items(document))) {
        jv_free(document);
        *why = "the card's answer is no list of programs";
        return 1;
    }
    *stored = document;
    return 0;
}

size_t xixun_task_count(const struct jv *stored, const char *name)
{
    const struct jv *items = stored ? xixun_task_items(stored) : NULL, *item;
    size_t n = 0;

    for (size_t i = 0; items && (item = jv_element(items, i)); i++)
        n += strcmp(xixun_task_name(item), name) == 0;
    return n;
}

size_t xixun_task_others(const struct jv *stored, const char *name)
{
    return stored ? jv_size(xixun_task_items(stored)) - xixun_task_count(stored, name) : 0;
}

/* ---- writing ---- */

static void xixun_put_text(struct jv *object, const char *key, const char *text)
{
    jv_put(object, key, jv_string(text));
}

static void xixun_put_date(struct jv *object, const char *key, int64_t at_ms)
{
    struct dialect_time t = dialect_time(at_ms);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    buffer_printf(&text, "%04d-%02d-%02d", t.year, t.month, t.day);
    xixun_put_text(object, key, buffer_text(&text));
}

/* minute_of_day: 0..1440; the card knows no 24:00. */
static void xixun_put_minute(struct jv *object, const char *key, int minute_of_day)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    int m = minute_of_day > 1439 ? 1439 : minute_of_day;

    buffer_printf(&text, "%02d:%02d", m / 60, m % 60);
    xixun_put_text(object, key, buffer_text(&text));
}

static struct jv *xixun_schedule(int64_t first_ms, int64_t last_ms, int from, int until)
{
    struct jv *schedule = jv_object();

    xixun_put_text(schedule, "dateType", "Range");
    xixun_put_date(schedule, "startDate", first_ms);
    xixun_put_date(schedule, "endDate", last_ms);
    xixun_put_text(schedule, "timeType", "Range");
    xixun_put_minute(schedule, "startTime", from);
    xixun_put_minute(schedule, "endTime", until);
    xixun_put_text(schedule, "filterType", "None");
    return schedule;
}

static int xixun_minute_of_day(int64_t at_ms)
{
    struct dialect_time t = dialect_time(at_ms);

    return t.hour * 60 + t.minute;
}

static bool xixun_same_day(int64_t a_ms, int64_t b_ms)
{
    struct dialect_time a = dialect_time(a_ms), b = dialect_time(b_ms);

    return a.year == b.year && a.month == b.month && a.day == b.day;
}

/* A schedule is a range of hours on each day of a range of days; a showing over midnight becomes
 * its first day, the days between, and its last. */
static struct jv *xixun_schedules(const struct adapter_job *job)
{
    int64_t end = dialect_minute_end(job);
    int from = xixun_minute_of_day(job->from_ms), until = xixun_minute_of_day(end);
    struct jv *all = jv_array();

    if (xixun_same_day(job->from_ms, end)) {
        jv_push(all, xixun_schedule(job->from_ms, end, from, until));
        return all;
    }
    jv_push(all, xixun_schedule(job->from_ms, job->from_ms, from, 1440));
    if (!xixun_same_day(job->from_ms + XIXUN_DAY_MS, end))
        jv_push(all, xixun_schedule(job->from_ms + XIXUN_DAY_MS, end - XIXUN_DAY_MS, 0, 1440));
    if (until > 0)
        jv_push(all, xixun_schedule(end, end, 0, until));
    return all;
}

/* speed is the time of one pass in seconds: a greater one is slower. */
static struct jv *xixun_source(const struct board *board, const struct adapter_job *job)
{
    struct buffer html BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *source = jv_object();
    struct fit fit;
    int64_t pass_s;

    fit_measure(board, job->text, &fit);
    pass_s = (fit.pass_ms + 999) / 1000;
    if (pass_s < XIXUN_SPAN_MIN_S)
        pass_s = XIXUN_SPAN_MIN_S;
    if (pass_s > XIXUN_SPAN_MAX_S)
        pass_s = XIXUN_SPAN_MAX_S;
    buffer_printf(&html, "<span style=\"color:%s;font-size:%" PRId64 "px\">", board->color,
                  board->font_px);
    dialect_escape_html(&html, job->text);
    buffer_add_text(&html, "</span>");
    xixun_put_text(source, "id", "");
    xixun_put_text(source, "name", job->name);
    xixun_put_text(source, "_type", "SingleLineText");
    jv_put(source, "lineHeight", jv_int(1));
    jv_put(source, "speed", jv_int(pass_s));
    xixun_put_text(source, "html", buffer_text(&html));
    jv_put(source, "playTime", jv_int(0));
    jv_put(source, "timeSpan", jv_int(pass_s));
    jv_put(source, "left", jv_int(0));
    jv_put(source, "top", jv_int(0));
    jv_put(source, "width", jv_int(board->width));
    jv_put(source, "height", jv_int(board->height));
    xixun_put_text(source, "entryEffect", "None");
    xixun_put_text(source, "exitEffect", "None");
    jv_put(source, "entryEffectTimeSpan", jv_int(0));
    jv_put(source, "exitEffectTimeSpan", jv_int(0));
    return source;
}

/* Width and height must be the screen's own, or running text doesn't show at all. */
static struct jv *xixun_program(const struct board *board, const struct adapter_job *job)
{
    struct jv *program = jv_object(), *layers = jv_array(), *layer = jv_object();
    struct jv *sources = jv_array();

    jv_push(sources, xixun_source(board, job));
    jv_put(layer, "repeat", jv_bool(false));
    jv_put(layer, "sources", sources);
    jv_push(layers, layer);
    xixun_put_text(program, "_id", job->name);
    jv_put(program, "totalSize", jv_int(0));
    xixun_put_text(program, "name", job->name);
    jv_put(program, "width", jv_int(board->width));
    jv_put(program, "height", jv_int(board->height));
    jv_put(program, "layers", layers);
    return program;
}

static struct jv *xixun_item(const struct talk *talk)
{
    struct jv *item = jv_object();

    xixun_put_text(item, "_id", talk->job->name);
    jv_put(item, "_program", xixun_program(talk->board, talk->job));
    jv_put(item, "priority", jv_int(0));
    jv_put(item, "repeatTimes", jv_int(1));
    jv_put(item, "version", jv_int(0));
    jv_put(item, "schedules", xixun_schedules(talk->job));
    return item;
}

static struct jv *xixun_items(const struct talk *talk, const struct jv *stored, bool ours)
{
    const struct jv *items = stored ? xixun_task_items(stored) : NULL, *item;
    struct jv *all = jv_array();

    for (size_t i = 0; items && (item = jv_element(items, i)); i++)
        if (strcmp(xixun_task_name(item), talk->job->name) != 0)
            jv_push(all, jv_copy(item));
    if (ours)
        jv_push(all, xixun_item(talk));
    return all;
}

/* Copies what an object has beside the members that are given anew. */
static void xixun_keep(struct jv *to, const struct jv *from, const char *const *anew)
{
    const struct jv *value;
    const char *key;

    for (size_t i = 0; from && (value = jv_entry(from, i, &key)); i++) {
        const char *const *at = anew;

        while (*at && strcmp(*at, key) != 0)
            at++;
        if (!*at)
            jv_put(to, key, jv_copy(value));
    }
}

struct jv *xixun_task_command(const struct talk *talk, const struct jv *stored, bool ours)
{
    static const char *const of_command[] = {"_type", "id", "notificationURL", "task", NULL};
    static const char *const of_task[] = {"insert", "items", NULL};
    const struct jv *old = stored ? jv_at(stored, "/task") : NULL;
    struct buffer notice BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *command = jv_object(), *task = jv_object();

    if (talk->callback)
        buffer_printf(&notice, "%s/notice", talk->callback);
    xixun_put_text(command, "_type", "PlayXixunTask");
    xixun_put_text(command, "id", talk->nonce);
    xixun_put_text(command, "notificationURL", buffer_text(&notice));
    xixun_keep(command, stored, of_command);
    if (!jv_at(command, "/preDownloadURL"))
        xixun_put_text(command, "preDownloadURL", "");
    xixun_keep(task, old, of_task);
    if (!jv_at(task, "/_id"))
        xixun_put_text(task, "_id", talk->nonce);
    if (!jv_at(task, "/name"))
        xixun_put_text(task, "name", talk->job->name);
    jv_put(task, "insert", jv_bool(false));
    jv_put(task, "items", xixun_items(talk, stored, ours));
    jv_put(command, "task", task);
    return command;
}
