/* family: what modems of one make say of themselves and without being asked.
 * Runs: any (const data). The documents are named in family.c. */
#ifndef LAWCAST_TESTS_SIM_FAMILY_H
#define LAWCAST_TESTS_SIM_FAMILY_H

#include <stdbool.h>

/* A command that only this make has. */
struct family_answer {
    const char *command; /* after AT; with '=' at its end it takes what follows */
    const char *reply;   /* a line before OK, or NULL */
};

struct family {
    const char *name;
    const char *maker, *model, *revision; /* AT+CGMI, AT+CGMM, AT+CGMR */
    const char *info;                     /* ATI; CR LF between its lines */
    const char *memories;          /* "SM" or "ME,SM": of messages, the first after power-on */
    const char *full;              /* said when the memory is full, or NULL */
    const char *const *power_on;   /* said then; ended by NULL */
    const char *const *card_ready; /* said when the card can be used */
    const struct family_answer *answers; /* ended by one without a command, or NULL */
    const char *const *mutter;           /* said at any time; "" is a blank line */
    const char *sysinfo_tail;            /* AT^SYSINFO: what follows the state of the card; or NULL:
                                            no such command */
    int cms_no_service;                  /* a message outside of any network */
    bool says_pin;                       /* +CPIN: ... at power-on, unasked */
    bool knows_qnwinfo;                  /* AT+QNWINFO */
};

/* NULL: no such family. */
const struct family *family_find(const char *name);
/* The names, by index; NULL past the end. */
const char *family_name(unsigned index);

#endif
