/* compare_trace: the simulator's log, sorted so that the books can be held against it.
 * Runs: any.
 *
 * Texts aren't kept: a part is remembered by its length and fingerprint, so that a million messages
 * need 48 bytes each, and 16 for each report while reading. */
#ifndef LAWCAST_REPORT_COMPARE_TRACE_H
#define LAWCAST_REPORT_COMPARE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the network last said of a part (TP-Status, 3GPP TS 23.040 9.2.3.15). */
enum compare_fate { FATE_OPEN, FATE_DELIVERED, FATE_FAILED };

/* One accepted SMS, sorted by number, part, and order in the log. */
struct compare_part {
    int64_t number;
    int32_t part, parts;
    int32_t modem;
    uint8_t reference, fate;
    bool claimed; /* the number was found in the books; on the first part of a number */
    size_t order, length;
    uint64_t fingerprint;
};

/* One status report; while reading. */
struct compare_report {
    int64_t number;
    int32_t modem;
    uint8_t reference, status;
};

/* One refusal of the network, sorted by number and code. */
struct compare_refusal {
    int64_t number, code;
};

/* A time in which a board showed a slogan. */
struct compare_view {
    int64_t from_ms, until_ms;
};

/* One showing, sorted by delivery: it may be up several times (the board lost it, or it made room
 * for others). Of a board that knows no names all views of a text make one, and delivery is then
 * the negative mark of board and text. */
struct compare_showing {
    int64_t delivery, shown_ms;
    size_t first, n; /* its views, in the order of time */
    bool claimed;
};

struct compare_event {
    int64_t delivery, t_ms;
    size_t order;
    bool shown;
};

struct compare_trace {
    struct compare_part *parts;
    size_t n_parts, parts_room;
    struct compare_showing *showings;
    size_t n_showings;
    struct compare_view *views;
    size_t n_views;
    struct compare_event *events; /* while reading */
    size_t n_events, events_room;
    struct compare_report *reports; /* while reading */
    size_t n_reports, reports_room;
    struct compare_refusal *refusals;
    size_t n_refusals, refusals_room;
    int64_t strays; /* reports about what was never accepted */
    int64_t bad;    /* what the modems could not read */
    int64_t last_ms;
};

/* Reads the whole log; what boards show under another name than ours (model/sight.h) or that of a
 * place is left out. 0 or -errno; -EBADMSG: *bad_line is not a line of such a log. */
int compare_trace_read(struct compare_trace *trace, const char *path, int64_t *bad_line);
void compare_trace_release(struct compare_trace *trace);
/* The parts of a number: [*from, *to), empty when none was accepted. */
void compare_trace_find(const struct compare_trace *trace, int64_t number, size_t *from,
                        size_t *to);
/* Was the number refused with this code? */
bool compare_trace_refused(const struct compare_trace *trace, int64_t number, int64_t code);
/* The showing of a delivery, or NULL. */
struct compare_showing *compare_trace_showing(const struct compare_trace *trace, int64_t delivery);
/* What the board showed of this text in places without a name of ours, or NULL. */
const struct compare_showing *compare_trace_nameless(const struct compare_trace *trace,
                                                     const char *board, const char *text);

#endif
