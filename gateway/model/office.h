/* office: who we are and what we own: units, modems, boards (conf/lawcast.cfg).
 * Runs: any (plain data). Filled by config/office.c, which documents every option. */
#ifndef LAWCAST_MODEL_OFFICE_H
#define LAWCAST_MODEL_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/option.h"
#include "gateway/model/meter.h"
#include "gateway/model/operators.h"
#include "gateway/model/quiet.h"
#include "gateway/model/window.h"

struct contact {
    char *name, *position, *phone;
};

/* An issuing unit: it owes messages, owns boards, or both. */
struct unit {
    char *id;        /* [A-Za-z0-9_-]{1,32}, unique */
    char *name;      /* as people read it */
    char *signature; /* without the brackets 【】 */
    char *token;     /* by which it may release its boards and read how they stand, over HTTP
                        (control/listener.h); NULL: it can't. A secret */
    struct contact contact;
    int64_t parent; /* index into units: whose figures include ours; -1: none. No circles */
    int line;       /* in office.file, for messages */
};

/* One modem with one SIM; a bank "devices = /dev/ttyUSB[0-63]" becomes 64 of them. */
struct modem {
    char *id;         /* "bank-a/17": the bank's id and the number inside the bank; unique */
    char *bank;       /* the bank's id */
    char *device;     /* "/dev/ttyUSB17" */
    char *connection; /* libgammu's name: "at", "at115200", ... */
    char *smsc;       /* digits with +; NULL: as the SIM says */
    int64_t
        grace_ms; /* how long libgammu's write pauses are kept, 0..500; -1: libgammu's own pauses */
    int64_t timeout_ms;         /* for one answer of the modem */
    int64_t gap_ms;             /* at least so long from one part to the next; 0: none */
    int64_t air_ms;             /* how long a part takes, for forecasts and rehearsals; 0: as it was
                                   measured (the books), or FORECAST_PART_MS */
    int64_t price;              /* of one part, in OFFICE_PRICE_UNIT of the currency; 0: not told */
    struct meter_limits limits; /* of this SIM alone */
    int64_t group;              /* index into office.groups: limits that it shares; -1: none */
    int64_t network;            /* enum phone_operator (option "operator"); -1: as its IMSI says */
    char *pin;                  /* NULL: the SIM asks for none. A secret */
    char *imei, *imsi;          /* that it must have; NULL: any */
    const struct option_strings *spares; /* the bank's devices under which it may come back; lent */
    int line;
};

/* What all modems of a bank share. */
struct bank {
    char *id;
    struct option_strings spares;
};

/* SIMs that share limits (a contract with the operator for all of them together). */
struct limit_group {
    char *id;
    struct meter_limits limits;
    int line;
};

enum board_render { RENDER_TEXT, RENDER_PICTURE };

struct board {
    char *id;     /* unique, also among modems */
    size_t owner; /* index into units */
    const struct option_kind *kind;
    void *options; /* the kind's own struct (kind->size bytes), owned */
    char *url;
    char *place;           /* where people see it; boards of one place count once. Never NULL */
    int64_t width, height; /* pixels */
    int64_t timeout_ms;
    char *ca_file; /* https: who may sign the board's certificate, in place of the system's; NULL */
    int64_t font_px;    /* height of a character: 8..height */
    int64_t speed_pxs;  /* pixels a second at which longer text runs through */
    char *color;        /* "#rrggbb" */
    int render;         /* enum board_render */
    int64_t turn_s;     /* campaigns that share the board take turns of this length */
    int64_t item_s;     /* how long one item of the owner's own is shown (display.after) */
    struct quiet quiet; /* when the board is the owner's alone */
    int line;
};

/* Where devices and owners can call us. */
struct listen {
    char *address; /* numeric, to bind to; NULL: there is no listener */
    int64_t port;  /* 0: any free one */
    char *url;     /* how devices reach it, without a slash at the end; NULL: http://address:port */
    char *key;     /* callback addresses are derived from it. A secret */
    int line;
};

#define OFFICE_PRICE_UNIT 10000 /* price = 450 is 0.045 */

/* Who may approve campaigns: a second person, with a key of his or her own. */
struct approver {
    char *name; /* as people read it */
    char *key;  /* public, a line as base/sign.h writes it */
    int line;
};

struct office {
    char *file; /* as given on the command line */
    char *name, *timezone;
    char *ledger_path;
    int64_t retention_days; /* after a campaign's last window, until it may be erased */
    struct unit *units;
    size_t n_units;
    struct modem *modems;
    size_t n_modems;
    struct bank *banks; /* modems lend from them */
    size_t n_banks;
    struct limit_group *groups;
    size_t n_groups;
    char *operators_file, *ported_file;  /* paths, ready to open; NULL: none */
    struct operators *operators;         /* NULL: every number's network is unknown */
    struct option_strings refusal_words; /* beside those that always count (refusal.h) */
    char *refusal_answer;                /* sent once to who refuses; NULL: nothing */
    struct board *boards;
    size_t n_boards;
    struct listen listen;
    char *currency;          /* "元" */
    struct quiet quiet;      /* nobody gets messages then */
    struct window *holidays; /* whole local days without messages and slogans, sorted, disjoint */
    size_t n_holidays;
    bool approval; /* a campaign runs only when a second person has approved it */
    struct approver *approvers;
    size_t n_approvers;
    char *alarm_url; /* POST when a campaign is going to miss a quota; NULL: log only */
    int64_t drain_s; /* at a stop, what is in flight is awaited for so long */
};

/* The device itself ends a showing, to so many seconds; 0: it doesn't, whoever publishes must
 * withdraw. */
int board_window_s(const struct board *board);
void office_free(struct office *office); /* releases what it owns; NULL members are fine */

#endif
