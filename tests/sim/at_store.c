/* at_store: messages that come in: to the card's memory or past it, read and deleted. See at.h.
 * Runs: any. Sources: 3GPP TS 27.005 3.2.3, 3.4.1-3.4.3, 3.5.4, 4.1, 4.2. */
#include "tests/sim/at_room.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/hex.h"

static void at_say_pdu(struct at *at, const char *head, const struct pdu_bytes *pdu)
{
    buffer_printf(&at->out, "\r\n%s%zu\r\n", head, pdu->tpdu);
    hex_encode(&at->out, pdu->bytes, pdu->length);
    buffer_add_text(&at->out, "\r\n");
}

/* Stores the message. Its place; 0: no room, which is said once. */
static size_t at_store(struct at *at, const struct card_message *message)
{
    const char *full = at->radio->family->full;
    size_t place = card_store(&at->radio->card, message);

    if (at->radio->card.used == CARD_PLACES && !at->full_said && full)
        at_say(at, "%s", full);
    at->full_said = at->radio->card.used == CARD_PLACES;
    return place;
}

int at_report(struct at *at, const struct card_message *report)
{
    int route = at->cnmi[AT_ROUTE_DS];
    size_t place;

    if (!at_is_idle(at) || route == 0)
        return 1;
    if (route == 1) {
        at_say_pdu(at, "+CDS: ", &report->pdu);
        return 0;
    }
    place = at_store(at, report);
    if (!place)
        return 1;
    at_say(at, "+CDSI: \"%s\",%zu", at->memory[AT_MEMORY_IN], place);
    return 0;
}

int at_deliver(struct at *at, const struct card_message *message, size_t *place)
{
    int route = at->cnmi[AT_ROUTE_MT];

    *place = 0;
    if (!at_is_idle(at))
        return 1;
    if (route > 1) {
        at_say_pdu(at, "+CMT: ,", &message->pdu);
        return 0;
    }
    *place = at_store(at, message);
    if (!*place)
        return 1;
    if (route == 1)
        at_say(at, "+CMTI: \"%s\",%zu", at->memory[AT_MEMORY_IN], *place);
    return 0;
}

/* "XX" at the beginning of value, a name that the modem has: its two letters, or NULL. */
static const char *at_find_memory(const struct at *at, const char *value)
{
    const char *names = at->radio->family->memories;

    if (value[0] != '"' || !value[1] || !value[2] || value[3] != '"')
        return NULL;
    for (; *names; names += names[2] ? 3 : 2)
        if (strncasecmp(value + 1, names, 2) == 0)
            return names;
    return NULL;
}

/* AT+CPMS=mem1[,mem2[,mem3]]; what is not said stays. */
enum at_result at_run_storage(struct at *at, const char *value)
{
    const char *names[AT_MEMORIES];
    size_t n = 0, used = at->radio->card.used;

    do {
        if (n == AT_MEMORIES || !(names[n] = at_find_memory(at, value)))
            return AT_ERROR;
        n++;
        value += 4;
    } while (*value++ == ',');
    if (value[-1])
        return AT_ERROR;
    while (n-- > 0)
        memcpy(at->memory[n], names[n], 2);
    at_say(at, "+CPMS: %zu,%d,%zu,%d,%zu,%d", used, CARD_PLACES, used, CARD_PLACES, used,
           CARD_PLACES);
    return AT_OK;
}

enum at_result at_test_storage(struct at *at, const char *value)
{
    const char *list = at->radio->family->memories[2] ? "(\"ME\",\"SM\")" : "(\"SM\")";

    (void)value;
    at_say(at, "+CPMS: %s,%s,%s", list, list, list);
    return AT_OK;
}

enum at_result at_read_storage(struct at *at, const char *value)
{
    size_t used = at->radio->card.used;

    (void)value;
    at_say(at, "+CPMS: \"%s\",%zu,%d,\"%s\",%zu,%d,\"%s\",%zu,%d", at->memory[AT_MEMORY_READ], used,
           CARD_PLACES, at->memory[AT_MEMORY_WRITE], used, CARD_PLACES, at->memory[AT_MEMORY_IN],
           used, CARD_PLACES);
    return AT_OK;
}

static void at_say_place(struct at *at, struct card_place *place)
{
    buffer_printf(&at->out, "%d,,%zu\r\n", place->read, place->message.pdu.tpdu);
    hex_encode(&at->out, place->message.pdu.bytes, place->message.pdu.length);
    buffer_add_text(&at->out, "\r\n");
    place->read = true;
}

enum at_result at_run_read(struct at *at, const char *value)
{
    struct card_place *place;
    int index;

    place = at_number(value, CARD_PLACES, &index) ? NULL : card_at(&at->radio->card, (size_t)index);
    if (!place)
        return at_fail_cms(at, AT_CMS_BAD_INDEX);
    buffer_add_text(&at->out, "\r\n+CMGR: ");
    at_say_place(at, place);
    return AT_OK;
}

enum at_result at_run_list(struct at *at, const char *value)
{
    enum { ALL = 4 };
    int which;

    if (at_number(value, ALL, &which))
        return AT_ERROR;
    for (size_t i = 1; i <= CARD_PLACES; i++) {
        struct card_place *place = card_at(&at->radio->card, i);

        if (!place || (which != ALL && which != place->read))
            continue;
        buffer_printf(&at->out, "\r\n+CMGL: %zu,", i);
        at_say_place(at, place);
    }
    return AT_OK;
}

static void at_delete(struct at *at, size_t index)
{
    struct card_place *place = card_at(&at->radio->card, index);

    at->host.deleted(at->host.ctx, index, &place->message);
    card_delete(&at->radio->card, place);
    at->full_said = false;
}

static void at_delete_all(struct at *at, bool unread_too)
{
    for (size_t i = 1; i <= CARD_PLACES; i++) {
        const struct card_place *place = card_at(&at->radio->card, i);

        if (place && (place->read || unread_too))
            at_delete(at, i);
    }
}

/* AT+CMGD=index[,flag]: flag 0 is that one, 1-3 all that were read, 4 all. */
enum at_result at_run_delete(struct at *at, const char *value)
{
    enum { ONE = 0, ALL = 4 };
    char *end;
    long index = strtol(value, &end, 10);
    int flag = ONE;

    if (end == value || (*end && (*end != ',' || at_number(end + 1, ALL, &flag))))
        return AT_ERROR;
    if (flag != ONE) {
        at_delete_all(at, flag == ALL);
        return AT_OK;
    }
    if (index < 0 || !card_at(&at->radio->card, (size_t)index))
        return at_fail_cms(at, AT_CMS_BAD_INDEX);
    at_delete(at, (size_t)index);
    return AT_OK;
}
