/* spec: what is to be simulated: the command line and the specification file.
 * Runs: any (plain data).
 *
 * Options are applied in their order; --spec FILE stands for what the file says, at its place.
 * Every key of the file is optional, unknown keys are errors, and all errors are told at once:
 *
 *   { "modems": 4, "dir": "sim", "log": "FILE", "air_ms": 0, "report_ms": 50, "seed": 1,
 *     "clock_ms": 0, "frozen": false, "grid_ms": 1,
 *     "family": "generic|huawei|quectel|simcom|zte|wavecom",
 *     "faults": { "undelivered_permille": 0, "rejected_permille": 0, "busy_permille": 0,
 *       "silent_reports_permille": 0, "report_twice_permille": 0, "reference_zero": false,
 *       "echo_delay_us": 0 },
 *     "modem_specs": [ { "index": 0, "imei": "860000000000000", "imsi": "460000000000000",
 *       "pin": "1234", "puk": false, "network": "CHINA MOBILE", "registration": 1, "signal": 20,
 *       "cdma": false, "family": "huawei", "smsc": "+8613800100500", "air_ms": 0, "gap_ms": 0,
 *       "lost_ms": 0,
 *       "reference_zero": false, "echo_delay_us": 0, "link": "modem-0" } ],
 *     "boards": [ { "id": "b", "kind": "onbon-y", "width": 192, "height": 64,
 *       "options": { "password": "guest", ... },
 *       "publish": { "method": "POST", "status": 200, "body": "{}" }, "withdraw": {...},
 *       "verify": {...} } ] }
 *
 * A board's options are those of its kind in lawcast.cfg, by name, texts and numbers as texts; what
 * is not there has the kind's default. publish, withdraw and verify are of webhooks only.
 *
 * "puk" is a SIM that asks for its PUK. "frozen": time stands still until the command "clock" moves
 * it; air times, reports and boards go by that clock, and the first two happen at multiples of
 * grid_ms. Only then count gap_ms, the pause of a modem between two parts, and lost_ms, the wall
 * time at which it stops for good (0: never). */
#ifndef LAWCAST_TESTS_SIM_SPEC_H
#define LAWCAST_TESTS_SIM_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/diag.h"
#include "gateway/base/json.h"
#include "tests/sim/fate.h"

enum board_verb { BOARD_PUBLISH, BOARD_WITHDRAW, BOARD_VERIFY, BOARD_VERBS };

/* What a webhook's platform expects and answers; {name} in body is the slogan's name. */
struct board_rule {
    char *method;
    int64_t status;
    char *body;
};

struct board_spec {
    char *id;              /* [A-Za-z0-9_-]{1,32} */
    char *kind;            /* as in lawcast.cfg: "onbon-y" */
    int64_t width, height; /* pixels; 192 x 64 */
    struct jv *options;    /* NULL: none given */
    struct board_rule rules[BOARD_VERBS];
};

/* An option's text, or other when it isn't given. Lent. */
const char *board_option(const struct board_spec *spec, const char *name, const char *other);

/* One modem. */
struct modem_spec {
    int64_t index;
    char *imei, *imsi; /* NULL: by the index, 86000000....... and 46000000....... */
    char *pin;         /* NULL: none */
    char *network;     /* NULL: by the IMSI */
    char *family;
    char *smsc;                    /* NULL: +8613800100500 */
    char *link;                    /* below the directory; NULL: modem-<index> */
    int64_t registration;          /* +CREG */
    int64_t signal;                /* +CSQ */
    int64_t air_ms, echo_delay_us; /* in a file's list -1: as for all */
    int64_t gap_ms, lost_ms;
    bool puk, cdma;
    bool reference_zero; /* or for all */
};

struct sim_spec {
    int64_t modems, air_ms, report_ms, seed;
    int64_t clock_ms; /* 0: the machine's clock */
    int64_t grid_ms;
    bool frozen;
    char *dir; /* never NULL */
    char *log; /* NULL: none */
    struct fate_odds odds;
    bool reference_zero;
    int64_t echo_delay_us;
    char *family; /* of modems; never NULL */
    struct modem_spec *modem_specs;
    size_t n_modem_specs;
    struct board_spec *boards;
    size_t n_boards;
};

/* Fills spec; findings go to diag. 0: go on; 1: there are errors; 2: help was asked for and
 * printed. spec_free in every case. */
int spec_read(int argc, char **argv, struct sim_spec *spec, struct diag *diag);
void spec_free(struct sim_spec *spec);

/* What is said of this modem, with what is said of all and the defaults; strings are lent. */
struct modem_spec spec_modem(const struct sim_spec *spec, int64_t index);
/* Is it a file's name below the directory: [A-Za-z0-9._-]{1,64}, with a letter or digit first? */
bool spec_is_link(const char *text);

#endif
