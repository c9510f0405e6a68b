/* audit: the subcommands of `lawcast audit`, one a file (audit_NAME.c).
 * Runs: any.
 *
 * Each is a struct command like the others, named with both words ("audit verify"), so that usage,
 * help and wrong options read and work alike; argv[0] is its own word. cmd_audit.c lists them. */
#ifndef LAWCAST_AUDIT_H
#define LAWCAST_AUDIT_H

#include "gateway/command.h"

/* All of them in the order of help, ended by NULL. */
extern const struct command *const audit_commands[];

extern const struct command audit_key;
extern const struct command audit_verify;
extern const struct command audit_prove, audit_check, audit_checkpoint, audit_cosign;
extern const struct command audit_export, audit_compare;

#endif
