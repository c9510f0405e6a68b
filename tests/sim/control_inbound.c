/* control_inbound: commands that send messages to SIMs. See control.h.
 * Runs: loop. */
#include "tests/sim/control_room.h"

#include <string.h>

#include "gateway/base/clock.h"

static const char *control_send(struct control_call *call, const struct deliver_head *head,
                                const unsigned *order, size_t n)
{
    struct deliver *deliver = deliver_new(call->words[call->n - 1]);
    int rc;

    if (!deliver)
        return "the text doesn't fit into 255 parts";
    rc = modem_deliver(call->modem, deliver, head, order, n);
    deliver_free(deliver);
    return rc ? "there is no such part, or too many messages wait" : NULL;
}

/* A number with its country's code. */
static int control_read_phone(const char *text, struct deliver_head *head)
{
    *head = (struct deliver_head){.kind = DELIVER_INTERNATIONAL, .sent_ms = clock_wall_ms()};
    if (!control_is_phone(text))
        return 1;
    memcpy(head->sender, text, strlen(text) + 1);
    return 0;
}

static const char *control_deliver(struct control_call *call)
{
    struct deliver_head head;

    if (control_read_phone(call->words[1], &head))
        return "not a number of 1..20 digits";
    return control_send(call, &head, NULL, 0);
}

/* "3,1,2". 0, or 1: not that. */
static int control_read_order(char *text, unsigned order[static DELIVER_PARTS_MAX], size_t *n)
{
    char *word;

    for (*n = 0; (word = strsep(&text, ",")); (*n)++) {
        int64_t part;

        if (*n == DELIVER_PARTS_MAX || control_number(word, DELIVER_PARTS_MAX, &part))
            return 1;
        order[*n] = (unsigned)part;
    }
    return 0;
}

static const char *control_deliver_parts(struct control_call *call)
{
    unsigned order[DELIVER_PARTS_MAX];
    struct deliver_head head;
    size_t n;

    if (control_read_phone(call->words[1], &head))
        return "not a number of 1..20 digits";
    if (control_read_order(call->words[2], order, &n))
        return "not parts such as 3,1,2";
    return control_send(call, &head, order, n);
}

static const char *control_deliver_from(struct control_call *call)
{
    struct deliver_head head = {.sent_ms = clock_wall_ms()};

    if (deliver_read_sender(call->words[1], &head))
        return "neither 1..20 digits nor a name of 1..11 characters";
    return control_send(call, &head, NULL, 0);
}

const struct control_command control_inbound_commands[] = {
    {"deliver", "K NUMBER TEXT", 3, 3, control_deliver},
    {"deliverparts", "K NUMBER ORDER TEXT", 4, 4, control_deliver_parts},
    {"deliverfrom", "K SENDER TEXT", 3, 3, control_deliver_from},
    {NULL, NULL, 0, 0, NULL},
};
