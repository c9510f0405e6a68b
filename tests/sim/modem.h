/* modem: one AT modem with its SIM on a pseudo-terminal.
 * Runs: loop.
 *
 * A link in DIR leads to the terminal's slave side. The modem keeps a slave descriptor of its own,
 * so that an agent's death is no hang-up; unplugging closes both sides and is one. Writes never
 * block and never lose bytes; while the host reads nothing, reports stay in the modem.
 *
 * A message is on air for air_ms; at the end of that time the network takes it or not. Messages for
 * the SIM wait in the network until the modem is served and the SIM has room. */
#ifndef LAWCAST_TESTS_SIM_MODEM_H
#define LAWCAST_TESTS_SIM_MODEM_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "tests/sim/at.h"
#include "tests/sim/deliver.h"
#include "tests/sim/fate.h"
#include "tests/sim/queue.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/spec.h"

struct modem; /* opaque */

/* What all modems of a bank share; outlives them. */
struct modem_env {
    uv_loop_t *loop;
    struct sim_log *log;
    struct fates *fates;
    const char *dir;
    int64_t grid_ms; /* of a frozen clock */
    /* The network will report, report->due_ms from now (-1: as usual): hand it to modem_report when
     * its time has come. */
    void (*promise)(void *ctx, const struct report *report);
    void *ctx;
};

/* spec_modem has filled spec. */
struct modem *modem_new(const struct modem_env *env, const struct modem_spec *spec);
/* Power-on: a new terminal under the modem's link, or, when link is not NULL, under that name from
 * now on. 0, or -errno. */
int modem_plug(struct modem *modem, const char *link);
void modem_unplug(struct modem *modem);
bool modem_is_plugged(const struct modem *modem);
/* Unplugs and closes its timers; modem_free once the loop has run them down. */
void modem_close(struct modem *modem);
void modem_free(struct modem *modem);

/* ---- on a frozen clock ---- */

/* Is a message in the air? */
bool modem_is_in_air(const struct modem *modem);
/* Reports that it has said. */
uint64_t modem_said(const struct modem *modem);
/* Wall time of what happens next by itself; INT64_MAX: nothing. */
int64_t modem_next_ms(const struct modem *modem);
/* The clock was set: what is in the air may end, and so may the modem. */
void modem_advance(struct modem *modem, int64_t now_ms);

/* The path. */
const char *modem_link(const struct modem *modem);

/* ---- what can be wrong with it ---- */

/* The next message gets no answer, or the half of one (CUT): not taken (BEFORE), or taken (AFTER);
 * or no prompt. */
enum modem_hang {
    MODEM_HANG_NONE,
    MODEM_HANG_BEFORE,
    MODEM_HANG_AFTER,
    MODEM_HANG_PROMPT,
    MODEM_CUT_BEFORE,
    MODEM_CUT_AFTER
};
void modem_hang(struct modem *modem, enum modem_hang hang);
/* The next n messages are refused. */
void modem_refuse(struct modem *modem, const struct at_refusal *refusal, unsigned n);
/* The next answer's line comes twice. */
void modem_answer_twice(struct modem *modem);

enum modem_switch {
    MODEM_DEAF,      /* hears and says nothing; what is in the air arrives all the same */
    MODEM_BARRED,    /* every message is refused: operator determined barring */
    MODEM_NO_CREDIT, /* every message is refused: short message transfer rejected */
    MODEM_MUTTER,    /* lines of its family where they hurt */
    MODEM_CDMA,
    MODEM_SWITCHES
};
void modem_switch(struct modem *modem, enum modem_switch which, bool on);

/* So many bytes of noise, with line ends or without, now. */
void modem_noise(struct modem *modem, size_t bytes, bool lines);

void modem_set_air(struct modem *modem, int64_t air_ms);
/* How long it takes before anything is heard; rounded up to the loop's milliseconds. */
void modem_set_echo(struct modem *modem, int64_t delay_us);
/* network NULL: as it is. */
void modem_set_registration(struct modem *modem, int registration, const char *network);
void modem_set_signal(struct modem *modem, int csq);
/* See card_set_pin and card_change. */
void modem_set_pin(struct modem *modem, const char *pin);
void modem_set_imsi(struct modem *modem, const char *imsi);

/* ---- reports ---- */

/* Says the report as soon as the conversation allows. One of another card is lost. */
void modem_report(struct modem *modem, const struct report *report);
size_t modem_reports_waiting(const struct modem *modem);
void modem_set_reports_late(struct modem *modem, int64_t late_ms);
/* Of the messages that are taken from now on, the first n. */
void modem_drop_reports(struct modem *modem, unsigned n);
void modem_double_reports(struct modem *modem, unsigned n);
/* n reports for messages that nobody sent. */
void modem_stray_reports(struct modem *modem, unsigned n);

/* ---- messages for the SIM ---- */

enum { MODEM_INBOX_MAX = 4096 }; /* that wait in the network */

/* Sends the parts of order (numbers 1..parts, n of them; NULL: all, as they come). 0, or 1: too
 * many wait, or there is no such part. */
int modem_deliver(struct modem *modem, const struct deliver *deliver,
                  const struct deliver_head *head, const unsigned *order, size_t n);
/* Messages in the SIM's memory. */
size_t modem_stored(const struct modem *modem);

#endif
