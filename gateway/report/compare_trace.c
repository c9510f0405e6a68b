/* compare_trace: the simulator's log, sorted. See compare_trace.h.
 * Runs: any. */
#include "gateway/report/compare_trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "gateway/model/sight.h"

#define COMPARE_NONE INT64_MIN

/* What the simulator calls the places of a card that knows no names. */
#define COMPARE_PLACE "area-"

/* TP-Status: delivered below 32, the network still tries below 64, failed from there on. */
#define COMPARE_STATUS_TRYING 32
#define COMPARE_STATUS_FAILED 64

/* Digits only, without sign: what the simulator writes. */
static bool compare_parse_number(const char *text, const char **end, int64_t *number)
{
    char *stop;

    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoll(text, &stop, 10);
    *end = stop;
    return errno == 0;
}

static bool compare_take_number(const struct jv *line, int64_t *number)
{
    const char *end;

    return compare_parse_number(jv_text(jv_at(line, "/number")), &end, number) && !*end;
}

/* The modem and the reference that it gave. */
static bool compare_take_reference(const struct jv *line, int32_t *modem, uint8_t *reference)
{
    int64_t m = jv_number(jv_at(line, "/modem"), -1), r = jv_number(jv_at(line, "/ref"), -1);

    if (m < 0 || m > INT32_MAX || r < 0 || r > UINT8_MAX)
        return false;
    *modem = (int32_t)m;
    *reference = (uint8_t)r;
    return true;
}

static bool compare_take_accepted(struct compare_trace *trace, const struct jv *line)
{
    const char *text = jv_text(jv_at(line, "/text"));
    int64_t part = jv_number(jv_at(line, "/part"), 0), parts = jv_number(jv_at(line, "/parts"), 0);
    struct compare_part *to;
    int64_t number;

    if (!text || !compare_take_number(line, &number))
        return false;
    if (part < 1 || parts < part || parts > 255)
        return false;
    if (trace->n_parts == trace->parts_room) {
        trace->parts_room = trace->parts_room ? trace->parts_room * 2 : 4096;
        trace->parts = mem_grow(trace->parts, trace->parts_room, sizeof *trace->parts);
    }
    to = &trace->parts[trace->n_parts];
    *to = (struct compare_part){.number = number,
                                .part = (int32_t)part,
                                .parts = (int32_t)parts,
                                .order = trace->n_parts++,
                                .length = strlen(text)};
    to->fingerprint = hex_fingerprint(text, to->length);
    return compare_take_reference(line, &to->modem, &to->reference);
}

static bool compare_take_reported(struct compare_trace *trace, const struct jv *line)
{
    int64_t status = jv_number(jv_at(line, "/status"), -1);
    struct compare_report report = {.status = (uint8_t)status};

    if (status < 0 || status > UINT8_MAX || !compare_take_number(line, &report.number) ||
        !compare_take_reference(line, &report.modem, &report.reference))
        return false;
    if (trace->n_reports == trace->reports_room) {
        trace->reports_room = trace->reports_room ? trace->reports_room * 2 : 4096;
        trace->reports = mem_grow(trace->reports, trace->reports_room, sizeof *trace->reports);
    }
    trace->reports[trace->n_reports++] = report;
    return true;
}

static bool compare_take_rejected(struct compare_trace *trace, const struct jv *line)
{
    struct compare_refusal refusal = {.code = jv_number(jv_at(line, "/code"), COMPARE_NONE)};

    if (refusal.code == COMPARE_NONE || !compare_take_number(line, &refusal.number))
        return false;
    if (trace->n_refusals == trace->refusals_room) {
        trace->refusals_room = trace->refusals_room ? trace->refusals_room * 2 : 256;
        trace->refusals = mem_grow(trace->refusals, trace->refusals_room, sizeof *trace->refusals);
    }
    trace->refusals[trace->n_refusals++] = refusal;
    return true;
}

/* Of "lc-<delivery in base 36>-<mark>"; COMPARE_NONE: another name. */
static int64_t compare_parse_name(const char *name)
{
    static const char prefix[] = "lc-";
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    int64_t delivery = 0;
    const char *digit;

    if (strncmp(name, prefix, sizeof prefix - 1) != 0 || strlen(name) >= SIGHT_NAME)
        return COMPARE_NONE;
    for (name += sizeof prefix - 1; *name && (digit = strchr(digits, *name)); name++)
        if (__builtin_mul_overflow(delivery, INT64_C(36), &delivery) ||
            __builtin_add_overflow(delivery, digit - digits, &delivery))
            return COMPARE_NONE;
    return delivery > 0 && *name == '-' && name[1] ? delivery : COMPARE_NONE;
}

/* Below zero, so that it is no delivery's number. */
static int64_t compare_mark(const char *board, const char *text)
{
    MEM_FREE_LATER char *both = mem_printf("%s\n%s", board, text);

    return -(int64_t)(hex_fingerprint(both, strlen(both)) >> 2) - 1;
}

static bool compare_take_event(struct compare_trace *trace, const struct jv *line, bool shown)
{
    int64_t delivery, t = jv_number(jv_at(line, "/t"), 0);
    const char *name = jv_text(jv_at(line, "/name")), *board = jv_text(jv_at(line, "/board")),
               *text = jv_text(jv_at(line, "/text"));

    if (!name || !board || !text)
        return false; /* the simulator always writes all three */
    delivery = compare_parse_name(name);
    if (delivery == COMPARE_NONE && strncmp(name, COMPARE_PLACE, strlen(COMPARE_PLACE)) != 0)
        return true;
    if (delivery == COMPARE_NONE)
        delivery = compare_mark(board, text);
    if (trace->n_events == trace->events_room) {
        trace->events_room = trace->events_room ? trace->events_room * 2 : 256;
        trace->events = mem_grow(trace->events, trace->events_room, sizeof *trace->events);
    }
    trace->events[trace->n_events] = (struct compare_event){
        .delivery = delivery, .t_ms = t, .order = trace->n_events, .shown = shown};
    trace->n_events++;
    return true;
}

/* What says nothing about messages of ours: what came in, and reports that the network made up. */
static bool compare_is_other(const char *event)
{
    return strcmp(event, "inbound") == 0 || strcmp(event, "deleted") == 0 ||
           strcmp(event, "stray") == 0;
}

static bool compare_take_line(struct compare_trace *trace, const struct jv *line)
{
    const char *event = jv_text(jv_at(line, "/event"));
    int64_t t = jv_number(jv_at(line, "/t"), COMPARE_NONE);

    if (!event || t == COMPARE_NONE)
        return false;
    if (t > trace->last_ms)
        trace->last_ms = t;
    if (strcmp(event, "accepted") == 0)
        return compare_take_accepted(trace, line);
    if (strcmp(event, "shown") == 0 || strcmp(event, "hidden") == 0)
        return compare_take_event(trace, line, *event == 's');
    if (strcmp(event, "reported") == 0)
        return compare_take_reported(trace, line);
    if (strcmp(event, "rejected") == 0)
        return compare_take_rejected(trace, line);
    if (strcmp(event, "bad") == 0)
        trace->bad++;
    else
        return compare_is_other(event);
    return true;
}

static int compare_read_lines(struct compare_trace *trace, FILE *in, int64_t *bad_line)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t length;
    bool fine = true;

    for (int64_t n = 1; fine && (length = getline(&text, &room, in)) >= 0; n++) {
        struct jv *line = jv_parse(text, (size_t)length, NULL);

        fine = line && compare_take_line(trace, line);
        jv_free(line);
        *bad_line = fine ? 0 : n;
    }
    free(text);
    if (!fine)
        return -EBADMSG;
    return ferror(in) ? -EIO : 0;
}

static int compare_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_order_parts(const void *left, const void *right)
{
    const struct compare_part *a = left, *b = right;
    int order = compare_order(a->number, b->number);

    if (!order)
        order = compare_order(a->part, b->part);
    return order ? order : compare_order((int64_t)a->order, (int64_t)b->order);
}

static int compare_order_events(const void *left, const void *right)
{
    const struct compare_event *a = left, *b = right;
    int order = compare_order(a->delivery, b->delivery);

    return order ? order : compare_order((int64_t)a->order, (int64_t)b->order);
}

static int compare_order_refusals(const void *left, const void *right)
{
    const struct compare_refusal *a = left, *b = right;
    int order = compare_order(a->number, b->number);

    return order ? order : compare_order(a->code, b->code);
}

/* A report is about the first part with its modem and reference that has no end yet: references
 * come round again. One that comes for the second time changes nothing. */
static void compare_fold_report(struct compare_trace *trace, const struct compare_report *report)
{
    struct compare_part *open = NULL;
    bool known = false;
    size_t from, to;

    compare_trace_find(trace, report->number, &from, &to);
    for (size_t i = from; i < to && !open; i++) {
        struct compare_part *part = &trace->parts[i];

        if (part->modem != report->modem || part->reference != report->reference)
            continue;
        known = true;
        open = part->fate == FATE_OPEN ? part : NULL;
    }
    trace->strays += !known;
    if (open && report->status < COMPARE_STATUS_TRYING)
        open->fate = FATE_DELIVERED;
    else if (open && report->status >= COMPARE_STATUS_FAILED)
        open->fate = FATE_FAILED;
}

static void compare_fold_reports(struct compare_trace *trace)
{
    for (size_t i = 0; i < trace->n_reports; i++)
        compare_fold_report(trace, &trace->reports[i]);
    free(trace->reports);
    trace->reports = NULL;
}

static void compare_add_view(struct compare_trace *trace, int64_t from_ms, int64_t until_ms)
{
    struct compare_showing *showing = &trace->showings[trace->n_showings - 1];

    if (until_ms <= from_ms)
        return;
    trace->views[trace->n_views++] = (struct compare_view){from_ms, until_ms};
    showing->n++;
    showing->shown_ms += until_ms - from_ms;
}

/* The times between shown and hidden. What is never hidden was up until the log's end. */
static void compare_fold_showings(struct compare_trace *trace)
{
    int64_t since = COMPARE_NONE;

    trace->showings = mem_array(trace->n_events + 1, struct compare_showing);
    trace->views = mem_array(trace->n_events + 1, struct compare_view);
    for (size_t i = 0; i < trace->n_events; i++) {
        const struct compare_event *event = &trace->events[i];
        bool last = i + 1 == trace->n_events || event[1].delivery != event->delivery;

        if (i == 0 || event[-1].delivery != event->delivery) {
            trace->showings[trace->n_showings++] =
                (struct compare_showing){.delivery = event->delivery, .first = trace->n_views};
            since = COMPARE_NONE;
        }
        if (event->shown && since == COMPARE_NONE)
            since = event->t_ms;
        if (since != COMPARE_NONE && (!event->shown || last)) {
            compare_add_view(trace, since, event->shown ? trace->last_ms : event->t_ms);
            since = COMPARE_NONE;
        }
    }
}

int compare_trace_read(struct compare_trace *trace, const char *path, int64_t *bad_line)
{
    FILE *in = fopen(path, "re");
    int rc;

    *trace = (struct compare_trace){0};
    *bad_line = 0;
    if (!in)
        return -errno;
    rc = compare_read_lines(trace, in, bad_line);
    fclose(in);
    if (rc) {
        compare_trace_release(trace);
        return rc;
    }
    if (trace->n_parts)
        qsort(trace->parts, trace->n_parts, sizeof *trace->parts, compare_order_parts);
    if (trace->n_events)
        qsort(trace->events, trace->n_events, sizeof *trace->events, compare_order_events);
    if (trace->n_refusals)
        qsort(trace->refusals, trace->n_refusals, sizeof *trace->refusals, compare_order_refusals);
    compare_fold_showings(trace);
    compare_fold_reports(trace);
    return 0;
}

void compare_trace_release(struct compare_trace *trace)
{
    free(trace->parts);
    free(trace->showings);
    free(trace->views);
    free(trace->events);
    free(trace->reports);
    free(trace->refusals);
    *trace = (struct compare_trace){0};
}

void compare_trace_find(const struct compare_trace *trace, int64_t number, size_t *from, size_t *to)
{
    size_t low = 0, high = trace->n_parts;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (trace->parts[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    for (*from = *to = low; *to < trace->n_parts && trace->parts[*to].number == number;)
        ++*to;
}

bool compare_trace_refused(const struct compare_trace *trace, int64_t number, int64_t code)
{
    const struct compare_refusal wanted = {number, code};

    return trace->n_refusals && bsearch(&wanted, trace->refusals, trace->n_refusals,
                                        sizeof *trace->refusals, compare_order_refusals);
}

struct compare_showing *compare_trace_showing(const struct compare_trace *trace, int64_t delivery)
{
    size_t low = 0, high = trace->n_showings;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (trace->showings[middle].delivery < delivery)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == trace->n_showings || trace->showings[low].delivery != delivery)
        return NULL;
    return &trace->showings[low];
}

const struct compare_showing *compare_trace_nameless(const struct compare_trace *trace,
                                                     const char *board, const char *text)
{
    return compare_trace_showing(trace, compare_mark(board, text));
}
