/* campaign: what is to be sent and shown, for whom, when (a campaign file).
 * Runs: any (plain data). Filled by config/campaign.c, which documents every option. */
#ifndef LAWCAST_MODEL_CAMPAIGN_H
#define LAWCAST_MODEL_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/calendar.h"
#include "gateway/model/office.h"
#include "gateway/model/window.h"

/* May a SIM carry messages to another network than its own? See gateway/model/route.h. */
enum routing { ROUTING_PREFER, ROUTING_OWN, ROUTING_ANY };

enum on_unknown { ON_UNKNOWN_HOLD, ON_UNKNOWN_RESEND };

/* What counts for the quota. Stored in the books: never renumber. */
enum counting {
    COUNT_DELIVERED = 0, /* all but what failed, also by its report: then the reserve is drawn */
    COUNT_SENT = 1       /* what the network took, whatever it reports afterwards */
};

/* What becomes of messages that are left when a window closes. Stored: never renumber. */
enum leftover {
    LEFTOVER_NEXT = 0,  /* they go on in the next one */
    LEFTOVER_STOP = 1,  /* they wait until a person says resume, and a window is open */
    LEFTOVER_CANCEL = 2 /* they are cancelled; a later window has nothing of them */
};

/* What one unit owes: quota messages to the numbers of recipients, topped up from reserve. */
struct order {
    size_t unit;      /* index into office.units */
    int64_t quota;    /* messages */
    char *recipients; /* path of a CSV file, ready to open */
    char *reserve;    /* same, or NULL */
    char *text; /* template; the campaign's unless the order has its own. Owned, never NULL when
                   the campaign has orders */
    struct window *windows; /* when its messages may be sent: sorted, disjoint, less the quiet times
                               and holidays of the office. Owned, may be empty */
    size_t n_windows;
    int line; /* of the order in campaign.file */
    int text_line;
};

/* Slogans on boards, one after the other, every_s seconds each, inside the windows. */
struct display {
    size_t *boards; /* indexes into office.boards */
    size_t n_boards;
    struct option_strings slogans;
    int64_t every_s;
    int64_t after;  /* one slogan after so many items of the owner's (board.item_s each); 0: without
                       a pause */
    int64_t weight; /* 1..100: its share of a board that several displays want at the same time */
    int64_t level;  /* 1..5, enum outcome_level: what proves less doesn't count */
    struct window *windows; /* when its slogans are shown, as order.windows without quiet times
                               (boards have their own). Owned */
    size_t n_windows;
    int line;
};

/* What the assessment asks of the slogans: counted are showings that reached the display's level. A
 * member that is 0 asks nothing. */
struct target {
    int64_t unit;    /* index into office.units: boards of this owner only; -1: all */
    int64_t places;  /* different places (board.place) */
    int64_t items;   /* different slogans */
    int64_t minutes; /* of shown time, all boards together */
    int line;
};

struct campaign {
    char *file;
    char *source; /* the file's text as it was read, then a line about each list
                     (recipients_read_list): goes into the books, which know the campaign by it */
    char *id;     /* [A-Za-z0-9_-]{1,64} */
    char *title;
    char *prepared_by;      /* who answers for the file; NULL: not told */
    struct window *windows; /* of all orders and displays together, merged: outside of these nothing
                               happens at all */
    size_t n_windows;
    int counts;             /* enum counting */
    int leftover;           /* enum leftover */
    int64_t contacts_by_ms; /* by when units have to name who is responsible; 0: no matter when */
    struct {
        char *text;     /* template, or NULL when every order has its own */
        char *refusal;  /* how to refuse, put at the end: "拒收请回复R"; "" to leave it out */
        int on_unknown; /* enum on_unknown */
        int64_t max_parts;      /* 1..OUTCOME_PARTS_MAX */
        bool report;            /* ask the network for status reports */
        int64_t report_wait_s;  /* after the last message: wait so long for reports before ending */
        int64_t report_close_h; /* reports that are missing after so many hours are awaited no
                                   longer: the message stays "sent". 0: awaited for 72 hours */
        int routing;            /* enum routing */
        int64_t attempts; /* after so many deferred attempts a message is given up (expired) */
    } sms;
    struct order *orders;
    size_t n_orders;
    struct display *displays;
    size_t n_displays;
    struct target *targets;
    size_t n_targets;
};

/* Does it show anything on this board (index into office.boards)? */
bool campaign_uses_board(const struct campaign *campaign, size_t board);
/* When any messages may be sent at all: the windows of all orders, merged. out: zeroed. */
void campaign_message_windows(const struct campaign *campaign, struct calendar *out);
void campaign_free(struct campaign *campaign);

#endif
