/* filekind: files that are named where a file of another kind is wanted.
 * Runs: any (pure).
 *
 * Only the clear cases: one sentence about them spares hundreds about what they contain, and that
 * may be phone numbers. */
#ifndef LAWCAST_CONFIG_FILEKIND_H
#define LAWCAST_CONFIG_FILEKIND_H

#include <stdbool.h>
#include <stddef.h>

/* .xlsx, .ods and other archives (they begin alike), or .xls and .et. */
bool filekind_is_workbook(const char *bytes, size_t length);
/* Instead of a configuration: its first line is a row of fields, or path ends in .csv and the line
 * sets nothing. In any encoding that has ASCII in it. */
bool filekind_is_csv(const char *path, const char *bytes, size_t length);

#endif
