/* prove: what became of every message to one number, and its refusals. See prove.h.
 * Runs: any (blocks). */
#include "gateway/audit/prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/inclusion.h"
#include "gateway/audit/receipt.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_optouts.h"
#include "gateway/ledger/books_records.h"

#define PROVE_ROOM 2048 /* bytes of a receipt, at most; other offices' lines give way */

struct prove_note {
    struct buffer note;
    int64_t size;
    char public[SIGN_TEXT_MOST]; /* the key that has signed it; "": none of the books' */
};

struct prove_job {
    struct books *books;
    struct prove *out;
    int64_t number;
    const char *only;             /* id of the campaign; NULL: all */
    struct prove_note last, seen; /* the last checkpoint; the last that another office has signed */
    struct inclusion *inclusion;
};

bool prove_was_sent(enum delivery_state state)
{
    switch (state) {
    case DELIVERY_INFLIGHT:
    case DELIVERY_SENT:
    case DELIVERY_DELIVERED:
    case DELIVERY_UNDELIVERED:
    case DELIVERY_UNKNOWN:
        return true;
    default:
        return false;
    }
}

void prove_release(struct prove *prove)
{
    for (size_t i = 0; i < prove->n_campaigns; i++)
        free(prove->campaigns[i].title);
    for (size_t i = 0; i < prove->n_messages; i++)
        free(prove->messages[i].receipt);
    free(prove->campaigns);
    free(prove->messages);
    *prove = (struct prove){0};
}

/* ---- what there is ---- */

static int prove_take_campaign(void *ctx, const struct books_campaign *campaign)
{
    struct prove *out = ((struct prove_job *)ctx)->out;
    struct prove_campaign *added;

    out->campaigns = mem_grow(out->campaigns, out->n_campaigns + 1, sizeof *out->campaigns);
    added = &out->campaigns[out->n_campaigns++];
    *added = (struct prove_campaign){.number = campaign->number, .title = mem_dup(campaign->title)};
    memcpy(added->id, campaign->id, sizeof added->id);
    return 0;
}

static int prove_read_campaigns(struct prove_job *job)
{
    bool found = !job->only;
    int rc = books_campaigns(job->books, prove_take_campaign, job);

    for (size_t i = 0; i < job->out->n_campaigns && rc >= 0; i++) {
        struct prove_campaign *campaign = &job->out->campaigns[i];
        struct record_key key;

        found |= job->only && strcmp(campaign->id, job->only) == 0;
        rc = books_tag_key(job->books, campaign->number, &key);
        campaign->erased = rc == 1;
        explicit_bzero(&key, sizeof key);
    }
    return rc < 0 ? rc : !found;
}

static int prove_take_message(void *ctx, int64_t delivery, int64_t campaign)
{
    struct prove_job *job = ctx;
    struct prove *out = job->out;
    const struct prove_campaign *of = NULL;

    for (size_t i = 0; i < out->n_campaigns && !of; i++) {
        if (out->campaigns[i].number == campaign)
            of = &out->campaigns[i];
    }
    if (!of || (job->only && strcmp(of->id, job->only) != 0))
        return 0;
    out->messages = mem_grow(out->messages, out->n_messages + 1, sizeof *out->messages);
    out->messages[out->n_messages++] =
        (struct prove_message){.delivery = delivery, .campaign = of, .status = PROVE_DAMAGED};
    return 0;
}

static void prove_keep(struct prove_note *note, const struct books_checkpoint *checkpoint)
{
    note->size = checkpoint->size;
    buffer_clear(&note->note);
    buffer_add_text(&note->note, checkpoint->note);
}

static int prove_take_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct note_signer signers[NOTE_SIGNATURES];
    struct prove_job *job = ctx;

    job->out->signed_size = checkpoint->size;
    job->out->signed_ms = checkpoint->at_ms;
    prove_keep(&job->last, checkpoint);
    if (note_signers(checkpoint->note, strlen(checkpoint->note), signers) > 1)
        prove_keep(&job->seen, checkpoint);
    return 0;
}

static void prove_try_key(struct prove_note *note, const struct books_key *key)
{
    struct sign_public public;

    if (sign_public_parse(key->public, &public) == 0 &&
        note_verify(buffer_text(&note->note), note->note.length, &public, NULL) == NOTE_GOOD)
        snprintf(note->public, sizeof note->public, "%s", key->public);
}

static int prove_take_key(void *ctx, const struct books_key *key)
{
    struct prove_job *job = ctx;

    prove_try_key(&job->last, key);
    prove_try_key(&job->seen, key);
    return 0;
}

/* ---- the record that ended a message ---- */

struct prove_ids {
    int64_t *ids;
    size_t n, room;
};

static int prove_take_id(void *ctx, int64_t line)
{
    struct prove_ids *ids = ctx;

    if (ids->n == ids->room) {
        ids->room = ids->room ? 2 * ids->room : 16;
        ids->ids = mem_grow(ids->ids, ids->room, sizeof *ids->ids);
    }
    ids->ids[ids->n++] = line;
    return 0;
}

struct prove_record {
    struct prove_message *message;
    char *line; /* NULL: none that ends a message */
    int64_t unit;
};

/* An entry, or a change of state: notes end nothing. */
static int prove_take_line(void *ctx, const struct books_line *line)
{
    struct prove_record *out = ctx;
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct record record;

    if (!line->line || record_read(line->line, line->length, &room, &record))
        return 0;
    if (record.kind == RECORD_ENTRY) {
        out->message->state = DELIVERY_PLANNED;
        out->unit = record.entry.unit;
    } else if (record.kind == RECORD_CHANGE && record.change.from != record.change.to) {
        if (record.change.to < 0 || record.change.to >= DELIVERY_STATES)
            return 0;
        out->message->state = (enum delivery_state)record.change.to;
        out->unit = record.change.unit;
    } else {
        return 0;
    }
    out->message->at_ms = record.at_ms;
    out->message->record = line->id;
    out->line = mem_dup_n(line->line, line->length);
    return 0;
}

static int prove_find_record(struct prove_job *job, struct prove_record *out)
{
    struct prove_ids ids = {0};
    int rc = books_lines_of(job->books, out->message->delivery, prove_take_id, &ids);

    for (size_t i = ids.n; i-- > 0 && rc >= 0 && !out->line;)
        rc = books_lines(job->books, ids.ids[i], ids.ids[i], prove_take_line, out);
    free(ids.ids);
    return rc < 0 ? rc : 0;
}

/* ---- its receipt ---- */

/* What it is made of. campaign: whose key has made the tag; 0: the books' own. */
struct prove_source {
    int64_t campaign, record;
    const char *line;
};

static int prove_fill(struct prove_job *job, const struct prove_source *source,
                      struct receipt *receipt)
{
    const struct prove_note *note = source->record <= job->seen.size ? &job->seen : &job->last;
    struct record_key key;
    struct record_tag tag;
    int rc = books_tag_key(job->books, source->campaign, &key);

    if (rc != 0 || strlen(source->line) > RECEIPT_RECORD)
        return rc < 0 ? rc : 1;
    receipt->number = job->number;
    receipt->index = (uint64_t)source->record - 1;
    strcpy(receipt->record, source->line);
    memcpy(receipt->public, note->public, sizeof receipt->public);
    record_tag_number(&key, job->number, &tag, &receipt->salt);
    explicit_bzero(&key, sizeof key);
    buffer_add(&receipt->note, buffer_text(&note->note), note->note.length);
    if (!job->inclusion)
        rc = inclusion_open(&job->inclusion, job->books);
    return rc < 0 ? rc
                  : inclusion_prove(job->inclusion, receipt->index, (uint64_t)note->size,
                                    &receipt->proof);
}

/* As many lines of other offices as there is room for; the log's own is the first. 0, or 1. */
static int prove_fit(struct receipt *receipt, struct buffer *text)
{
    struct note_signer signers[NOTE_SIGNATURES];
    struct buffer *note = &receipt->note;

    for (;;) {
        buffer_clear(text);
        if (receipt_write(receipt, text))
            return 1;
        if (text->length < PROVE_ROOM ||
            note_signers(buffer_text(note), note->length, signers) <= 1)
            return 0;
        do
            note->length--;
        while (note->data[note->length - 1] != '\n');
        note->data[note->length] = '\0';
    }
}

/* The receipt may have names already. *out stays as it is unless the books can vouch for it. */
static int prove_make(struct prove_job *job, const struct prove_source *source,
                      struct receipt *receipt, char **out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct receipt_facts facts;
    int rc = prove_fill(job, source, receipt);

    if (rc == 0 && prove_fit(receipt, &text) == 0 &&
        receipt_check(receipt, NULL, &facts) == RECEIPT_GOOD)
        *out = buffer_take(&text);
    return rc < 0 ? rc : 0;
}

static int prove_make_receipt(struct prove_job *job, const struct prove_record *record)
{
    struct prove_message *message = record->message;
    const struct prove_source source = {
        .campaign = message->campaign->number, .record = message->record, .line = record->line};
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    int rc;

    receipt_name(&receipt, message->campaign->id, message->campaign->title, message->unit.code,
                 message->unit.name);
    rc = prove_make(job, &source, &receipt, &message->receipt);
    if (message->receipt)
        message->status = PROVE_PROVED;
    return rc;
}

static int prove_message(struct prove_job *job, struct prove_message *message)
{
    struct prove_record record = {.message = message};
    int rc = prove_find_record(job, &record);

    if (rc == 0 && record.line) {
        rc = books_unit_name(job->books, record.unit, &message->unit);
        if (rc >= 0 && message->record > job->out->signed_size)
            message->status = PROVE_UNSIGNED;
        else if (rc >= 0)
            rc = prove_make_receipt(job, &record);
    }
    free(record.line);
    return rc < 0 ? rc : 0;
}

static int prove_read_signatures(struct prove_job *job)
{
    int rc = books_checkpoints(job->books, prove_take_checkpoint, job);

    return rc ? rc : books_keys(job->books, prove_take_key, job);
}

static int prove_all(struct prove_job *job)
{
    int rc = prove_read_campaigns(job);

    if (rc != 0)
        return rc;
    rc = prove_read_signatures(job);
    if (rc == 0)
        rc = books_messages(job->books, job->number, prove_take_message, job);
    for (size_t i = 0; i < job->out->n_messages && rc == 0; i++)
        rc = prove_message(job, &job->out->messages[i]);
    return rc;
}

static void prove_end(struct prove_job *job)
{
    books_let_go(job->books);
    inclusion_close(job->inclusion);
    buffer_free(&job->last.note);
    buffer_free(&job->seen.note);
}

int prove_number(struct books *books, int64_t number, const char *campaign, struct prove *out)
{
    struct prove_job job = {.books = books, .out = out, .number = number, .only = campaign};
    int rc;

    *out = (struct prove){0};
    rc = books_hold(books);
    if (rc < 0)
        return rc;
    rc = prove_all(&job);
    prove_end(&job);
    return rc;
}

/* ---- refusals ---- */

void prove_refusals_release(struct prove_refusals *refusals)
{
    for (size_t i = 0; i < refusals->n; i++)
        free(refusals->items[i].receipt);
    free(refusals->items);
    *refusals = (struct prove_refusals){0};
}

static int prove_take_refusal(void *ctx, const struct books_refusal *refusal)
{
    struct prove_refusals *out = ctx;

    out->items = mem_grow(out->items, out->n + 1, sizeof *out->items);
    out->items[out->n++] = (struct prove_refusal){.record = refusal->line, .status = PROVE_DAMAGED};
    return 0;
}

static int prove_copy_line(void *ctx, const struct books_line *line)
{
    char **out = ctx;

    if (line->line)
        *out = mem_dup_n(line->line, line->length);
    return 0;
}

static int prove_refusal(struct prove_job *job, struct prove_refusal *refusal)
{
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    MEM_FREE_LATER char *line = NULL;
    struct prove_source source = {.record = refusal->record};
    int rc;

    if (refusal->record > job->out->signed_size) {
        refusal->status = PROVE_UNSIGNED;
        return 0;
    }
    rc = books_lines(job->books, refusal->record, refusal->record, prove_copy_line, &line);
    if (rc != 0 || !line)
        return rc;
    source.line = line;
    rc = prove_make(job, &source, &receipt, &refusal->receipt);
    if (refusal->receipt)
        refusal->status = PROVE_PROVED;
    return rc;
}

int prove_refusals(struct books *books, int64_t number, struct prove_refusals *out)
{
    struct prove signatures = {0};
    struct prove_job job = {.books = books, .out = &signatures, .number = number};
    int rc = books_hold(books);

    *out = (struct prove_refusals){0};
    if (rc < 0)
        return rc;
    rc = prove_read_signatures(&job);
    if (rc == 0)
        rc = books_refusals(books, number, prove_take_refusal, out);
    for (size_t i = 0; i < out->n && rc == 0; i++)
        rc = prove_refusal(&job, &out->items[i]);
    prove_end(&job);
    return rc;
}
