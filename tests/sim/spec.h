/* spec: what is to be simulated: the command line and the specification file.
 * Runs: any (plain data).
 *
 * Options are applied in their order; --spec FILE stands for what the file says, at its place.
 * Every key of the file is optional, unknown keys are errors, and all errors are told at once. */
#ifndef LAWCAST_TESTS_SIM_SPEC_H
#define LAWCAST_TESTS_SIM_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/diag.h"
#include "tests/sim/fate.h"

enum board_verb { BOARD_PUBLISH, BOARD_WITHDRAW, BOARD_VERIFY, BOARD_VERBS };

/* What a webhook's platform expects and answers; {name} in body is the slogan's name. */
struct board_rule {
    char *method;
    int64_t status;
    char *body;
};

struct board_spec {
    char *id;   /* [A-Za-z0-9_-]{1,32} */
    char *kind; /* "onbon-y" or "webhook" */
    char *user, *password;
    struct board_rule rules[BOARD_VERBS];
};

struct sim_spec {
    int64_t modems, air_ms, report_ms, seed;
    int64_t clock_ms; /* 0: the machine's clock */
    char *dir;        /* never NULL */
    char *log;        /* NULL: none */
    struct fate_odds odds;
    bool reference_zero;
    int64_t echo_delay_us;
    struct board_spec *boards;
    size_t n_boards;
};

/* Fills spec; findings go to diag. 0: go on; 1: there are errors; 2: help was asked for and
 * printed. spec_free in every case. */
int spec_read(int argc, char **argv, struct sim_spec *spec, struct diag *diag);
void spec_free(struct sim_spec *spec);

#endif
