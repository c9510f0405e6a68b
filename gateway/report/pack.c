/* pack: evidence packs as files. See pack.h.
 * Runs: any. */
#include "gateway/report/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/clock.h"
#include "gateway/base/durable.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_units.h"
#include "gateway/report/pack_data.h"

/* Who shall hear why, and when all of them are made. */
struct pack_job {
    const struct pack_setup *setup;
    int64_t made_ms;
    FILE *out;
    char *why;
    size_t why_size;
};

static int pack_unwritable(const struct pack_job *job, const char *path, int rc)
{
    snprintf(job->why, job->why_size, lang("%s can't be written: %s.", "无法写入 %s：%s。"), path,
             lang_error(rc));
    return rc;
}

static int pack_save(const struct pack_job *job, const struct pack *pack, const char *path)
{
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
    const char *reason;
    int pages, rc;

    if (pack_print(pack, &file, &pages, &reason)) {
        snprintf(job->why, job->why_size, lang("%s can't be drawn: %s.", "无法绘制 %s：%s。"), path,
                 reason);
        return 1;
    }
    rc = durable_replace(path, file.data, file.length, 0600);
    if (rc)
        return pack_unwritable(job, path, rc);
    fprintf(job->out, lang("%s: %d pages, %zu kB\n", "%s：%d 页，%zu kB\n"), path, pages,
            (file.length + 999) / 1000);
    return 0;
}

static int pack_unreadable(const struct pack_job *job, int rc)
{
    snprintf(job->why, job->why_size, "%s", statement_unreadable(rc));
    return rc;
}

/* unit NULL: of all of them. */
static int pack_make(const struct pack_job *job, const char *unit)
{
    const struct pack_setup *setup = job->setup;
    MEM_FREE_LATER char *path = mem_printf("%s/%s%s%s.pdf", setup->folder, setup->statement->id,
                                           unit ? "-" : "", unit ? unit : "");
    struct pack pack;
    int rc = pack_read(setup, unit, job->made_ms, &pack);

    if (rc == 0)
        rc = pack_save(job, &pack, path);
    else if (rc == 1)
        snprintf(job->why, job->why_size,
                 lang("The unit \"%s\" has no part in %s: check --unit.",
                      "单位 %s 没有参加任务 %s：请检查 --unit。"),
                 unit ? unit : "*", setup->statement->id);
    else
        rc = pack_unreadable(job, rc);
    pack_release(&pack);
    return rc;
}

struct pack_units {
    char **codes;
    size_t n;
};

static int pack_note_unit(void *ctx, const struct books_contact *contact)
{
    struct pack_units *units = ctx;

    units->codes = mem_grow(units->codes, units->n + 1, sizeof *units->codes);
    units->codes[units->n++] = mem_dup(contact->unit);
    return 0;
}

static int pack_make_all(const struct pack_job *job)
{
    struct pack_units units = {0};
    int rc =
        books_contacts(job->setup->books, job->setup->statement->number, pack_note_unit, &units);

    if (rc)
        rc = pack_unreadable(job, rc);
    for (size_t i = 0; i < units.n; i++) {
        rc = rc ? rc : pack_make(job, units.codes[i]);
        free(units.codes[i]);
    }
    free(units.codes);
    return rc ? rc : pack_make(job, NULL);
}

int report_pdf(const struct pack_setup *setup, FILE *out, char *why, size_t why_size)
{
    struct pack_job job = {setup, clock_wall_ms(), out, why, why_size};
    int rc = mkdir(setup->folder, 0700) && errno != EEXIST ? -errno : 0;

    *why = '\0';
    if (rc)
        return pack_unwritable(&job, setup->folder, rc);
    return setup->unit ? pack_make(&job, setup->unit) : pack_make_all(&job);
}
