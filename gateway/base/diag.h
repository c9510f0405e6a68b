/* diag: what is wrong with the user's files, all of it at once, each with its place.
 * Runs: any.
 *
 * A reader adds every finding and goes on; the command prints them all and ends non-zero when one
 * of them is an error. Messages are whole sentences in the user's language (see lang.h) that say
 * what is wrong and what to do; "file:line:" is put in front by diag_print. */
#ifndef LAWCAST_BASE_DIAG_H
#define LAWCAST_BASE_DIAG_H

#include <stddef.h>
#include <stdio.h>

enum diag_kind { DIAG_ERROR, DIAG_WARNING };

struct diag_entry {
    enum diag_kind kind;
    char *file; /* NULL: no place */
    int line;   /* 0: the file as a whole */
    char *message;
};

struct diag {
    struct diag_entry *entries;
    size_t n, room;
    size_t errors;
};

#define DIAG_NULL                                                                                  \
    (struct diag)                                                                                  \
    {                                                                                              \
        0                                                                                          \
    }

void diag_free(struct diag *diag);
void diag_add(struct diag *diag, enum diag_kind kind, const char *file, int line,
              const char *format, ...) __attribute__((format(printf, 5, 6)));
#define diag_error(diag, file, line, ...) diag_add((diag), DIAG_ERROR, (file), (line), __VA_ARGS__)
#define diag_warning(diag, file, line, ...)                                                        \
    diag_add((diag), DIAG_WARNING, (file), (line), __VA_ARGS__)
/* A name as a terminal may see it: without control characters. To be freed. */
char *diag_name(const char *name);
/* "file:line: error: message", in the order of finding. */
void diag_print(const struct diag *diag, FILE *out);

/* The candidate nearest to word (edit distance <= 2 and less than its length), or NULL: the "did
 * you mean" of an unknown name. candidates ends with NULL. */
const char *diag_nearest(const char *word, const char *const *candidates);

#endif
