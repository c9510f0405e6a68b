/* line: the language of the loop and its modem agents. See line.h.
 * Runs: any (pure). */
#include "adapters/modem/line.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

#include "adapters/modem/cms.h"
#include "adapters/modem/deliver.h"

#define LINE_NUMBER_MAX 999999999999999999 /* 18 digits: no number of a phone is longer */
#define LINE_PIN_MIN    4
#define LINE_DBM_MIN    (-113) /* modem_health */
#define LINE_DBM_MAX    (-51)

static const char line_digits[] = "0123456789";
static const char line_dialled[] = "+0123456789";
static const char line_capitals[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";

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

void line_add_pin(struct buffer *out, const char *pin)
{
    buffer_printf(out, "pin %s\n", pin);
}

void line_add_forget(struct buffer *out, uint32_t place)
{
    buffer_printf(out, "forget %" PRIu32 "\n", place);
}

/* Text in hexadecimal, "-" for none, and what follows it. */
static void line_add_hex(struct buffer *out, const char *text, char after)
{
    if (*text)
        hex_encode(out, text, strlen(text));
    else
        buffer_add_char(out, '-');
    buffer_add_char(out, after);
}

void line_add_health(struct buffer *out, const struct modem_health *health)
{
    buffer_printf(out, "health %d %d %d %s %s %s ", (int)health->registration, health->signal_dbm,
                  health->cdma, *health->imei ? health->imei : "-",
                  *health->imsi ? health->imsi : "-", *health->smsc ? health->smsc : "-");
    line_add_hex(out, health->network, ' ');
    line_add_hex(out, health->model, '\n');
}

void line_add_inbound(struct buffer *out, const struct inbound *inbound)
{
    LOG_ASSERT(inbound->ticket <= UINT32_MAX);
    buffer_printf(out, "inbound %" PRIu64 " ", inbound->ticket);
    line_add_hex(out, inbound->sender, ' ');
    buffer_printf(out, "%" PRId64 " %d %d %d ", inbound->sent_ms, inbound->reference,
                  inbound->total, inbound->seq);
    line_add_hex(out, inbound->text, '\n');
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

/* A word of letters of a set up to the character after, as in line_number; "-" for none. */
static int line_word(struct line_rest *rest, const char *letters, char *text, size_t size)
{
    const char *space = memchr(rest->at, ' ', (size_t)(rest->end - rest->at));
    size_t length = space ? (size_t)(space - rest->at) : 0;

    if (length == 0 || length >= size)
        return 1;
    memcpy(text, rest->at, length);
    text[length] = '\0';
    rest->at = space + 1;
    if (strcmp(text, "-") == 0)
        text[0] = '\0';
    return strspn(text, letters) != strlen(text);
}

/* Text that line_add_hex wrote, up to the character after. */
static int line_hex(struct line_rest *rest, char after, char *text, size_t size)
{
    size_t left = (size_t)(rest->end - rest->at);
    const char *end = after ? memchr(rest->at, after, left) : rest->end;
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    bool none = end && end - rest->at == 1 && *rest->at == '-';

    if (!end || end == rest->at ||
        (!none && hex_decode(&bytes, rest->at, (size_t)(end - rest->at))))
        return 1;
    if (bytes.length >= size || strlen(buffer_text(&bytes)) != bytes.length ||
        !utf8_is_valid(buffer_text(&bytes), bytes.length))
        return 1;
    memcpy(text, buffer_text(&bytes), bytes.length + 1);
    rest->at = end + (after != 0);
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
    if (line_int(rest, ' ', -1, 65535, &outcome->code))
        return 1;
    if (outcome->kind == OUTCOME_UNKNOWN && !line_has_word(rest, "-") &&
        line_parse_references(rest, ' ', outcome))
        return 1;
    if (outcome->kind == OUTCOME_DEFERRED &&
        line_number(rest, ' ', 0, INT32_MAX, &outcome->wait_ms))
        return 1;
    return line_sentence(rest, outcome->detail, sizeof outcome->detail);
}

static int line_parse_report(struct line_rest *rest, struct line *line)
{
    struct status_report *report = &line->report;

    if (line_number(rest, ' ', 0, LINE_NUMBER_MAX, &report->address) ||
        line_int(rest, ' ', 0, 255, &report->reference) ||
        line_int(rest, ' ', 0, 255, &report->status) ||
        line_number(rest, 0, 0, INT64_MAX, &report->sent_ms))
        return 1;
    report->kind = cms_report_kind(report->status);
    return 0;
}

static int line_parse_pin(struct line_rest *rest, struct line *line)
{
    size_t length = (size_t)(rest->end - rest->at);

    if (length < LINE_PIN_MIN || length >= sizeof line->pin)
        return 1;
    memcpy(line->pin, rest->at, length);
    line->pin[length] = '\0';
    return strspn(line->pin, line_digits) != length;
}

static int line_parse_forget(struct line_rest *rest, struct line *line)
{
    int64_t place = 0;
    int rc = line_number(rest, 0, 0, UINT32_MAX, &place);

    line->place = (uint32_t)place;
    return rc;
}

static int line_parse_health(struct line_rest *rest, struct line *line)
{
    struct modem_health *health = &line->health;
    int registration = 0, cdma = 0;

    if (line_int(rest, ' ', 0, REGISTRATIONS - 1, &registration) ||
        line_int(rest, ' ', LINE_DBM_MIN, 0, &health->signal_dbm) ||
        (health->signal_dbm > LINE_DBM_MAX && health->signal_dbm != 0) ||
        line_int(rest, ' ', 0, 1, &cdma) ||
        line_word(rest, line_capitals, health->imei, sizeof health->imei) ||
        line_word(rest, line_digits, health->imsi, sizeof health->imsi) ||
        line_word(rest, line_dialled, health->smsc, sizeof health->smsc))
        return 1;
    health->registration = (enum registration)registration;
    health->cdma = cdma;
    return line_hex(rest, ' ', health->network, sizeof health->network) ||
           line_hex(rest, 0, health->model, sizeof health->model);
}

static int line_parse_inbound(struct line_rest *rest, struct line *line)
{
    struct inbound *inbound = &line->inbound;
    int64_t place = 0;

    if (line_number(rest, ' ', 0, UINT32_MAX, &place) ||
        line_hex(rest, ' ', inbound->sender, sizeof inbound->sender) ||
        line_number(rest, ' ', 0, INT64_MAX, &inbound->sent_ms) ||
        line_int(rest, ' ', -1, 65535, &inbound->reference) ||
        line_int(rest, ' ', 1, INBOUND_PARTS_MAX, &inbound->total) ||
        line_int(rest, ' ', 1, inbound->total, &inbound->seq) ||
        line_hex(rest, 0, inbound->text, sizeof inbound->text))
        return 1;
    inbound->ticket = (uint64_t)place;
    inbound->address = deliver_address(inbound->sender);
    return 0;
}

static int line_parse_why(struct line_rest *rest, struct line *line)
{
    return line_sentence(rest, line->why, sizeof line->why);
}

/* What follows the word; parse NULL: nothing. */
static const struct {
    const char *word;
    enum line_kind kind;
    enum outcome_kind outcome; /* RESULT */
    int (*parse)(struct line_rest *rest, struct line *line);
} line_words[] = {
    {"send", LINE_SEND, 0, line_parse_send},
    {"sent", LINE_RESULT, OUTCOME_SENT, line_parse_result},
    {"report", LINE_REPORT, 0, line_parse_report},
    {"deferred", LINE_RESULT, OUTCOME_DEFERRED, line_parse_result},
    {"rejected", LINE_RESULT, OUTCOME_REJECTED, line_parse_result},
    {"returned", LINE_RESULT, OUTCOME_RETURNED, line_parse_result},
    {"unknown", LINE_RESULT, OUTCOME_UNKNOWN, line_parse_result},
    {"inbound", LINE_INBOUND, 0, line_parse_inbound},
    {"forget", LINE_FORGET, 0, line_parse_forget},
    {"health", LINE_HEALTH, 0, line_parse_health},
    {"ready", LINE_READY, 0, NULL},
    {"beat", LINE_BEAT, 0, NULL},
    {"pin", LINE_PIN, 0, line_parse_pin},
    {"doubt", LINE_DOUBT, 0, line_parse_why},
    {"needpin", LINE_NEED_PIN, 0, NULL},
    {"tookpin", LINE_TOOK_PIN, 0, NULL},
    {"badpin", LINE_BAD_PIN, 0, NULL},
    {"down", LINE_DOWN, 0, line_parse_why},
    {"barred", LINE_BARRED, 0, line_parse_why},
};

enum { LINE_WORDS = sizeof line_words / sizeof *line_words };

static void line_add_kind(struct buffer *out, enum line_kind kind)
{
    for (size_t i = 0; i < LINE_WORDS; i++)
        if (line_words[i].kind == kind) {
            buffer_add_text(out, line_words[i].word);
            return;
        }
    log_panic("no word for lines of kind %d", (int)kind);
}

void line_add_word(struct buffer *out, enum line_kind kind)
{
    LOG_ASSERT(kind == LINE_READY || kind == LINE_BEAT || kind == LINE_NEED_PIN ||
               kind == LINE_TOOK_PIN || kind == LINE_BAD_PIN);
    line_add_kind(out, kind);
    buffer_add_char(out, '\n');
}

static void line_add_why(struct buffer *out, enum line_kind kind, const char *why)
{
    line_add_kind(out, kind);
    buffer_add_char(out, ' ');
    line_add_sentence(out, why);
}

void line_add_doubt(struct buffer *out, const char *what)
{
    line_add_why(out, LINE_DOUBT, what);
}

void line_add_down(struct buffer *out, const char *why)
{
    line_add_why(out, LINE_DOWN, why);
}

void line_add_barred(struct buffer *out, const char *why)
{
    line_add_why(out, LINE_BARRED, why);
}

int line_parse(const char *text, size_t length, struct line *line)
{
    struct line_rest rest = {text, text + length};

    memset(line, 0, offsetof(struct line, text));
    for (size_t i = 0; i < LINE_WORDS; i++) {
        bool alone = !line_words[i].parse && length == strlen(line_words[i].word) &&
                     memcmp(text, line_words[i].word, length) == 0;

        if (!alone && !(line_words[i].parse && line_has_word(&rest, line_words[i].word)))
            continue;
        line->kind = line_words[i].kind;
        line->outcome.kind = line_words[i].outcome;
        return alone ? 0 : line_words[i].parse(&rest, line);
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
