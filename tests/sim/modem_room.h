/* modem_room: the inside of struct modem, shared by modem.c (terminal), modem_air.c (messages and
 * their reports), modem_inbox.c (messages for the SIM) and modem_set.c (what can be set).
 * Runs: loop. */
#ifndef LAWCAST_TESTS_SIM_MODEM_ROOM_H
#define LAWCAST_TESTS_SIM_MODEM_ROOM_H

#include "tests/sim/modem.h"

enum { MODEM_UNREAD_MAX = 4096 }; /* nothing unsolicited is added to more than this */

/* A part on its way to the SIM. */
struct modem_inbound {
    struct modem_inbound *next;
    struct card_message message;
    unsigned part, parts;
    char text[PDU_TEXT_MAX + 1];
};

/* What the next messages meet. */
struct modem_faults {
    enum modem_hang hang;
    struct at_refusal refusal;
    unsigned refusals; /* left */
    bool twice;
    bool on[MODEM_SWITCHES];
};

struct modem_reports {
    int64_t late_ms; /* FATE_USUAL: none */
    unsigned drop, twice, strays;
    struct queue ready;
};

struct modem {
    const struct modem_env *env;
    unsigned index;
    char *link;
    struct radio radio;
    struct at *at;
    struct modem_tty *tty; /* NULL: unplugged */
    uv_timer_t air, echo;
    int64_t air_ms, echo_delay_us;
    struct modem_time {
        int64_t due_ms;  /* wall: the end of what is in the air; INT64_MAX: nothing is */
        int64_t free_ms; /* wall: when the next part may begin, to the millisecond */
        int64_t gap_ms, lost_ms;
    } time;        /* of a frozen clock */
    uint64_t said; /* reports */
    bool reference_zero;
    struct pdu_submit sending; /* while at_is_busy */
    struct modem_faults faults;
    uint8_t reference; /* of the next message */
    uint32_t cards;    /* changed until now */
    uint32_t noises;   /* made until now */
    struct modem_reports reports;
    struct modem_inbound *inbox, **inbox_end; /* oldest first */
    size_t n_inbox;
    uint8_t concat; /* of the next long message */
};

/* Ends every event: says what can be said, writes what can be written, and watches for the rest. */
void modem_turn(struct modem *modem);
struct sim_log_modem modem_logged(const struct modem *modem);

/* modem_air: what the interpreter hands over. */
void modem_on_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced);
void modem_on_garbage(void *ctx);
void modem_say_reports(struct modem *modem);

/* modem_inbox */
void modem_on_deleted(void *ctx, size_t place, const struct card_message *message);
void modem_say_inbox(struct modem *modem);
void modem_clear_inbox(struct modem *modem);

#endif
