/* bundle_read: a bundle as a source (source.h). What is in it comes from strangers.
 * Runs: any (blocks; opening sets the process's time zone, as reading a configuration does).
 *
 * Nothing in it is believed: what the tree and the signatures prove, verify.h finds out. Here is
 * only read, within bounds, and handed on in such a way that what can't be read is found, at its
 * place: a line of records.txt that is none has a mark that no record has. */
#ifndef LAWCAST_AUDIT_BUNDLE_READ_H
#define LAWCAST_AUDIT_BUNDLE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/audit/source.h"

#define BUNDLE_NO_MARK INT64_MAX /* the mark of what is no line of records.txt */

struct bundle;

/* 0; 1: it is none that this program reads, why is a sentence in the user's language. */
int bundle_open(struct bundle **out, const char *folder, char *why, size_t why_size);
void bundle_close(struct bundle *bundle); /* NULL is fine */
void source_of_bundle(struct source *source, struct bundle *bundle);
/* What verify.h doesn't look at: that no file is missing, that the last checkpoint covers all
 * records, that every text belongs to its tag and every picture to a record, and the sums of
 * SHA256SUMS. 0; 1: why says what is wrong; or -errno. */
int bundle_check(struct bundle *bundle, char *why, size_t why_size);

/* A line of records.txt without its line break. Lent from it. */
void bundle_parse_line(const char *line, size_t length, struct books_line *out);

#endif
