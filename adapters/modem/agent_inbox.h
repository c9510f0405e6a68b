/* agent_inbox: what people send to this SIM, from the modem's memory to the loop and out of it.
 * Runs: agent. Source: 3GPP TS 27.005 3.2.2 (+CPMS), 3.3, 3.4, 4.1-4.2 (PDU mode).
 *
 * The modem stores a message and says where (+CMTI); it is read from there, and deleted when the
 * loop says that it is in the books (inbox_forget). So a crash between the two costs nothing: at
 * the start everything that is stored is read. A message that can't be decoded stays where it is,
 * and is told once in the life of an agent. A memory that is full of what nobody forgets stops no
 * sending. A stored status report is told and deleted.
 *
 * A modem that hands messages out without storing them (+CMT), although it was told not to, leaves
 * nothing that could be read again: such a message has place 0 and is lost if the gateway dies
 * before it is in the books.
 *
 * A place is a memory's number and the number in it, so that the loop needs to know of no memories.
 * One question to the modem at a time, so that a message that has to go out never waits long. */
#ifndef LAWCAST_MODEM_AGENT_INBOX_H
#define LAWCAST_MODEM_AGENT_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/inbound.h"
#include "gateway/model/outcome.h"

#include "adapters/modem/agent_ask.h"

#define INBOX_MEMORIES 4
#define INBOX_PLACES   1024 /* of a memory; beyond it nothing is remembered about a place */
#define INBOX_TODO     64

/* What the inbox tells; also while the modem speaks, so it may only take notes. */
struct inbox_events {
    void (*inbound)(void *ctx, const struct inbound *inbound);
    void (*report)(void *ctx, const struct status_report *report);
    void (*doubt)(void *ctx, const char *what);
};

enum inbox_task { INBOX_READ, INBOX_DELETE };

struct inbox_todo {
    enum inbox_task task;
    uint32_t place;
};

enum inbox_stage { INBOX_NEW, INBOX_FORMAT_SET, INBOX_OPEN };

struct inbox {
    const struct inbox_events *events;
    void *ctx;
    struct asker *asker;
    enum inbox_stage stage;
    bool fixed;       /* the modem doesn't say which memory it uses, nor lets us choose */
    bool told_full;   /* since it was full */
    unsigned memory;  /* the one that is read from now */
    unsigned to_list; /* a bit for each memory that is to be listed */
    int64_t look_ms;  /* mono: look whether there is more than we know of */
    struct inbox_todo todo[INBOX_TODO];
    size_t n_todo;
    uint8_t known[INBOX_MEMORIES][INBOX_PLACES / 8]; /* told, and not yet forgotten */
};

void inbox_init(struct inbox *inbox, struct asker *asker, const struct inbox_events *events,
                void *ctx);
/* From inside the tap: a +CMTI or +CDSI line; a PDU that came with +CMT. */
void inbox_note_stored(struct inbox *inbox, const char *line);
void inbox_take_direct(struct inbox *inbox, const char *digits, size_t length);
/* Is there something to ask, at mono time now_ms? And asking it: one question. */
bool inbox_is_due(const struct inbox *inbox, int64_t now_ms);
void inbox_step(struct inbox *inbox);
/* When there will be, if nothing comes. */
int64_t inbox_due_ms(const struct inbox *inbox);
/* It is in the books: deletes it. A place that holds nothing is fine. */
void inbox_forget(struct inbox *inbox, uint32_t place);

#endif
