/* at_room: the inside of struct at, shared by at.c (bytes, lines, prompt), at_commands.c (the
 * table, settings, sending), at_status.c (card and network) and at_store.c (the memory).
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_AT_ROOM_H
#define LAWCAST_TESTS_SIM_AT_ROOM_H

#include "tests/sim/at.h"

enum { AT_LINE_MAX = 512 }; /* a command, or a PDU in hexadecimal; longer lines are errors */

enum at_state {
    AT_COMMAND, /* a line is being read */
    AT_PROMPT,  /* a PDU is being read */
    AT_WAITING, /* the host owes the answer to a PDU */
};

enum at_route { AT_ROUTE_MT = 1, AT_ROUTE_DS = 3 }; /* places in AT+CNMI=mode,mt,bm,ds,bfr */

/* Reading and deleting, writing, what comes in. All are one memory, the card's. */
enum at_memory { AT_MEMORY_READ, AT_MEMORY_WRITE, AT_MEMORY_IN, AT_MEMORIES };

enum at_watch { AT_WATCH_CREG, AT_WATCH_CEREG, AT_WATCHES };

struct at {
    struct at_host host;
    struct radio *radio;
    enum at_state state;
    bool echo, text_mode;
    int cmee;
    int cnmi[5];
    int watch[AT_WATCHES]; /* <n> of AT+CREG and AT+CEREG */
    int registration;      /* as last announced */
    int cops_format;
    bool full_said, prompt_withheld, mutters;
    bool answering;              /* a command is being answered */
    unsigned muttered;           /* lines until now */
    char memory[AT_MEMORIES][3]; /* names, as in AT+CPMS=mem1,mem2,mem3 */
    size_t announced;            /* by AT+CMGS */
    char centre[RADIO_CENTRE_MAX + 1];
    char line[AT_LINE_MAX];
    size_t length; /* of line; AT_LINE_MAX: it was too long */
    struct buffer out, held;
};

/* What a command's function returns. */
enum at_result { AT_OK, AT_ERROR, AT_SAID }; /* SAID: the final line is already out */

enum { /* TS 27.007 9.2, TS 27.005 3.2.5 */
       AT_CME_NOT_ALLOWED = 3,
       AT_CME_PIN = 11,
       AT_CME_PUK = 12,
       AT_CME_PASSWORD = 16,
       AT_CME_BAD_PARAMETER = 50,
       AT_CMS_NOT_ALLOWED = 302,
       AT_CMS_PIN = 311,
       AT_CMS_PUK = 316,
       AT_CMS_BAD_INDEX = 321,
};

/* Runs the line (without its CR), which begins with AT. */
void at_run(struct at *at, const char *line);
/* One line of an answer, or an unsolicited one. */
void at_say(struct at *at, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum at_result at_fail_cms(struct at *at, int code);
/* As AT+CMEE wants it. */
enum at_result at_fail_cme(struct at *at, int code);
/* The card can be used from now on. */
void at_say_card_ready(struct at *at);
void at_mutter(struct at *at);
/* One small number. 0, or 1: it isn't one, or is above most. */
int at_number(const char *value, long most, int *out);

/* Commands; value is what follows the command's name. */
typedef enum at_result at_command(struct at *at, const char *value);
at_command at_read_pin, at_run_pin;
at_command at_run_imei, at_run_imsi, at_run_gcap, at_run_signal;
at_command at_read_creg, at_run_creg, at_read_cereg, at_run_cereg;
at_command at_read_operator, at_run_operator, at_run_sysinfo, at_run_qnwinfo;
at_command at_read_storage, at_test_storage, at_run_storage, at_run_read, at_run_delete,
    at_run_list;

#endif
