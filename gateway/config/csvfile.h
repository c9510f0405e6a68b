/* csvfile: one CSV file of recipients, row by row, as UTF-8.
 * Runs: loop. Library: libcsv (csvfile.c only), iconv of libc (chartext.c).
 *
 * Rows come with their physical line numbers, also when quoted fields contain line ends. What makes
 * the file as a whole doubtful (quotation marks that don't pair, NUL bytes, fields beyond 64 KiB)
 * is an error that ends reading: silently joined rows would be lost recipients. */
#ifndef LAWCAST_CONFIG_CSVFILE_H
#define LAWCAST_CONFIG_CSVFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/diag.h"
#include "gateway/base/option.h"

#define CSVFILE_COLUMNS_MAX 256
#define CSVFILE_FIELD_MAX   ((size_t)64 << 10) /* bytes */

struct csvfile; /* opaque */

struct csvfile_digest {
    int64_t bytes;
    uint64_t fingerprint; /* as hex_fingerprint of the whole file */
};

struct csvfile_row {
    int64_t line;              /* where it begins, 1 = header */
    size_t n;                  /* fields in the row; only the first columns + 1 of them are kept */
    const char *const *values; /* UTF-8, not ended by NUL; as in the file when bad */
    const size_t *lengths;
    bool bad; /* a field is not text in the file's encoding */
};

/* Opens and reads the header. 0, or -errno with errors in diag: then *out is NULL. */
int csvfile_open(const char *path, struct diag *diag, struct csvfile **out);
void csvfile_close(struct csvfile *file); /* NULL is fine */
/* The column names, trimmed. Lent. */
const struct option_strings *csvfile_columns(const struct csvfile *file);
/* The next row, lent until the next call; blank lines are passed over. 0; 1: no more; -errno with
 * errors in diag. Reads at most one piece of 64 KiB, unless one row is longer. */
int csvfile_next(struct csvfile *file, struct csvfile_row *row, struct diag *diag);
/* What was read; only after csvfile_next has said 1. */
struct csvfile_digest csvfile_digest(const struct csvfile *file);

#endif
