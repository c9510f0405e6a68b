/* foresight_books: what the office's books know of its modems: networks, air times, what is used
 * up, and what became of messages. Runs: any (blocks). */
#ifndef LAWCAST_FORESIGHT_BOOKS_H
#define LAWCAST_FORESIGHT_BOOKS_H

#include "gateway/ledger/books_pace.h"
#include "gateway/model/forecast.h"
#include "gateway/model/office.h"

#define FORESIGHT_ENOUGH 50 /* messages: fewer say nothing */

struct foresight_modem {
    int64_t network; /* enum phone_operator; -1: not known */
    int64_t part_ms; /* of the modems of its bank and network; 0: not measured */
    struct meter *meter;
};

struct foresight_books {
    const struct office *office;
    struct foresight_modem *modems; /* as office.modems */
    struct meter **groups;          /* as office.groups; NULL where it isn't known */
    struct books_odds odds;
    int64_t air_spread; /* of modems of one bank and network, of a million */
};

/* Without books, or when they can't be read (that is told on standard error), nothing is known. */
struct foresight_books *foresight_books_read(const struct office *office, const char *path,
                                             int64_t now_ms);
void foresight_books_free(struct foresight_books *known);
/* 0: too little was sent to tell. */
int64_t foresight_books_chances(const struct foresight_books *known,
                                struct forecast_chances *chances);

#endif
