/* intake: entering a campaign into the books. See intake.h.
 * Runs: loop. */
#include "gateway/dispatch/intake.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/contact.h"
#include "gateway/dispatch/slots.h"

#define INTAKE_CHUNK  2000 /* rows; one that stands alone is committed in about 10 ms */
#define INTAKE_CHUNKS 16   /* waiting for the ledger at once: it commits what is there together */
#define INTAKE_TURN_US                                                                             \
    5000                   /* reading goes on so long before other work of the loop has its turn   \
                            */
#define INTAKE_BLOCK 65536 /* bytes of texts that are freed together */

enum intake_phase { INTAKE_ENTERING, INTAKE_SLOGANS, INTAKE_READING, INTAKE_CLOSING, INTAKE_OVER };

/* Texts of a chunk. Thousands of single ones would take the loop longer to free than to read. */
struct intake_block {
    struct intake_block *next;
    size_t used;
    char bytes[INTAKE_BLOCK];
};

/* Rows on their way into the books. */
struct intake_chunk {
    struct ledger_op op;
    struct ledger_new rows[INTAKE_CHUNK];
    struct intake_block *texts;
    char *last; /* the last text: neighbours often share one */
};

struct intake {
    uv_loop_t *loop;
    struct ledger *ledger;
    const struct office *office;
    const struct campaign *campaign;
    const struct intake_events *events;
    void *ctx;

    enum intake_phase phase;
    enum intake_result result;
    bool stopping;
    uv_idle_t idle;
    struct recipients *reader;
    struct slots_walk walk;
    struct intake_chunk *chunk; /* being filled, or NULL */
    size_t chunks;              /* posted and not done */
    struct ledger_op op;        /* LEDGER_CAMPAIGN, LEDGER_CONTACTS, LEDGER_PLANNED */
    bool planned;               /* the books have all of it already */
    struct intake_numbers numbers;
    struct diag diag;
    int64_t rows, longest_turn_us;

    /* what LEDGER_CAMPAIGN lends */
    const char **unit_ids, **unit_names, **board_ids, **board_places;
    /* and LEDGER_CONTACTS, by unit */
    const char **contacts, **positions, **phones;
    int32_t *board_owners;
    int64_t *quotas, *parents;
    char *windows, *targets;
};

static char *intake_windows(const struct campaign *campaign)
{
    struct buffer text = BUFFER_NULL;
    struct jv *windows = jv_array();

    for (size_t i = 0; i < campaign->n_windows; i++) {
        struct jv *pair = jv_array();

        jv_push(pair, jv_int(campaign->windows[i].from_ms));
        jv_push(pair, jv_int(campaign->windows[i].to_ms));
        jv_push(windows, pair);
    }
    jv_write(windows, false, &text);
    jv_free(windows);
    return buffer_take(&text);
}

/* [[unit or "", places, items, minutes], ...]: what the report holds the showings against. */
static char *intake_targets(const struct campaign *campaign, const struct office *office)
{
    struct buffer text = BUFFER_NULL;
    struct jv *targets = jv_array();

    for (size_t i = 0; i < campaign->n_targets; i++) {
        const struct target *target = &campaign->targets[i];
        struct jv *one = jv_array();

        jv_push(one, jv_string(target->unit < 0 ? "" : office->units[target->unit].id));
        jv_push(one, jv_int(target->places));
        jv_push(one, jv_int(target->items));
        jv_push(one, jv_int(target->minutes));
        jv_push(targets, one);
    }
    jv_write(targets, false, &text);
    jv_free(targets);
    return buffer_take(&text);
}

static void intake_name_boards(struct intake *intake, const struct office *office)
{
    intake->board_ids = mem_array(office->n_boards, const char *);
    intake->board_places = mem_array(office->n_boards, const char *);
    intake->board_owners = mem_array(office->n_boards, int32_t);
    intake->numbers.boards = mem_array(office->n_boards, int64_t);
    for (size_t i = 0; i < office->n_boards; i++) {
        intake->board_ids[i] = office->boards[i].id;
        intake->board_places[i] = office->boards[i].place;
        intake->board_owners[i] = (int32_t)office->boards[i].owner;
    }
}

/* What a form says in place of a name is none: then nobody is named. */
static void intake_name_contacts(struct intake *intake, const struct office *office)
{
    intake->contacts = mem_array(office->n_units, const char *);
    intake->positions = mem_array(office->n_units, const char *);
    intake->phones = mem_array(office->n_units, const char *);
    for (size_t i = 0; i < office->n_units; i++) {
        const struct contact *contact = &office->units[i].contact;
        bool named = contact_is_named(contact->name);

        intake->contacts[i] = named ? contact->name : "";
        intake->positions[i] =
            named && contact_is_named(contact->position) ? contact->position : "";
        intake->phones[i] = named && contact_is_named(contact->phone) ? contact->phone : "";
    }
}

struct intake *intake_new(uv_loop_t *loop, struct ledger *ledger, const struct office *office,
                          const struct campaign *campaign)
{
    struct intake *intake = mem_new(struct intake);

    intake->loop = loop;
    intake->ledger = ledger;
    intake->office = office;
    intake->campaign = campaign;
    intake->unit_ids = mem_array(office->n_units, const char *);
    intake->unit_names = mem_array(office->n_units, const char *);
    intake->quotas = mem_array(office->n_units, int64_t);
    intake->parents = mem_array(office->n_units, int64_t);
    intake->numbers.units = mem_array(office->n_units, int32_t);
    for (size_t i = 0; i < office->n_units; i++) {
        intake->unit_ids[i] = office->units[i].id;
        intake->unit_names[i] = office->units[i].name;
        intake->parents[i] = office->units[i].parent;
    }
    for (size_t i = 0; i < campaign->n_orders; i++)
        intake->quotas[campaign->orders[i].unit] = campaign->orders[i].quota;
    intake_name_boards(intake, office);
    intake_name_contacts(intake, office);
    intake->windows = intake_windows(campaign);
    intake->targets = intake_targets(campaign, office);
    return intake;
}

void intake_free(struct intake *intake)
{
    LOG_ASSERT(!intake->chunk && intake->chunks == 0);
    recipients_close(intake->reader);
    diag_free(&intake->diag);
    free(intake->unit_ids);
    free(intake->unit_names);
    free(intake->contacts);
    free(intake->positions);
    free(intake->phones);
    free(intake->quotas);
    free(intake->parents);
    free(intake->board_ids);
    free(intake->board_places);
    free(intake->board_owners);
    free(intake->numbers.units);
    free(intake->numbers.boards);
    free(intake->windows);
    free(intake->targets);
    free(intake);
}

static void intake_closed(uv_handle_t *handle)
{
    struct intake *intake = handle->data;

    intake->phase = INTAKE_OVER;
    intake->events->finished(intake->ctx, intake->result);
}

static void intake_finish(struct intake *intake, enum intake_result result)
{
    intake->result = result;
    intake->phase = INTAKE_OVER;
    uv_close((uv_handle_t *)&intake->idle, intake_closed);
}

static void intake_planned(struct ledger_op *op)
{
    intake_finish(op->owner, op->result < 0 ? INTAKE_STOPPED : INTAKE_DONE);
}

/* Everything was read and every chunk is in the books, or the reading ended early. */
static void intake_conclude(struct intake *intake)
{
    if (intake->phase != INTAKE_CLOSING || intake->chunks)
        return;
    if (intake->stopping && intake->result == INTAKE_DONE)
        intake->result = INTAKE_STOPPED;
    if (intake->result != INTAKE_DONE) {
        intake_finish(intake, intake->result);
        return;
    }
    intake->events->read(intake->ctx);
    intake->op = (struct ledger_op){.kind = LEDGER_PLANNED,
                                    .campaign = intake->numbers.campaign,
                                    .done = intake_planned,
                                    .owner = intake};
    ledger_post(intake->ledger, &intake->op);
}

static void intake_turn(uv_idle_t *idle);

static char *intake_keep_text(struct intake_chunk *chunk, const char *text)
{
    size_t size = strlen(text) + 1;
    struct intake_block *block = chunk->texts;

    if (chunk->last && strcmp(chunk->last, text) == 0)
        return chunk->last;
    LOG_ASSERT(size <= INTAKE_BLOCK);
    if (!block || block->used + size > INTAKE_BLOCK) {
        block = mem_new(struct intake_block);
        block->next = chunk->texts;
        chunk->texts = block;
    }
    chunk->last = memcpy(block->bytes + block->used, text, size);
    block->used += size;
    return chunk->last;
}

static void intake_free_chunk(struct intake_chunk *chunk)
{
    while (chunk->texts) {
        struct intake_block *block = chunk->texts;

        chunk->texts = block->next;
        free(block);
    }
    free(chunk);
}

static void intake_chunk_done(struct ledger_op *op)
{
    struct intake *intake = op->owner;
    int op_result = op->result;

    intake_free_chunk(LIST_ELEMENT(op, struct intake_chunk, op));
    intake->chunks--;
    if (op_result < 0)
        intake->stopping = true;
    if (intake->phase == INTAKE_SLOGANS || intake->phase == INTAKE_READING)
        uv_idle_start(&intake->idle, intake_turn);
    intake_conclude(intake);
}

static void intake_post_chunk(struct intake *intake)
{
    if (!intake->chunk)
        return;
    intake->chunks++;
    ledger_post(intake->ledger, &intake->chunk->op);
    intake->chunk = NULL;
    if (intake->chunks == INTAKE_CHUNKS)
        uv_idle_stop(&intake->idle);
}

static void intake_add(struct intake *intake, const struct ledger_new *row)
{
    struct intake_chunk *chunk = intake->chunk;
    struct ledger_new *kept;

    if (!chunk) {
        chunk = intake->chunk = mem_new(struct intake_chunk);
        chunk->op = (struct ledger_op){.kind = LEDGER_INSERT,
                                       .campaign = intake->numbers.campaign,
                                       .done = intake_chunk_done,
                                       .owner = intake};
        chunk->op.insert.rows = chunk->rows;
    }
    kept = &chunk->rows[chunk->op.insert.n++];
    *kept = *row;
    kept->text = intake_keep_text(chunk, row->text);
    if (chunk->op.insert.n == INTAKE_CHUNK)
        intake_post_chunk(intake);
}

static void intake_end_reading(struct intake *intake, enum intake_result result)
{
    intake_post_chunk(intake);
    uv_idle_stop(&intake->idle);
    intake->phase = INTAKE_CLOSING;
    intake->result = result;
    intake_conclude(intake);
}

static void intake_add_slogan(struct intake *intake)
{
    struct slot slot;

    if (!slots_next(intake->campaign, intake->office, &intake->walk, &slot)) {
        intake->phase = INTAKE_READING;
        return;
    }
    intake_add(intake, &(struct ledger_new){
                           .unit = intake->numbers.units[intake->office->boards[slot.board].owner],
                           .channel = CHANNEL_DISPLAY,
                           .address = intake->numbers.boards[slot.board],
                           .slot = slot.number,
                           .text = (char *)(uintptr_t)slot.text,
                           .parts = 1,
                           .from_ms = slot.from_ms,
                           .until_ms = slot.until_ms,
                           .need = (int32_t)intake->campaign->displays[slot.display].level,
                       });
}

/* From its first window to its last; of an order whose windows all fell into quiet times or
 * holidays, nothing. */
static struct window intake_span(const struct order *order)
{
    size_t n = order->n_windows;

    return n ? (struct window){order->windows[0].from_ms, order->windows[n - 1].to_ms}
             : (struct window){0};
}

static void intake_add_message(struct intake *intake, const struct recipient *row)
{
    const struct order *order = &intake->campaign->orders[row->order];
    const struct window span = intake_span(order);

    intake_add(intake, &(struct ledger_new){
                           .unit = intake->numbers.units[order->unit],
                           .channel = CHANNEL_SMS,
                           .address = row->number,
                           .text = (char *)(uintptr_t)row->text,
                           .parts = row->parts,
                           .alphabet = (int32_t)row->alphabet,
                           .from_ms = span.from_ms,
                           .until_ms = span.to_ms,
                           .reserve = row->reserve,
                           .personal = row->personal,
                           .route = (int32_t)row->route,
                       });
}

static void intake_read(struct intake *intake)
{
    struct recipient row;
    int rc = recipients_next(intake->reader, &row, &intake->diag);

    if (rc) {
        intake_end_reading(intake, rc < 0 ? INTAKE_FAILED : INTAKE_DONE);
        return;
    }
    intake->rows++;
    if (row.refused)
        intake->events->refused(intake->ctx, &row);
    else
        intake_add_message(intake, &row);
}

static void intake_turn(uv_idle_t *idle)
{
    struct intake *intake = idle->data;
    int64_t start = clock_mono_us(), spent = 0;

    if (intake->stopping)
        intake_end_reading(intake, INTAKE_STOPPED);
    while (spent < INTAKE_TURN_US && intake->chunks < INTAKE_CHUNKS &&
           (intake->phase == INTAKE_SLOGANS || intake->phase == INTAKE_READING)) {
        for (int i = 0; i < 64 && intake->phase == INTAKE_SLOGANS; i++)
            intake_add_slogan(intake);
        for (int i = 0; i < 64 && intake->phase == INTAKE_READING; i++)
            intake_read(intake);
        spent = clock_mono_us() - start;
    }
    if (spent > intake->longest_turn_us)
        intake->longest_turn_us = spent;
}

static void intake_contacts_noted(struct ledger_op *op)
{
    struct intake *intake = op->owner;

    if (op->result < 0) {
        intake_finish(intake, INTAKE_STOPPED);
    } else if (intake->planned) {
        intake_finish(intake, INTAKE_DONE);
    } else {
        intake->phase = INTAKE_SLOGANS;
        intake->reader = recipients_open(intake->campaign, intake->office);
        uv_idle_start(&intake->idle, intake_turn);
    }
}

/* Also of a campaign that is known: who is responsible may be somebody else today. */
static void intake_entered(struct ledger_op *op)
{
    struct intake *intake = op->owner;

    intake->numbers.campaign = op->campaign;
    if (op->result) {
        intake_finish(intake, op->result < 0 ? INTAKE_STOPPED : INTAKE_CHANGED);
        return;
    }
    intake->planned = op->campaign_is.planned;
    intake->op = (struct ledger_op){
        .kind = LEDGER_CONTACTS,
        .campaign = intake->numbers.campaign,
        .done = intake_contacts_noted,
        .owner = intake,
        .contacts = {.units = intake->unit_ids,
                     .names = intake->contacts,
                     .positions = intake->positions,
                     .phones = intake->phones,
                     .n = intake->office->n_units,
                     .deadline_ms = intake->campaign->contacts_by_ms},
    };
    ledger_post(intake->ledger, &intake->op);
}

void intake_start(struct intake *intake, const struct intake_events *events, void *ctx)
{
    const struct campaign *campaign = intake->campaign;

    intake->events = events;
    intake->ctx = ctx;
    uv_idle_init(intake->loop, &intake->idle);
    intake->idle.data = intake;
    intake->op = (struct ledger_op){
        .kind = LEDGER_CAMPAIGN,
        .done = intake_entered,
        .owner = intake,
        .campaign_is = {.id = campaign->id,
                        .title = campaign->title,
                        .source = campaign->source,
                        .windows = intake->windows,
                        .resend = campaign->sms.on_unknown == ON_UNKNOWN_RESEND,
                        .attempts_max = (int32_t)campaign->sms.attempts,
                        .n_units = intake->office->n_units,
                        .unit_ids = intake->unit_ids,
                        .unit_names = intake->unit_names,
                        .quotas = intake->quotas,
                        .parents = intake->parents,
                        .unit_numbers = intake->numbers.units,
                        .n_boards = intake->office->n_boards,
                        .board_ids = intake->board_ids,
                        .board_owners = intake->board_owners,
                        .board_places = intake->board_places,
                        .targets = intake->targets,
                        .counts = campaign->counts,
                        .leftover = campaign->leftover,
                        .board_numbers = intake->numbers.boards},
    };
    ledger_post(intake->ledger, &intake->op);
}

void intake_stop(struct intake *intake)
{
    intake->stopping = true;
}

const struct intake_numbers *intake_numbers(const struct intake *intake)
{
    return &intake->numbers;
}

const struct diag *intake_diag(const struct intake *intake)
{
    return &intake->diag;
}

int64_t intake_rows(const struct intake *intake)
{
    return intake->rows;
}

int64_t intake_longest_turn_us(const struct intake *intake)
{
    return intake->longest_turn_us;
}
