/* findings: what a reader of files has put into a diag. Include in one file of a test program.
 * Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_FINDINGS_H
#define LAWCAST_TESTS_UNIT_FINDINGS_H

#include <stdlib.h>
#include <string.h>

#include "gateway/base/diag.h"

/* Is there a finding of this kind at file (the end of its path; NULL: any) and line that says part?
 */
static inline bool findings_have(const struct diag *diag, enum diag_kind kind, const char *file,
                                 int line, const char *part)
{
    for (size_t i = 0; i < diag->n; i++) {
        const struct diag_entry *entry = &diag->entries[i];
        size_t length = entry->file ? strlen(entry->file) : 0, tail = file ? strlen(file) : 0;

        if (entry->kind == kind && entry->line == line && strstr(entry->message, part) &&
            tail <= length && (!file || strcmp(entry->file + length - tail, file) == 0))
            return true;
    }
    return false;
}

/* Fails, and shows all findings, unless there is exactly this one error (and any warnings). */
#define findings_expect_one(diag, file, line, part)                                                \
    do {                                                                                           \
        if ((diag)->errors != 1 || !findings_have((diag), DIAG_ERROR, (file), (line), (part))) {   \
            diag_print((diag), stderr);                                                            \
            fail_msg("wanted one error at %s:%d: %s", (const char *)(file), (line), (part));       \
        }                                                                                          \
    } while (0)

#define findings_expect(diag, kind, file, line, part)                                              \
    do {                                                                                           \
        if (!findings_have((diag), (kind), (file), (line), (part))) {                              \
            diag_print((diag), stderr);                                                            \
            fail_msg("wanted a finding at %s:%d: %s", (const char *)(file), (line), (part));       \
        }                                                                                          \
    } while (0)

/* With LC_ALL=zh: does every message speak Chinese? */
static inline bool findings_are_chinese(const struct diag *diag)
{
    for (size_t i = 0; i < diag->n; i++) {
        const char *at = diag->entries[i].message;

        while (*at && (unsigned char)*at < 0x80)
            at++;
        if (!*at)
            return false;
    }
    return true;
}

/* Has a Chinese text a half-width comma or semicolon behind a Chinese character? */
static inline bool findings_are_half_width(const char *text)
{
    for (const char *at = text; (at = strpbrk(at, ",;")) != NULL; at++)
        if (at > text && (unsigned char)at[-1] >= 0x80)
            return true;
    return false;
}

#endif
