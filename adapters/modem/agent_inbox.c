/* agent_inbox: what people send to this SIM. See agent_inbox.h.
 * Runs: agent. */
#include "adapters/modem/agent_inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"

#include "adapters/modem/cds.h"
#include "adapters/modem/deliver.h"

#define INBOX_LOOK_MS   600000
#define INBOX_LIST_MORE 6 /* so many times longer than another answer may a list take */

#define INBOX_MEMORY_SHIFT 16
#define INBOX_NUMBER_ZERO  0xFFFF /* some modems count from 0, and place 0 is no place */

static const char *const inbox_memories[INBOX_MEMORIES] = {"SM", "ME", "MT", "SR"};

void inbox_init(struct inbox *inbox, struct asker *asker, const struct inbox_events *events,
                void *ctx)
{
    memset(inbox, 0, sizeof *inbox);
    inbox->asker = asker;
    inbox->events = events;
    inbox->ctx = ctx;
}

static uint32_t inbox_place(unsigned memory, unsigned number)
{
    return memory << INBOX_MEMORY_SHIFT | (number ? number : INBOX_NUMBER_ZERO);
}

static unsigned inbox_memory(uint32_t place)
{
    return place >> INBOX_MEMORY_SHIFT;
}

static unsigned inbox_number(uint32_t place)
{
    unsigned number = place & 0xFFFF;

    return number == INBOX_NUMBER_ZERO ? 0 : number;
}

static bool inbox_knows(const struct inbox *inbox, uint32_t place)
{
    unsigned number = inbox_number(place);

    return number < INBOX_PLACES &&
           inbox->known[inbox_memory(place)][number / 8] & 1u << number % 8;
}

static void inbox_set_known(struct inbox *inbox, uint32_t place, bool known)
{
    unsigned number = inbox_number(place);
    uint8_t *byte = &inbox->known[inbox_memory(place)][number / 8 % (INBOX_PLACES / 8)];

    if (number >= INBOX_PLACES)
        return;
    *byte = (uint8_t)(known ? *byte | 1u << number % 8 : *byte & ~(1u << number % 8));
}

static unsigned inbox_count_known(const struct inbox *inbox, unsigned memory)
{
    unsigned n = 0;

    for (size_t i = 0; i < INBOX_PLACES / 8; i++)
        n += (unsigned)__builtin_popcount(inbox->known[memory][i]);
    return n;
}

/* The memory that a quoted name at text is, or INBOX_MEMORIES. */
static unsigned inbox_find_memory(const char *text)
{
    unsigned memory = 0;

    while (memory < INBOX_MEMORIES &&
           (text[0] != '"' || text[3] != '"' || strncmp(text + 1, inbox_memories[memory], 2) != 0))
        memory++;
    return memory;
}

/* false: there is no room; the memory is listed when there is. */
static bool inbox_add(struct inbox *inbox, enum inbox_task task, uint32_t place)
{
    if (inbox->n_todo == INBOX_TODO) {
        inbox->to_list |= 1u << inbox_memory(place);
        return false;
    }
    inbox->todo[inbox->n_todo++] = (struct inbox_todo){task, place};
    return true;
}

void inbox_note_stored(struct inbox *inbox, const char *line)
{
    const char *name = strchr(line, '"');
    unsigned memory = name && strlen(name) > 4 ? inbox_find_memory(name) : INBOX_MEMORIES;
    int number;

    if (memory == INBOX_MEMORIES || sscanf(name + 4, " , %d", &number) != 1 || number < 0 ||
        number >= INBOX_NUMBER_ZERO)
        return;
    (void)inbox_add(inbox, INBOX_READ, inbox_place(memory, (unsigned)number));
}

static void inbox_doubt(struct inbox *inbox, uint32_t place, const char *digits)
{
    char what[140];

    /* Not what it is: a phone number would be in it. */
    snprintf(what, sizeof what,
             "a message at place %u can't be read and is left there (%zu digits)",
             inbox_number(place), strlen(digits));
    inbox->events->doubt(inbox->ctx, what);
}

/* Told when it is certain that it will be deleted; else as if it had not been seen yet. */
static void inbox_take_report(struct inbox *inbox, uint32_t place,
                              const struct status_report *report)
{
    if (!inbox_add(inbox, INBOX_DELETE, place)) {
        inbox_set_known(inbox, place, false);
        return;
    }
    inbox->events->report(inbox->ctx, report);
}

/* A stored PDU. What is neither a message for us nor a report is one that somebody else stored. */
static void inbox_take(struct inbox *inbox, uint32_t place, const char *digits, size_t length)
{
    struct status_report report;
    struct inbound inbound;

    if (inbox_knows(inbox, place))
        return;
    inbox_set_known(inbox, place, true);
    switch (deliver_parse(digits, length, &inbound)) {
    case DELIVER_OK:
        inbound.ticket = place;
        inbox->events->inbound(inbox->ctx, &inbound);
        return;
    case DELIVER_OTHER:
        if (cds_parse(digits, length, &report) == 0)
            inbox_take_report(inbox, place, &report);
        return;
    default:
        inbox_doubt(inbox, place, digits);
    }
}

void inbox_take_direct(struct inbox *inbox, const char *digits, size_t length)
{
    struct inbound inbound;

    if (deliver_parse(digits, length, &inbound) == DELIVER_OK)
        inbox->events->inbound(inbox->ctx, &inbound);
    else
        inbox_doubt(inbox, 0, digits);
}

/* An answer of messages: a line with the place (or not: then it is known), a line with the PDU. */
struct inbox_list {
    struct inbox *inbox;
    uint32_t place;
    bool pdu_next;
};

static void inbox_hear_list(void *ctx, const char *line, size_t length)
{
    struct inbox_list *list = ctx;
    bool named = strncmp(line, "+CMGL:", 6) == 0;
    int number;

    if (named || strncmp(line, "+CMGR:", 6) == 0) {
        list->pdu_next = !named;
        if (named && sscanf(line + 6, "%d", &number) == 1 && number >= 0 &&
            number < INBOX_NUMBER_ZERO) {
            list->place = inbox_place(list->inbox->memory, (unsigned)number);
            list->pdu_next = true;
        }
        return;
    }
    if (list->pdu_next)
        inbox_take(list->inbox, list->place, line, length);
    list->pdu_next = false;
}

static bool inbox_select(struct inbox *inbox, unsigned memory)
{
    char question[24];

    if (memory >= INBOX_MEMORIES)
        return false;
    if (memory == inbox->memory || inbox->fixed)
        return true;
    snprintf(question, sizeof question, "AT+CPMS=\"%s\"", inbox_memories[memory]);
    if (ask(inbox->asker, question, NULL, NULL) != ASK_OK)
        return false;
    inbox->memory = memory;
    return true;
}

static void inbox_tell_full(struct inbox *inbox, int used, int total)
{
    char what[120];
    bool full = total > 0 && used >= total;

    if (full && !inbox->told_full) {
        snprintf(what, sizeof what,
                 "the memory for messages is full (%d of %d): no reply can come in", used, total);
        inbox->events->doubt(inbox->ctx, what);
    }
    inbox->told_full = full;
}

static void inbox_look_nowhere(struct inbox *inbox)
{
    if (inbox->stage == INBOX_OPEN)
        return;
    inbox->fixed = true;
    inbox->to_list = 1;
}

/* +CPMS: "SM",3,50,"ME",0,100,"SM",3,50: read from the first, received into the third. */
static void inbox_look(struct inbox *inbox)
{
    char value[120];
    const char *third = value;
    int used = 0, total = 0;
    unsigned memory;

    inbox->look_ms = clock_mono_ms() + INBOX_LOOK_MS;
    if (ask_value(inbox->asker, "AT+CPMS?", "+CPMS:", value, sizeof value) != ASK_OK ||
        strlen(value) < 4 || inbox_find_memory(value) == INBOX_MEMORIES) {
        inbox_look_nowhere(inbox);
        return;
    }
    inbox->memory = inbox_find_memory(value);
    for (int i = 0; third && i < 6; i++)
        third = strchr(third, ',') ? strchr(third, ',') + 1 : NULL;
    memory = third && strlen(third) > 4 ? inbox_find_memory(third) : inbox->memory;
    if (third)
        sscanf(third, "%*[^,],%d,%d", &used, &total);
    inbox_tell_full(inbox, used, total);
    if (inbox->stage != INBOX_OPEN)
        inbox->to_list |= 1u << inbox->memory | 1u << memory;
    else if (memory < INBOX_MEMORIES && used > (int)inbox_count_known(inbox, memory))
        inbox->to_list |= 1u << memory;
    inbox->to_list &= (1u << INBOX_MEMORIES) - 1;
}

static void inbox_list(struct inbox *inbox)
{
    unsigned memory = (unsigned)__builtin_ctz(inbox->to_list);
    struct inbox_list list = {.inbox = inbox};
    int64_t limit_ms = inbox->asker->limit_ms;

    inbox->to_list &= inbox->to_list - 1;
    if (!inbox_select(inbox, memory))
        return;
    inbox->asker->limit_ms = limit_ms * INBOX_LIST_MORE;
    ask(inbox->asker, "AT+CMGL=4", inbox_hear_list, &list);
    inbox->asker->limit_ms = limit_ms;
}

static void inbox_delete(struct inbox *inbox, uint32_t place)
{
    char question[24];

    snprintf(question, sizeof question, "AT+CMGD=%u", inbox_number(place));
    if (!inbox_select(inbox, inbox_memory(place)))
        return;
    ask(inbox->asker, question, NULL, NULL);
    inbox_set_known(inbox, place, false);
}

static void inbox_do(struct inbox *inbox)
{
    struct inbox_todo todo = inbox->todo[0];
    struct inbox_list list = {.inbox = inbox, .place = todo.place};
    char question[24];

    memmove(inbox->todo, inbox->todo + 1, --inbox->n_todo * sizeof *inbox->todo);
    if (todo.task == INBOX_DELETE) {
        inbox_delete(inbox, todo.place);
        return;
    }
    snprintf(question, sizeof question, "AT+CMGR=%u", inbox_number(todo.place));
    if (!inbox_knows(inbox, todo.place) && inbox_select(inbox, inbox_memory(todo.place)))
        ask(inbox->asker, question, inbox_hear_list, &list);
}

bool inbox_is_due(const struct inbox *inbox, int64_t now_ms)
{
    return inbox->stage != INBOX_OPEN || inbox->n_todo || inbox->to_list ||
           now_ms >= inbox->look_ms;
}

int64_t inbox_due_ms(const struct inbox *inbox)
{
    return inbox->look_ms;
}

void inbox_step(struct inbox *inbox)
{
    switch (inbox->stage) {
    case INBOX_NEW:
        ask(inbox->asker, "AT+CMGF=0", NULL, NULL);
        inbox->stage = INBOX_FORMAT_SET;
        return;
    case INBOX_FORMAT_SET:
        inbox_look(inbox);
        inbox->stage = INBOX_OPEN;
        return;
    case INBOX_OPEN:
        break;
    }
    /* A list may add to what is to do, and has to find room. */
    if (inbox->n_todo)
        inbox_do(inbox);
    else if (inbox->to_list)
        inbox_list(inbox);
    else
        inbox_look(inbox);
}

void inbox_forget(struct inbox *inbox, uint32_t place)
{
    if (place && inbox_memory(place) < INBOX_MEMORIES)
        inbox_delete(inbox, place);
}
