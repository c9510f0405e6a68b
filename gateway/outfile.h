/* outfile: may a command write a file where the user says?
 * Runs: any (blocks).
 *
 * What a command writes must never take the place of the books or of a file that belongs to them
 * (key, journal of SQLite, socket, pictures, copies), nor of a stranger's file that merely has the
 * name. */
#ifndef LAWCAST_OUTFILE_H
#define LAWCAST_OUTFILE_H

enum outfile_kind {
    OUTFILE_NEW,      /* whoever writes it refuses what is there */
    OUTFILE_WORKBOOK, /* may replace a workbook (XLSX), and nothing else */
    OUTFILE_FOLDER    /* of evidence packs */
};

/* COMMAND_FINE; or COMMAND_REFUSED, told on standard error on behalf of command ("audit prove").
 * ledger: where the books are. */
int outfile_check(const char *command, const char *path, const char *ledger,
                  enum outfile_kind kind);

#endif
