/* card: a SIM: who it is, what unlocks it, and its memory.
 * Runs: any (plain data).
 *
 * A card keeps its messages, wrong tries and locks while the power is off. What card_change and
 * card_set_pin ask for comes true at the next power-on, because that is when a modem looks at its
 * card; another card has other messages (none) and no PIN. */
#ifndef LAWCAST_TESTS_SIM_CARD_H
#define LAWCAST_TESTS_SIM_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/sim/pdu.h"

enum {
    CARD_PLACES = 50,
    CARD_TRIES = 3,
    CARD_IMSI_MAX = 15,
    CARD_PIN_MIN = 4,
    CARD_PIN_MAX = 8,
};

enum card_lock { CARD_READY, CARD_PIN, CARD_PUK };

/* A message in the memory, with what the log wants to know of it. */
struct card_message {
    struct pdu_bytes pdu;
    char number[PDU_NUMBER_MAX + 1]; /* of the sender, or its name */
};

struct card_place {
    bool used, read;
    struct card_message message;
};

struct card {
    char imsi[CARD_IMSI_MAX + 1], next_imsi[CARD_IMSI_MAX + 1]; /* next: "" is no change */
    char pin[CARD_PIN_MAX + 1], next_pin[CARD_PIN_MAX + 1];     /* pin "": none */
    bool pin_changes;                                           /* to next_pin */
    int tries;                                                  /* left */
    enum card_lock lock;
    size_t used;
    struct card_place places[CARD_PLACES];
};

/* puk: as after three wrong tries. */
void card_init(struct card *card, const char *imsi, const char *pin, bool puk);
void card_change(struct card *card, const char *imsi);
void card_set_pin(struct card *card, const char *pin); /* "": none */
/* True when it is another card than before. */
bool card_power_on(struct card *card);

bool card_is_imsi(const char *text);
bool card_is_pin(const char *text);

/* 0, or 1: wrong, and the third wrong one in a row locks the card. Only while the PIN is asked for.
 */
int card_unlock(struct card *card, const char *pin);

/* Stores a copy. The place, from 1; or 0: full. */
size_t card_store(struct card *card, const struct card_message *message);
/* The message in a place (from 1), or NULL. */
struct card_place *card_at(struct card *card, size_t place);
void card_delete(struct card *card, struct card_place *place);

#endif
