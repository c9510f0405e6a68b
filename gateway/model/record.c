/* record: one leaf of the log as a line. See record.h.
 * Runs: any (pure). */
#include "gateway/model/record.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/log.h"

#define RECORD_FIELDS 20 /* more than any record has */
#define RECORD_DIGITS 20 /* of an int64, with its sign */

static const char *const record_facts[FACTS] = {
    [FACT_LOG] = "log",           [FACT_KEY] = "key",           [FACT_UNIT] = "unit",
    [FACT_CAMPAIGN] = "campaign", [FACT_ORDER] = "order",       [FACT_BOARD] = "board",
    [FACT_DEVICE] = "device",     [FACT_SIM] = "sim",           [FACT_PLANNED] = "planned",
    [FACT_REFUSAL] = "refusal",   [FACT_RELEASE] = "release",   [FACT_STRAY] = "stray",
    [FACT_CONTACT] = "contact",   [FACT_ACTIVITY] = "activity", [FACT_PHOTO] = "photo",
    [FACT_ERASED] = "erased",     [FACT_CLOCK] = "clock",       [FACT_RESTORED] = "restored",
    [FACT_UPGRADED] = "upgraded", [FACT_SEAL] = "seal",         [FACT_DEADLINE] = "deadline",
    [FACT_OPENED] = "opened",     [FACT_STEERED] = "steered",   [FACT_APPROVED] = "approved",
    [FACT_EDITED] = "edited",     [FACT_RULES] = "rules",
};

const char *record_fact_name(enum record_fact fact)
{
    return (unsigned)fact < FACTS ? record_facts[fact] : NULL;
}

enum record_fact record_fact_find(const char *name, size_t length)
{
    for (int i = 1; i < FACTS; i++)
        if (strlen(record_facts[i]) == length && memcmp(record_facts[i], name, length) == 0)
            return (enum record_fact)i;
    return (enum record_fact)0;
}

/* ---- tags ---- */

/* What is hashed is told apart by its beginning: a text that looks like a number is none. */
static void record_tag(const struct record_key *key, const struct digest_piece data[static 2],
                       struct record_tag *tag, struct record_tag *salt)
{
    struct record_tag own;
    struct digest_piece salted[3] = {{own.bytes, sizeof own.bytes}, data[0], data[1]};

    digest_hmac_sha256(key->bytes, data, 2, own.bytes);
    digest_sha256(salted, 3, tag->bytes);
    if (salt)
        *salt = own;
}

static bool record_opens(const struct record_tag *tag, const struct record_tag *salt,
                         const struct digest_piece data[static 2])
{
    const struct digest_piece salted[] = {{salt->bytes, sizeof salt->bytes}, data[0], data[1]};
    struct record_tag made;

    digest_sha256(salted, 3, made.bytes);
    return memcmp(made.bytes, tag->bytes, sizeof made.bytes) == 0;
}

/* Two digits for each division. */
static size_t record_digits(int64_t number, char *to)
{
    static const char pairs[] = "0001020304050607080910111213141516171819"
                                "2021222324252627282930313233343536373839"
                                "4041424344454647484950515253545556575859"
                                "6061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char digits[RECORD_DIGITS];
    size_t from = sizeof digits, sign = number < 0;

    for (; rest >= 100; rest /= 100)
        memcpy(&digits[from -= 2], &pairs[rest % 100 * 2], 2);
    digits[--from] = pairs[rest * 2 + 1];
    if (rest >= 10)
        digits[--from] = pairs[rest * 2];
    if (sign)
        to[0] = '-';
    memcpy(to + sign, &digits[from], sizeof digits - from);
    return sizeof digits - from + sign;
}

#define RECORD_DATA_NUMBER(text, n)                                                                \
    (const struct digest_piece[])                                                                  \
    {                                                                                              \
        {"number:", 7},                                                                            \
        {                                                                                          \
            (text), (n)                                                                            \
        }                                                                                          \
    }
#define RECORD_DATA_TEXT(text)                                                                     \
    (const struct digest_piece[])                                                                  \
    {                                                                                              \
        {"text:", 5},                                                                              \
        {                                                                                          \
            (text), strlen(text)                                                                   \
        }                                                                                          \
    }

void record_tag_number(const struct record_key *key, int64_t number, struct record_tag *tag,
                       struct record_tag *salt)
{
    char digits[RECORD_DIGITS];
    size_t n = record_digits(number, digits);

    record_tag(key, RECORD_DATA_NUMBER(digits, n), tag, salt);
}

void record_tag_text(const struct record_key *key, const char *text, struct record_tag *tag,
                     struct record_tag *salt)
{
    record_tag(key, RECORD_DATA_TEXT(text), tag, salt);
}

bool record_opens_number(const struct record_tag *tag, const struct record_tag *salt,
                         int64_t number)
{
    char digits[RECORD_DIGITS];
    size_t n = record_digits(number, digits);

    return record_opens(tag, salt, RECORD_DATA_NUMBER(digits, n));
}

bool record_opens_text(const struct record_tag *tag, const struct record_tag *salt,
                       const char *text)
{
    return record_opens(tag, salt, RECORD_DATA_TEXT(text));
}

static void record_hex(const unsigned char *bytes, char *to)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < RECORD_TAG; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
}

void record_tag_hex(const struct record_tag *tag, char text[static RECORD_TAG_TEXT])
{
    record_hex(tag->bytes, text);
    text[RECORD_TAG_TEXT - 1] = '\0';
}

static int record_nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int record_tag_parse(const char *text, size_t length, struct record_tag *tag)
{
    if (length != 2 * RECORD_TAG)
        return 1;
    for (size_t i = 0; i < RECORD_TAG; i++) {
        int high = record_nibble(text[2 * i]), low = record_nibble(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return 1;
        tag->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

/* ---- writing ---- */

/* The numbers and tags of one record; texts come after. */
struct record_pen {
    char text[RECORD_FIELDS * (RECORD_DIGITS + 1) + 3 * (2 * RECORD_TAG + 1)];
    size_t n;
};

static void record_put(struct record_pen *pen, int64_t number)
{
    pen->text[pen->n++] = '\t';
    if (number == RECORD_NONE)
        pen->text[pen->n++] = '-';
    else if (number >= 0 && number <= 9) /* most are */
        pen->text[pen->n++] = (char)('0' + number);
    else
        pen->n += record_digits(number, pen->text + pen->n);
}

static void record_put_tag(struct record_pen *pen, const struct record_tag *tag)
{
    pen->text[pen->n++] = '\t';
    record_hex(tag->bytes, pen->text + pen->n);
    pen->n += 2 * RECORD_TAG;
}

static void record_put_who(struct record_pen *pen, bool is_board, int64_t board,
                           const struct record_tag *number)
{
    if (is_board)
        record_put(pen, board);
    else
        record_put_tag(pen, number);
}

/* A text that ends the record, or comes near its end. */
static void record_put_text(struct buffer *line, const char *text)
{
    buffer_add_char(line, '\t');
    if (!text || !*text) {
        buffer_add_char(line, '-');
        return;
    }
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        buffer_add_char(line, *p < 0x20 || *p == 0x7f ? ' ' : (char)*p);
}

static void record_write_entry(const struct record_entry *entry, struct record_pen *pen)
{
    record_put(pen, entry->delivery);
    record_put(pen, entry->campaign);
    record_put(pen, entry->unit);
    record_put(pen, entry->channel);
    record_put(pen, entry->route);
    record_put_who(pen, entry->channel != 1, entry->board, &entry->number);
    record_put(pen, entry->slot);
    record_put(pen, entry->parts);
    record_put(pen, entry->alphabet);
    record_put(pen, entry->from_ms);
    record_put(pen, entry->until_ms);
    record_put(pen, entry->need);
    record_put_tag(pen, &entry->text);
    record_put(pen, entry->cause);
}

static void record_write_change(const struct record_change *change, struct record_pen *pen)
{
    record_put(pen, change->delivery);
    record_put(pen, change->campaign);
    record_put(pen, change->unit);
    record_put_who(pen, change->is_board, change->board, &change->number);
    record_put(pen, change->from);
    record_put(pen, change->to);
    record_put(pen, change->cause);
    record_put(pen, change->device);
    record_put(pen, change->sim);
    record_put(pen, change->code);
    record_put(pen, change->level);
    record_put(pen, change->shown_ms);
}

static void record_write_proof(const struct record_proof *proof, struct buffer *line)
{
    if (!proof->there) {
        buffer_add_text(line, "\t-");
        return;
    }
    buffer_printf(line, "\t%lld:%lld:%lld:%lld:%s:%s", (long long)proof->from_ms,
                  (long long)proof->until_ms, (long long)proof->counted_ms, (long long)proof->level,
                  proof->digest, proof->file);
}

void record_write(const struct record *record, struct buffer *line)
{
    __attribute__((uninitialized)) struct record_pen pen; /* big, and written before it is read */

    buffer_clear(line);
    pen.n = 1;
    pen.text[0] = "ECF"[record->kind];
    record_put(&pen, record->at_ms);
    switch (record->kind) {
    case RECORD_ENTRY:
        record_write_entry(&record->entry, &pen);
        buffer_add(line, pen.text, pen.n);
        return;
    case RECORD_CHANGE:
        record_write_change(&record->change, &pen);
        buffer_add(line, pen.text, pen.n);
        record_write_proof(&record->change.proof, line);
        record_put_text(line, record->change.detail);
        return;
    case RECORD_FACT:
        buffer_add(line, pen.text, pen.n);
        record_put_text(line, record_fact_name(record->fact.fact));
        record_put_text(line, record->fact.text);
        return;
    }
    log_panic("no record has the kind %d", (int)record->kind);
}

/* ---- reading ---- */

struct record_field {
    char *text; /* ended by a NUL in the copy */
    size_t length;
};

struct record_eye {
    struct record_field fields[RECORD_FIELDS];
    size_t n, at;
    bool wrong;
};

static struct record_field record_next(struct record_eye *eye)
{
    if (eye->at < eye->n)
        return eye->fields[eye->at++];
    eye->wrong = true;
    return (struct record_field){"", 0};
}

/* Only as record_digits writes it. */
static bool record_is_number(const char *text, size_t length, int64_t *out)
{
    size_t at = text[0] == '-';
    uint64_t value = 0, most = (uint64_t)INT64_MAX;

    if (length == at || (text[at] == '0' && length > 1))
        return false;
    for (; at < length; at++) {
        if (text[at] < '0' || text[at] > '9' || __builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text[at] - '0'), &value) || value > most)
            return false;
    }
    *out = text[0] == '-' ? -(int64_t)value : (int64_t)value;
    return true;
}

static int64_t record_number(struct record_eye *eye)
{
    struct record_field field = record_next(eye);
    int64_t number = 0;

    if (!record_is_number(field.text, field.length, &number))
        eye->wrong = true;
    return number;
}

static int64_t record_maybe(struct record_eye *eye)
{
    if (eye->at < eye->n && strcmp(eye->fields[eye->at].text, "-") == 0) {
        eye->at++;
        return RECORD_NONE;
    }
    return record_number(eye);
}

static void record_read_tag(struct record_eye *eye, struct record_tag *tag)
{
    struct record_field field = record_next(eye);

    if (record_tag_parse(field.text, field.length, tag))
        eye->wrong = true;
}

static const char *record_text(struct record_eye *eye)
{
    struct record_field field = record_next(eye);

    if (!field.length)
        eye->wrong = true;
    return strcmp(field.text, "-") == 0 ? "" : field.text;
}

static void record_read_entry(struct record_eye *eye, struct record_entry *entry)
{
    entry->delivery = record_number(eye);
    entry->campaign = record_number(eye);
    entry->unit = record_number(eye);
    entry->channel = record_number(eye);
    entry->route = record_number(eye);
    if (entry->channel == 1)
        record_read_tag(eye, &entry->number);
    else
        entry->board = record_number(eye);
    entry->slot = record_number(eye);
    entry->parts = record_number(eye);
    entry->alphabet = record_number(eye);
    entry->from_ms = record_number(eye);
    entry->until_ms = record_number(eye);
    entry->need = record_number(eye);
    record_read_tag(eye, &entry->text);
    entry->cause = record_number(eye);
}

/* Hexadecimal digits, letters and a dot: names of files and digests. */
static bool record_is_word(const char *text)
{
    return strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz.") == strlen(text);
}

static void record_read_proof(struct record_eye *eye, struct record_proof *proof)
{
    int64_t *const numbers[] = {&proof->from_ms, &proof->until_ms, &proof->counted_ms,
                                &proof->level};
    struct record_field field = record_next(eye);
    char *at = field.text, *colon;

    if (strcmp(at, "-") == 0)
        return;
    proof->there = true;
    for (size_t i = 0; i < 4; i++, at = colon + 1) {
        colon = strchr(at, ':');
        if (!colon || !record_is_number(at, (size_t)(colon - at), numbers[i])) {
            eye->wrong = true;
            return;
        }
    }
    colon = strchr(at, ':');
    if (!colon || !record_is_word(colon + 1)) {
        eye->wrong = true;
        return;
    }
    *colon = '\0';
    if (!record_is_word(at))
        eye->wrong = true;
    proof->digest = at;
    proof->file = colon + 1;
}

static void record_read_change(struct record_eye *eye, struct record_change *change)
{
    change->delivery = record_number(eye);
    change->campaign = record_number(eye);
    change->unit = record_number(eye);
    change->is_board = eye->at < eye->n && eye->fields[eye->at].length < 2 * RECORD_TAG;
    if (change->is_board)
        change->board = record_number(eye);
    else
        record_read_tag(eye, &change->number);
    change->from = record_number(eye);
    change->to = record_number(eye);
    change->cause = record_number(eye);
    change->device = record_maybe(eye);
    change->sim = record_maybe(eye);
    change->code = record_maybe(eye);
    change->level = record_maybe(eye);
    change->shown_ms = record_maybe(eye);
    record_read_proof(eye, &change->proof);
    change->detail = record_text(eye);
}

/* False: more than any record has, or control characters. */
static bool record_split(char *text, size_t length, struct record_eye *eye)
{
    char *start = text;

    for (size_t i = 0; i <= length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (i < length && c != '\t') {
            if (c < 0x20 || c == 0x7f)
                return false;
            continue;
        }
        if (eye->n == RECORD_FIELDS)
            return false;
        text[i] = '\0';
        eye->fields[eye->n++] = (struct record_field){start, (size_t)(text + i - start)};
        start = text + i + 1;
    }
    return true;
}

int record_read(const char *line, size_t length, struct buffer *room, struct record *out)
{
    struct record_eye eye = {0};
    struct record_field kind;

    if (length == 0 || length > RECORD_MOST)
        return 1;
    buffer_clear(room);
    buffer_add(room, line, length);
    if (!record_split(room->data, length, &eye))
        return 1;
    *out = (struct record){0};
    kind = record_next(&eye);
    out->at_ms = record_number(&eye);
    if (strcmp(kind.text, "E") == 0) {
        out->kind = RECORD_ENTRY;
        record_read_entry(&eye, &out->entry);
    } else if (strcmp(kind.text, "C") == 0) {
        out->kind = RECORD_CHANGE;
        record_read_change(&eye, &out->change);
    } else if (strcmp(kind.text, "F") == 0) {
        struct record_field name = record_next(&eye);

        out->kind = RECORD_FACT;
        out->fact.fact = record_fact_find(name.text, name.length);
        out->fact.text = record_text(&eye);
        if (!out->fact.fact)
            return 1;
    } else {
        return 1;
    }
    return eye.wrong || eye.at != eye.n;
}
