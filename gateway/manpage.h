/* manpage: a manual page from its source and from the tables of the program.
 * Runs: any.
 *
 * A source is mdoc with lines that begin with @. What they stand for is generated in the user's
 * language, so that a page can't lack what the program has:
 *
 *   @SYNOPSIS           the commands with their usage
 *   @COMMANDS           a section for each command: usage, explanation, options
 *   @OPTIONS conf       a section for each group of conf/lawcast.cfg
 *   @OPTIONS campaign   the same of a campaign file
 *   @OPTIONS kinds      a section for each kind of boards
 *   @END                ends each of these but @SYNOPSIS
 *
 * Between such a line and its @END stand remarks, more mdoc for a place in what is generated:
 *
 *   @NAME               at the beginning of a section: "modems", "huidu", "audit verify"
 *   @NAME.OPTION        of one option; ".ported" is one that is in no group
 *   @NAME/              at the end of the section
 *
 * A remark for something that there is not is an error, so that none outlives its option. */
#ifndef LAWCAST_MANPAGE_H
#define LAWCAST_MANPAGE_H

#include <stdio.h>

/* Prints the page. An exit code (command.h); errors are told with file and line. */
int manpage_print(const char *path, FILE *out);

#endif
