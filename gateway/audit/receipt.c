/* receipt: what proves what became of one message, or a refusal. See receipt.h.
 * Runs: any (pure). */
#include "gateway/audit/receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

#define RECEIPT_PROOF "c2sp.org/tlog-proof@v1\n"
#define RECEIPT_ZONE  (8 * 3600) /* China's, wherever this runs: a receipt has one text */

void receipt_free(struct receipt *receipt)
{
    buffer_free(&receipt->note);
}

static void receipt_copy(char *to, size_t room, const char *from)
{
    size_t length = strlen(from), at = 0, kept = 0;

    while (at < length && utf8_next(from, length, &at) >= 0 && at < room)
        kept = at;
    memcpy(to, from, kept);
    to[kept] = '\0';
    for (char *p = to; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
    }
}

void receipt_name(struct receipt *receipt, const char *campaign, const char *title,
                  const char *unit, const char *name)
{
    receipt_copy(receipt->campaign, sizeof receipt->campaign, campaign);
    receipt_copy(receipt->title, sizeof receipt->title, title);
    receipt_copy(receipt->unit, sizeof receipt->unit, unit);
    receipt_copy(receipt->name, sizeof receipt->name, name);
}

/* ---- what the record says ---- */

/* A fact, that is: of a refusal. */
static bool receipt_read_refusal(const char *text, struct receipt_facts *facts,
                                 struct record_tag *tag)
{
    BUFFER_FREE_LATER struct buffer refuses = BUFFER_NULL;
    struct jv *fact = jv_parse(text, strlen(text), NULL);
    const struct jv *flag = jv_at(fact, "/refuses");
    const char *who = jv_text(jv_at(fact, "/who"));
    bool read = who && record_tag_parse(who, strlen(who), tag) == 0 && flag && !jv_text(flag) &&
                jv_scalar(flag, &refuses);

    facts->about = RECEIPT_REFUSAL;
    facts->refuses = read && strcmp(buffer_text(&refuses), "true") == 0;
    read = read && (facts->refuses || strcmp(buffer_text(&refuses), "false") == 0);
    jv_free(fact);
    return read;
}

/* Of a message, that is: of nothing on a board; or of a refusal. */
static bool receipt_read_record(const char *line, struct receipt_facts *facts,
                                struct record_tag *tag)
{
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct record record;
    int64_t state = DELIVERY_PLANNED;

    memset(facts, 0, sizeof *facts);
    if (record_read(line, strlen(line), &room, &record))
        return false;
    facts->at_ms = record.at_ms;
    if (record.kind == RECORD_ENTRY && record.entry.channel == CHANNEL_SMS) {
        facts->delivery = record.entry.delivery;
        facts->campaign = record.entry.campaign;
        facts->unit = record.entry.unit;
        *tag = record.entry.number;
    } else if (record.kind == RECORD_CHANGE && !record.change.is_board) {
        facts->delivery = record.change.delivery;
        facts->campaign = record.change.campaign;
        facts->unit = record.change.unit;
        state = record.change.to;
        *tag = record.change.number;
    } else {
        return record.kind == RECORD_FACT && record.fact.fact == FACT_REFUSAL &&
               receipt_read_refusal(record.fact.text, facts, tag);
    }
    facts->state = (enum delivery_state)state;
    return state >= 0 && state < DELIVERY_STATES;
}

bool receipt_time(int64_t at_ms, char text[static RECEIPT_TIME])
{
    time_t at = (time_t)(at_ms / 1000) + RECEIPT_ZONE;
    struct tm tm;

    if (at_ms < 0 || at_ms / 1000 > INT64_C(253402300799) - RECEIPT_ZONE || !gmtime_r(&at, &tm))
        return false;
    return strftime(text, RECEIPT_TIME, "%Y-%m-%dT%H:%M:%S+08:00", &tm) > 0;
}

/* ---- writing ---- */

static void receipt_write_proof(const struct receipt *receipt, struct buffer *out)
{
    buffer_printf(out, "\n" RECEIPT_PROOF "index %" PRIu64 "\n", receipt->index);
    for (size_t i = 0; i < receipt->proof.n; i++) {
        hex_encode_base64(out, receipt->proof.hashes[i].bytes, MERKLE_HASH);
        buffer_add_char(out, '\n');
    }
    buffer_add_char(out, '\n');
    buffer_add(out, buffer_text(&receipt->note), receipt->note.length);
}

static const char *receipt_state(const struct receipt_facts *facts)
{
    if (facts->about == RECEIPT_MESSAGE)
        return delivery_state_name(facts->state);
    return facts->refuses ? "refuses" : "accepts";
}

int receipt_write(const struct receipt *receipt, struct buffer *out)
{
    char salt[RECORD_TAG_TEXT], when[RECEIPT_TIME];
    struct receipt_facts facts;
    struct record_tag tag;

    if (!receipt_read_record(receipt->record, &facts, &tag) || !receipt_time(facts.at_ms, when))
        return 1;
    record_tag_hex(&receipt->salt, salt);
    buffer_add_text(out, RECEIPT_TITLE);
    if (facts.about == RECEIPT_MESSAGE)
        buffer_printf(out, "campaign %s %s\nunit %s %s\n", receipt->campaign, receipt->title,
                      receipt->unit, receipt->name);
    buffer_printf(out, "number %" PRId64 "\nstate %s %s\nkey %s\nsalt %s\nrecord %s\n",
                  receipt->number, receipt_state(&facts), when, receipt->public, salt,
                  receipt->record);
    receipt_write_proof(receipt, out);
    return 0;
}

/* ---- reading ---- */

struct receipt_eye {
    const char *at, *end;
};

/* The next line begins with word: what follows it goes to value, as far as it is shorter than room.
 */
static bool receipt_field(struct receipt_eye *eye, const char *word, char *value, size_t room)
{
    const char *stop = memchr(eye->at, '\n', (size_t)(eye->end - eye->at));
    size_t skip = strlen(word), length;

    if (!stop || (size_t)(stop - eye->at) < skip || memcmp(eye->at, word, skip) != 0)
        return false;
    length = (size_t)(stop - eye->at) - skip;
    if (length >= room || memchr(eye->at, '\0', length + skip))
        return false;
    memcpy(value, eye->at + skip, length);
    value[length] = '\0';
    eye->at = stop + 1;
    return true;
}

/* "ID NAME" */
static bool receipt_named(struct receipt_eye *eye, const char *word, char *id, size_t id_room,
                          char *name, size_t name_room)
{
    char value[256], *blank;

    if (!receipt_field(eye, word, value, sizeof value))
        return false;
    for (const char *p = value; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return false;
    }
    blank = strchr(value, ' ');
    if (!blank || (size_t)(blank - value) >= id_room || strlen(blank + 1) >= name_room)
        return false;
    *blank = '\0';
    strcpy(id, value);
    strcpy(name, blank + 1);
    return true;
}

static bool receipt_number(const char *digits, uint64_t *out)
{
    uint64_t value = 0;

    if (!*digits)
        return false;
    for (; *digits; digits++) {
        if (*digits < '0' || *digits > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*digits - '0'), &value))
            return false;
    }
    *out = value;
    return value <= INT64_MAX;
}

/* Of a refusal there are none: what the record is of decides when it is written again. */
static bool receipt_read_names(struct receipt_eye *eye, struct receipt *out)
{
    static const char refusal[] = "number ";

    if ((size_t)(eye->end - eye->at) >= strlen(refusal) &&
        memcmp(eye->at, refusal, strlen(refusal)) == 0)
        return true;
    return receipt_named(eye, "campaign ", out->campaign, sizeof out->campaign, out->title,
                         sizeof out->title) &&
           receipt_named(eye, "unit ", out->unit, sizeof out->unit, out->name, sizeof out->name);
}

static bool receipt_read_head(struct receipt_eye *eye, struct receipt *out)
{
    char value[RECORD_TAG_TEXT], state[128];
    uint64_t number = 0;

    if (!receipt_field(eye, "lawcast receipt v1", value, sizeof value) ||
        !receipt_read_names(eye, out) || !receipt_field(eye, "number ", value, sizeof value) ||
        !receipt_number(value, &number) || !receipt_field(eye, "state ", state, sizeof state) ||
        !receipt_field(eye, "key ", out->public, sizeof out->public) ||
        !receipt_field(eye, "salt ", value, sizeof value))
        return false;
    out->number = (int64_t)number;
    return record_tag_parse(value, strlen(value), &out->salt) == 0 &&
           receipt_field(eye, "record ", out->record, sizeof out->record);
}

static bool receipt_read_hash(const char *text, struct merkle_proof *proof)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;

    if (proof->n == MERKLE_DEPTH || hex_decode_base64(&bytes, text, strlen(text)) ||
        bytes.length != MERKLE_HASH)
        return false;
    memcpy(proof->hashes[proof->n++].bytes, bytes.data, MERKLE_HASH);
    return true;
}

static bool receipt_read_proof(struct receipt_eye *eye, struct receipt *out)
{
    char value[64];

    if (!receipt_field(eye, "", value, 1) || /* an empty line */
        !receipt_field(eye, "c2sp.org/tlog-proof@v1", value, 1) ||
        !receipt_field(eye, "index ", value, sizeof value) || !receipt_number(value, &out->index))
        return false;
    for (;;) {
        if (!receipt_field(eye, "", value, sizeof value))
            return false;
        if (!*value)
            break;
        if (!receipt_read_hash(value, &out->proof))
            return false;
    }
    buffer_add(&out->note, eye->at, (size_t)(eye->end - eye->at));
    return note_body(buffer_text(&out->note), out->note.length) > 0;
}

int receipt_read(const char *text, size_t length, struct receipt *out)
{
    BUFFER_FREE_LATER struct buffer again = BUFFER_NULL;
    struct receipt_eye eye = {text, text + length};
    struct sign_public key;

    receipt_free(out);
    memset(out, 0, sizeof *out);
    if (!length || length > RECEIPT_MOST || !utf8_is_valid(text, length) ||
        !receipt_read_head(&eye, out) || !receipt_read_proof(&eye, out) ||
        sign_public_parse(out->public, &key) || receipt_write(out, &again))
        return 1;
    return again.length == length && memcmp(again.data, text, length) == 0 ? 0 : 1;
}

size_t receipt_extent(const char *text, size_t length)
{
    static const char next[] = "\n" RECEIPT_TITLE;
    const char *found = length ? memmem(text, length, next, strlen(next)) : NULL;

    return found ? (size_t)(found - text) + 1 : length;
}

/* ---- checking ---- */

static enum receipt_verdict receipt_check_note(const struct receipt *receipt,
                                               const struct sign_public *key)
{
    struct sign_public own;

    if (!key) {
        if (sign_public_parse(receipt->public, &own))
            return RECEIPT_OTHER_KEY;
        key = &own;
    }
    switch (note_verify(buffer_text(&receipt->note), receipt->note.length, key, NULL)) {
    case NOTE_GOOD:
        return RECEIPT_GOOD;
    case NOTE_UNSIGNED:
        return RECEIPT_OTHER_KEY;
    case NOTE_FORGED:
        return RECEIPT_FORGED;
    case NOTE_MALFORMED:
        return RECEIPT_NO_RECORD;
    }
    return RECEIPT_NO_RECORD;
}

enum receipt_verdict receipt_check(const struct receipt *receipt, const struct sign_public *key,
                                   struct receipt_facts *facts)
{
    struct checkpoint checkpoint;
    struct merkle_hash leaf;
    struct record_tag tag;

    if (!receipt_read_record(receipt->record, facts, &tag) ||
        checkpoint_read(buffer_text(&receipt->note), receipt->note.length, &checkpoint))
        return RECEIPT_NO_RECORD;
    facts->size = checkpoint.size;
    memcpy(facts->origin, checkpoint.origin, sizeof facts->origin);
    if (!record_opens_number(&tag, &receipt->salt, receipt->number))
        return RECEIPT_OTHER_NUMBER;
    merkle_leaf(receipt->record, strlen(receipt->record), &leaf);
    if (!merkle_is_included(&leaf, receipt->index, checkpoint.size, &receipt->proof,
                            &checkpoint.root))
        return RECEIPT_NOT_IN_LOG;
    return receipt_check_note(receipt, key);
}
