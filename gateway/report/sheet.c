/* sheet: CSV for spreadsheets. See sheet.h.
 * Runs: any. */
#include "gateway/report/sheet.h"

#include <stdbool.h>
#include <string.h>

void sheet_begin(FILE *out)
{
    fputs("\xEF\xBB\xBF", out);
}

/* Excel with East Asian settings takes the full-width signs for formulas too. */
static bool sheet_is_formula(const char *cell)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(cell, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static void sheet_cell(FILE *out, const char *cell)
{
    bool formula = sheet_is_formula(cell);

    if (!formula && !cell[strcspn(cell, ",\"\r\n")]) {
        fputs(cell, out);
        return;
    }
    fputs(formula ? "\"'" : "\"", out);
    for (; *cell; cell++) {
        if (*cell == '"')
            fputc('"', out);
        fputc(*cell, out);
    }
    fputc('"', out);
}

void sheet_row(FILE *out, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            fputc(',', out);
        sheet_cell(out, cells[i]);
    }
    fputs("\r\n", out);
}
