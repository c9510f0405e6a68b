/* verbs: what may be said on the control socket: the one table that "help" prints, the gateway
 * obeys by, and the manual page lawcast-control(7) is compared with.
 * Runs: any (pure). */
#ifndef LAWCAST_CONTROL_VERBS_H
#define LAWCAST_CONTROL_VERBS_H

#include <stddef.h>

/* Raised when an old guest could misunderstand a new answer; new verbs and members don't. */
#define CONTROL_PROTOCOL 1

enum control_verb {
    CONTROL_HELLO,
    CONTROL_HELP,
    CONTROL_STATUS,
    CONTROL_PAUSE,
    CONTROL_RESUME,
    CONTROL_CANCEL,
    CONTROL_EXTEND,
    CONTROL_SET_RATE,
    CONTROL_BOARD,
    CONTROL_RELEASE,
    CONTROL_TAKE,
    CONTROL_OPTOUT,
    CONTROL_ATTACH,
    CONTROL_APPROVE,
    CONTROL_RELOAD,
    CONTROL_VERBS
};

struct control_form {
    const char *verb, *form; /* the form begins with the verb; words in capitals stand for others */
    const char *help_en, *help_zh;
    size_t least, most; /* words, with its own */
};

extern const struct control_form control_forms[CONTROL_VERBS];

/* CONTROL_VERBS: there is no such verb. */
enum control_verb control_verb_find(const char *word);

#endif
