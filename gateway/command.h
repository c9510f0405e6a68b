/* command: what a subcommand of lawcast is, and what all of them share.
 * Runs: any (before or without a loop).
 *
 * One subcommand a file, ending in one const entry; main.c lists them. Standard output carries what
 * was asked for, standard error everything else. */
#ifndef LAWCAST_COMMAND_H
#define LAWCAST_COMMAND_H

#include <getopt.h>
#include <stdio.h>

#include "gateway/base/diag.h"
#include "gateway/ledger/books.h"
#include "gateway/model/office.h"

#define COMMAND_VERSION "0.1.0"

/* Exit codes, the same for all commands; in every manual page. */
enum command_exit {
    COMMAND_FINE = 0,
    COMMAND_REFUSED = 1, /* the user's files have errors, or something was refused */
    COMMAND_USAGE = 2,   /* wrong usage */
    COMMAND_SHORT = 3,   /* the job ran, but is short of its quota or something is in doubt */
    COMMAND_MACHINE = 4, /* disk, device, books in use, or books that don't add up */
};

struct command {
    const char *name;
    const char *help_en, *help_zh;     /* one line */
    const char *usage;                 /* what follows "lawcast NAME " */
    const char *long_en, *long_zh;     /* options, examples, exit codes of its own; ends with \n */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; an exit code */
};

/* All commands in the order of work, ended by NULL (main.c). */
extern const struct command *const commands[];
const struct command *command_find(const char *name);
/* "did you mean": the nearest command's name, or NULL. */
const char *command_nearest(const char *word);

extern const struct command command_edit, command_check, command_plan, command_rehearse, command_approve, command_run,
    command_pause, command_resume, command_cancel, command_extend, command_set_rate,
    command_status, command_modems, command_boards, command_replies, command_report, command_audit,
    command_attach, command_optout, command_erase, command_backup, command_restore, command_upgrade,
    command_help;

void command_print_help(const struct command *command, FILE *out);
/* Says on standard error what is wrong with the arguments and where help is. COMMAND_USAGE. */
int command_misused(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* getopt_long with ":" first in its letters, silent: wrong options are told by command_bad_option,
 * which the caller calls for anything that it doesn't know ('h' prints the help: COMMAND_FINE).
 * Before that call optarg must stay as it is: it holds the wrong word, NULL for a letter. */
int command_next_option(int argc, char **argv, const char *letters, const struct option *options);
int command_bad_option(const struct command *command, int option, char **argv);

/* The configuration: path, or when NULL the first of conf/lawcast.cfg and /etc/lawcast/lawcast.cfg
 * that exists. COMMAND_FINE, or COMMAND_REFUSED with errors in diag and *out NULL. */
int command_read_office(const char *path, struct diag *diag, struct office **out);
/* For commands that only look: what is no error is check's business, and would stand between a
 * reader and what was asked for. */
void command_tell_errors(const struct diag *diag);
void command_free_office(struct office *office); /* NULL is fine */
/* Where the books are: ledger, or when NULL what the configuration says; *path is to be freed.
 * Tells what is wrong itself. COMMAND_FINE or COMMAND_REFUSED. */
int command_ledger(const char *config, const char *ledger, char **path);
/* Opens the books at ledger, or when NULL where the configuration says. Tells what is wrong itself.
 * Books that are an older copy are told on standard error. */
int command_open_books(const char *config, const char *ledger, struct books **out);
/* The same for what hands figures or copies out: an older copy is refused (COMMAND_MACHINE). */
int command_open_newest(const char *config, const char *ledger, struct books **out);
/* Of the books of a rehearsal: that nothing was sent. Before anything is told of them. */
void command_tell_rehearsal(struct books *books, FILE *out);

#endif
