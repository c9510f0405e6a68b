/* sim_phone: one of the simulator's modems without its terminal, for the tests of its AT side.
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_PHONE_H
#define LAWCAST_TESTS_SIM_PHONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/sim/at.h"

struct phone {
    struct radio radio;
    struct at *at;
    unsigned submitted, garbage, deleted;
    size_t last_place;
};

static inline void phone_on_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced)
{
    struct phone *phone = ctx;

    (void)pdu;
    (void)length;
    (void)announced;
    phone->submitted++;
}

static inline void phone_on_garbage(void *ctx)
{
    struct phone *phone = ctx;

    phone->garbage++;
    at_silence(phone->at);
}

static inline void phone_on_deleted(void *ctx, size_t place, const struct card_message *message)
{
    struct phone *phone = ctx;

    assert_string_equal(message->number, "10086");
    phone->deleted++;
    phone->last_place = place;
}

static inline void phone_open(struct phone *phone, const char *family, const char *pin)
{
    struct at_host host = {phone_on_submit, phone_on_garbage, phone_on_deleted, phone};

    *phone = (struct phone){.radio = {.family = family_find(family),
                                      .imei = "860000000000017",
                                      .centre = "+8613800100500",
                                      .registration = RADIO_HOME,
                                      .signal = 20}};
    assert_non_null(phone->radio.family);
    card_init(&phone->radio.card, "460010000000017", pin, false);
    phone->at = at_new(&host, &phone->radio);
}

static inline void phone_close(struct phone *phone)
{
    at_free(phone->at);
}

/* What it has said since; lent until it says more. */
static inline const char *phone_heard(struct phone *phone)
{
    return buffer_text(at_output(phone->at));
}

/* Types bytes and forgets their echo. */
static inline void phone_type(struct phone *phone, const char *text)
{
    at_feed(phone->at, text, strlen(text));
}

static inline void phone_ask(struct phone *phone, const char *command)
{
    MEM_FREE_LATER char *line = mem_printf("%s\r", command);

    buffer_clear(at_output(phone->at));
    phone_type(phone, line);
    buffer_consume(at_output(phone->at), strlen(line));
}

static inline void phone_expect(struct phone *phone, const char *command, const char *answer)
{
    phone_ask(phone, command);
    if (strcmp(phone_heard(phone), answer) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", command, phone_heard(phone), answer);
}

#define OK         "\r\nOK\r\n"
#define SAYS(line) "\r\n" line "\r\n" OK

struct exchange {
    const char *command, *answer;
};

static inline void phone_converse(struct phone *phone, const struct exchange *list)
{
    for (; list->command; list++)
        phone_expect(phone, list->command, list->answer);
}

#endif
