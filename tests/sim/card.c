/* card: a SIM. See card.h.
 * Runs: any. */
#include "tests/sim/card.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"

static bool card_is_digits(const char *text, size_t least, size_t most)
{
    size_t length = strlen(text);

    return length >= least && length <= most && strspn(text, "0123456789") == length;
}

bool card_is_imsi(const char *text)
{
    return card_is_digits(text, 6, CARD_IMSI_MAX);
}

bool card_is_pin(const char *text)
{
    return card_is_digits(text, CARD_PIN_MIN, CARD_PIN_MAX);
}

static void card_lock_up(struct card *card)
{
    if (card->tries == 0)
        card->lock = CARD_PUK;
    else
        card->lock = *card->pin ? CARD_PIN : CARD_READY;
}

void card_init(struct card *card, const char *imsi, const char *pin, bool puk)
{
    memset(card, 0, sizeof *card);
    snprintf(card->imsi, sizeof card->imsi, "%s", imsi);
    snprintf(card->pin, sizeof card->pin, "%s", pin);
    card->tries = puk ? 0 : CARD_TRIES;
    card_lock_up(card);
}

void card_change(struct card *card, const char *imsi)
{
    LOG_ASSERT(card_is_imsi(imsi));
    snprintf(card->next_imsi, sizeof card->next_imsi, "%s", imsi);
}

void card_set_pin(struct card *card, const char *pin)
{
    LOG_ASSERT(!*pin || card_is_pin(pin));
    snprintf(card->next_pin, sizeof card->next_pin, "%s", pin);
    card->pin_changes = true;
}

bool card_power_on(struct card *card)
{
    struct card was = *card;
    bool other = *was.next_imsi && strcmp(was.next_imsi, was.imsi) != 0;

    if (other)
        card_init(card, was.next_imsi, "", false);
    if (was.pin_changes) {
        memcpy(card->pin, was.next_pin, sizeof card->pin);
        card->tries = CARD_TRIES;
    }
    card->pin_changes = false;
    *card->next_imsi = '\0';
    card_lock_up(card);
    return other;
}

int card_unlock(struct card *card, const char *pin)
{
    LOG_ASSERT(card->lock == CARD_PIN);
    if (strcmp(pin, card->pin) == 0) {
        card->tries = CARD_TRIES;
        card->lock = CARD_READY;
        return 0;
    }
    card->tries--;
    card_lock_up(card);
    return 1;
}

size_t card_store(struct card *card, const struct card_message *message)
{
    for (size_t i = 0; i < CARD_PLACES; i++) {
        if (card->places[i].used)
            continue;
        card->places[i] = (struct card_place){.used = true, .message = *message};
        card->used++;
        return i + 1;
    }
    return 0;
}

struct card_place *card_at(struct card *card, size_t place)
{
    if (place == 0 || place > CARD_PLACES || !card->places[place - 1].used)
        return NULL;
    return &card->places[place - 1];
}

void card_delete(struct card *card, struct card_place *place)
{
    LOG_ASSERT(place->used && card->used > 0);
    place->used = false;
    card->used--;
}
