/* line: the language of the loop and its modem agents. See line.h.
 * Runs: any (pure). */
#include "adapters/modem/line.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

#include "adapters/modem/cms.h"

#define LINE_NUMBER_MAX 999999999999999999 /* 18 digits: no number of a phone is longer */

static const char *const line_results[OUTCOME_KINDS] = {
    [OUTCOME_SENT] = "sent",       [OUTCOME_REJECTED] = "rejected", [OUTCOME_DEFERRED] = "deferred",
    [OUTCOME_UNKNOWN] = "unknown", [OUTCOME_RETURNED] = "returned",
};

static void line_add_sentence(struct buffer *out, const char *text)
{
    if (!*text)
        text = "-";
    for (; *text; text++)
        buffer_add_char(out, *text >= ' ' && *text <= '~' ? *text : ' ');
    buffer_add_char(out, '\n');
}

void line_add_send(struct buffer *out, const struct line_send *send)
{
    LOG_ASSERT(send->length <= LINE_TEXT_MAX);
    buffer_printf(out, "send %" PRIu64 " %" PRId64 " %d %" PRId64 " ", send->id, send->number,
                  send->want_report, send->valid_s);
    hex_encode(out, send->text, send->length);
    buffer_add_char(out, '\n');
}

void line_add_ready(struct buffer *out, const char *imei, const char *imsi)
{
    buffer_printf(out, "ready %s %s\n", *imei ? imei : "-", *imsi ? imsi : "-");
}

static void line_add_references(struct buffer *out, const struct outcome *outcome)
{
    for (int i = 0; i < outcome->n_references; i++)
        buffer_printf(out, "%s%d", i ? "," : "", outcome->references[i]);
}

void line_add_result(struct buffer *out, uint64_t id, const struct outcome *outcome)
{
    buffer_printf(out, "%s %" PRIu64 " ", line_results[outcome->kind], id);
    if (outcome->kind == OUTCOME_SENT) {
        line_add_references(out, outcome);
        buffer_add_char(out, '\n');
        return;
    }
    buffer_printf(out, "%d ", outcome->code);
    if (outcome->kind == OUTCOME_UNKNOWN) {
        line_add_references(out, outcome);
        buffer_add_text(out, outcome->n_references ? " " : "- ");
    }
    if (outcome->kind == OUTCOME_DEFERRED)
        buffer_printf(out, "%" PRId64 " ", outcome->wait_ms);
    line_add_sentence(out, outcome->detail);
}

void line_add_report(struct buffer *out, const struct status_report *report)
{
    buffer_printf(out, "report %" PRId64 " %d %d %" PRId64 "\n", report->address, report->reference,
                  report->status, report->sent_ms);
}

void line_add_doubt(struct buffer *out, const char *what)
{
    buffer_add_text(out, "doubt ");
    line_add_sentence(out, what);
}

void line_add_down(struct buffer *out, const char *why)
{
    buffer_add_text(out, "down ");
    line_add_sentence(out, why);
}

/* What is left of a line. */
struct line_rest {
    const char *at, *end;
};

/* Steps over word, which must be followed by a space. */
static bool line_has_word(struct line_rest *rest, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(rest->end - rest->at) <= length || memcmp(rest->at, word, length) != 0 ||
        rest->at[length] != ' ')
        return false;
    rest->at += length + 1;
    return true;
}

/* A decimal number min..most up to the character after, which is stepped over; after 0: up to the
 * end of the line. */
static int line_number(struct line_rest *rest, char after, int64_t min, int64_t most,
                       int64_t *number)
{
    bool negative = rest->at < rest->end && *rest->at == '-' && min < 0;
    const char *from = rest->at += negative;
    int64_t value = 0;

    for (; rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9'; rest->at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *rest->at - '0', &value))
            return 1;
    if (rest->at == from || (*from == '0' && rest->at - from > 1))
        return 1;
    if (after == 0 ? rest->at != rest->end : rest->at == rest->end || *rest->at != after)
        return 1;
    rest->at += after != 0;
    *number = negative ? -value : value;
    return *number < min || *number > most;
}

/* Same, for numbers of at most INT_MAX. */
static int line_int(struct line_rest *rest, char after, int min, int most, int *number)
{
    int64_t wide = 0;
    int rc = line_number(rest, after, min, most, &wide);

    *number = (int)wide;
    return rc;
}

static int line_id(struct line_rest *rest, uint64_t *id)
{
    int64_t number = 0;
    int rc = line_number(rest, ' ', 0, INT64_MAX, &number);

    *id = (uint64_t)number;
    return rc;
}

/* The rest of the line, printable, not empty, as a string. */
static int line_sentence(struct line_rest *rest, char *text, size_t size)
{
    size_t length = (size_t)(rest->end - rest->at);

    if (length == 0 || length >= size)
        return 1;
    for (size_t i = 0; i < length; i++)
        if (rest->at[i] < ' ' || rest->at[i] > '~')
            return 1;
    memcpy(text, rest->at, length);
    text[length] = '\0';
    return 0;
}

static int line_parse_send(struct line_rest *rest, struct line *line)
{
    struct line_send *send = &line->send;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    int report = 0;

    if (line_id(rest, &send->id) || line_number(rest, ' ', 1, LINE_NUMBER_MAX, &send->number) ||
        line_int(rest, ' ', 0, 1, &report) || line_number(rest, ' ', 0, INT32_MAX, &send->valid_s))
        return 1;
    send->want_report = report;
    if (hex_decode(&text, rest->at, (size_t)(rest->end - rest->at)) || text.length == 0 ||
        text.length > LINE_TEXT_MAX || !utf8_is_valid(buffer_text(&text), text.length))
        return 1;
    memcpy(line->text, buffer_text(&text), text.length + 1);
    send->text = line->text;
    send->length = text.length;
    return 0;
}

/* A word of letters and digits, "-" for none. */
static int line_identity(struct line_rest *rest, char after, char *text, size_t size)
{
    size_t length = 0;

    while (rest->at + length < rest->end && rest->at[length] != after) {
        char c = rest->at[length++];

        if (length >= size || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-'))
            return 1;
    }
    if (length == 0 || (after && rest->at + length == rest->end))
        return 1;
    memcpy(text, rest->at, length);
    text[length] = '\0';
    if (strcmp(text, "-") == 0)
        text[0] = '\0';
    rest->at += length + (after != 0);
    return 0;
}

/* References up to the character after, as in line_number. */
static int line_parse_references(struct line_rest *rest, char after, struct outcome *outcome)
{
    const char *space = after ? memchr(rest->at, after, (size_t)(rest->end - rest->at)) : rest->end;

    for (;;) {
        bool more = space && memchr(rest->at, ',', (size_t)(space - rest->at)) != NULL;

        if (outcome->n_references == OUTCOME_PARTS_MAX ||
            line_int(rest, more ? ',' : after, -1, 255,
                     &outcome->references[outcome->n_references]))
            return 1;
        outcome->n_references++;
        if (!more)
            return 0;
    }
}

static int line_parse_result(struct line_rest *rest, struct line *line)
{
    struct outcome *outcome = &line->outcome;

    if (line_id(rest, &line->id))
        return 1;
    if (outcome->kind == OUTCOME_SENT)
        return line_parse_references(rest, 0, outcome);
    if (line_int(rest, ' ', 0, 65535, &outcome->code))
        return 1;
    if (outcome->kind == OUTCOME_UNKNOWN && !line_has_word(rest, "-") &&
        line_parse_references(rest, ' ', outcome))
        return 1;
    if (outcome->kind == OUTCOME_DEFERRED &&
        line_number(rest, ' ', 0, INT32_MAX, &outcome->wait_ms))
        return 1;
    return line_sentence(rest, outcome->detail, sizeof outcome->detail);
}

static int line_parse_report(struct line_rest *rest, struct status_report *report)
{
    if (line_number(rest, ' ', 1, LINE_NUMBER_MAX, &report->address) ||
        line_int(rest, ' ', 0, 255, &report->reference) ||
        line_int(rest, ' ', 0, 255, &report->status) ||
        line_number(rest, 0, 0, INT64_MAX, &report->sent_ms))
        return 1;
    report->kind = cms_report_kind(report->status);
    return 0;
}

int line_parse(const char *text, size_t length, struct line *line)
{
    struct line_rest rest = {text, text + length};

    memset(line, 0, offsetof(struct line, text));
    for (int kind = 0; kind < OUTCOME_KINDS; kind++) {
        if (line_has_word(&rest, line_results[kind])) {
            line->kind = LINE_RESULT;
            line->outcome.kind = (enum outcome_kind)kind;
            return line_parse_result(&rest, line);
        }
    }
    if (line_has_word(&rest, "send")) {
        line->kind = LINE_SEND;
        return line_parse_send(&rest, line);
    }
    if (line_has_word(&rest, "report")) {
        line->kind = LINE_REPORT;
        return line_parse_report(&rest, &line->report);
    }
    if (line_has_word(&rest, "ready")) {
        line->kind = LINE_READY;
        return line_identity(&rest, ' ', line->imei, sizeof line->imei) ||
               line_identity(&rest, 0, line->imsi, sizeof line->imsi);
    }
    if (line_has_word(&rest, "doubt")) {
        line->kind = LINE_DOUBT;
        return line_sentence(&rest, line->why, sizeof line->why);
    }
    if (line_has_word(&rest, "down")) {
        line->kind = LINE_DOWN;
        return line_sentence(&rest, line->why, sizeof line->why);
    }
    return 1;
}

enum line_take line_take(struct buffer *in, struct line *line)
{
    const char *text = buffer_text(in);
    const char *end = in->length ? memchr(text, '\n', in->length) : NULL;
    int rc;

    if (!end)
        return in->length > LINE_LENGTH_MAX ? LINE_NONSENSE : LINE_NONE;
    if (end - text > LINE_LENGTH_MAX)
        return LINE_NONSENSE;
    rc = line_parse(text, (size_t)(end - text), line);
    buffer_consume(in, (size_t)(end - text) + 1);
    return rc ? LINE_NONSENSE : LINE_TAKEN;
}
