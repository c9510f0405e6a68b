/* modem_inbox: messages from the network to the SIM. See modem.h.
 * Runs: loop. */
#include "tests/sim/modem_room.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

static void modem_add_inbound(struct modem *modem, const struct deliver *deliver,
                              const struct deliver_head *head, unsigned part)
{
    struct modem_inbound *inbound = mem_new(struct modem_inbound);

    deliver_write(deliver, head, part, &inbound->message.pdu);
    memcpy(inbound->message.number, head->sender, sizeof inbound->message.number);
    deliver_text(deliver, part, inbound->text);
    inbound->part = part;
    inbound->parts = deliver_parts(deliver);
    *modem->inbox_end = inbound;
    modem->inbox_end = &inbound->next;
    modem->n_inbox++;
}

int modem_deliver(struct modem *modem, const struct deliver *deliver,
                  const struct deliver_head *head, const unsigned *order, size_t n)
{
    struct deliver_head numbered = *head;
    unsigned parts = deliver_parts(deliver);

    if (!order)
        n = parts;
    if (modem->n_inbox + n > MODEM_INBOX_MAX)
        return 1;
    for (size_t i = 0; order && i < n; i++)
        if (order[i] < 1 || order[i] > parts)
            return 1;
    numbered.concat = modem->concat;
    modem->concat = (uint8_t)(modem->concat + (parts > 1));
    for (size_t i = 0; i < n; i++)
        modem_add_inbound(modem, deliver, &numbered, order ? order[i] : (unsigned)i + 1);
    modem_turn(modem);
    return 0;
}

static void modem_pop_inbound(struct modem *modem)
{
    struct modem_inbound *inbound = modem->inbox;

    modem->inbox = inbound->next;
    if (!modem->inbox)
        modem->inbox_end = &modem->inbox;
    modem->n_inbox--;
    free(inbound);
}

void modem_clear_inbox(struct modem *modem)
{
    while (modem->inbox)
        modem_pop_inbound(modem);
}

void modem_say_inbox(struct modem *modem)
{
    const struct buffer *out = at_output(modem->at);

    while (modem->inbox && radio_is_served(&modem->radio) && out->length < MODEM_UNREAD_MAX) {
        const struct modem_inbound *inbound = modem->inbox;
        struct sim_log_modem logged = modem_logged(modem);
        struct sim_log_inbound event = {.number = inbound->message.number,
                                        .part = inbound->part,
                                        .parts = inbound->parts,
                                        .text = inbound->text};

        if (at_deliver(modem->at, &inbound->message, &event.place))
            break;
        sim_log_inbound(modem->env->log, &logged, &event);
        modem_pop_inbound(modem);
    }
}

void modem_on_deleted(void *ctx, size_t place, const struct card_message *message)
{
    struct modem *modem = ctx;
    struct sim_log_modem logged = modem_logged(modem);

    sim_log_deleted(modem->env->log, &logged, message->number, place);
}

size_t modem_stored(const struct modem *modem)
{
    return modem->radio.card.used;
}
