/* diag: what is wrong with the user's files. See diag.h.
 * Runs: any. */
#include "gateway/base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"

#define DIAG_WORD_MAX 63 /* longer names get no suggestion */

void diag_free(struct diag *diag)
{
    for (size_t i = 0; i < diag->n; i++) {
        free(diag->entries[i].file);
        free(diag->entries[i].message);
    }
    free(diag->entries);
    *diag = DIAG_NULL;
}

void diag_add(struct diag *diag, enum diag_kind kind, const char *file, int line,
              const char *format, ...)
{
    struct diag_entry *entry;
    char *message = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        abort();
    va_end(args);
    if (diag->n == diag->room) {
        diag->room = diag->room ? diag->room * 2 : 16;
        diag->entries = mem_grow(diag->entries, diag->room, sizeof *diag->entries);
    }
    entry = &diag->entries[diag->n++];
    *entry = (struct diag_entry){kind, mem_dup(file), line, message};
    if (kind == DIAG_ERROR)
        diag->errors++;
}

char *diag_name(const char *name)
{
    char *shown = mem_dup(name);

    for (char *c = shown; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = '?';
    return shown;
}

void diag_print(const struct diag *diag, FILE *out)
{
    for (size_t i = 0; i < diag->n; i++) {
        const struct diag_entry *entry = &diag->entries[i];

        if (entry->file && entry->line > 0)
            fprintf(out, "%s:%d: ", entry->file, entry->line);
        else if (entry->file)
            fprintf(out, "%s: ", entry->file);
        fprintf(out, "%s: %s\n",
                entry->kind == DIAG_ERROR ? lang("error", "错误") : lang("warning", "警告"),
                entry->message);
    }
}

static size_t diag_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t diag_distance(const char *a, const char *b)
{
    size_t row[DIAG_WORD_MAX + 2], m = strlen(a), n = strlen(b);

    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replace = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = diag_min(replace, diag_min(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *diag_nearest(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    size_t best = 3, length = strlen(word);

    if (length > DIAG_WORD_MAX)
        return NULL;
    for (; *candidates; candidates++) {
        size_t distance;

        if (strlen(*candidates) > DIAG_WORD_MAX)
            continue;
        distance = diag_distance(word, *candidates);
        if (distance < best && distance < length) {
            best = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}
