/* prove: what became of every message to one number, and its refusals, with a receipt for each.
 * Runs: any (blocks). Works while a gateway is writing.
 *
 * A receipt is proved by the last checkpoint that another office has signed, if that covers it,
 * else by the last one. It is checked before it is handed out: one that the books can't vouch for
 * isn't made. */
#ifndef LAWCAST_AUDIT_PROVE_H
#define LAWCAST_AUDIT_PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/books.h"
#include "gateway/ledger/books_names.h"

struct prove_campaign {
    int64_t number;
    char id[65];
    char *title;
    bool erased; /* its numbers are gone: whom it meant can't be said any more */
};

enum prove_status {
    PROVE_PROVED,
    PROVE_UNSIGNED, /* what ended it came after the last checkpoint */
    PROVE_DAMAGED,  /* the books have no record of it, or contradict what was signed */
};

struct prove_message {
    int64_t delivery;
    const struct prove_campaign *campaign;
    struct books_unit_name unit;
    enum delivery_state state;
    int64_t at_ms, record; /* of the record that ended it; 0: there is none */
    enum prove_status status;
    char *receipt; /* receipt.h; NULL unless PROVED */
};

struct prove {
    struct prove_campaign *campaigns;
    size_t n_campaigns;
    struct prove_message *messages; /* in the order in which they were entered */
    size_t n_messages;
    int64_t signed_size, signed_ms; /* of the last checkpoint; 0: there is none */
};

/* campaign: its id; NULL: all. 0; 1: no such campaign; or -errno. Release it in any case. */
int prove_number(struct books *books, int64_t number, const char *campaign, struct prove *out);
void prove_release(struct prove *prove);

/* A record that the number refuses, or takes that back. */
struct prove_refusal {
    int64_t record;
    enum prove_status status;
    char *receipt; /* receipt.h; NULL unless PROVED */
};
struct prove_refusals {
    struct prove_refusal *items; /* oldest first */
    size_t n;
};
/* 0 or -errno. Release it in any case. */
int prove_refusals(struct books *books, int64_t number, struct prove_refusals *out);
void prove_refusals_release(struct prove_refusals *refusals);

/* May a message in this state have reached the network? */
bool prove_was_sent(enum delivery_state state);

#endif
