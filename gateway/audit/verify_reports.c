/* verify_reports: every figure of every report against what the records make. See verify.h.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/report/statement_print.h"
#include "gateway/audit/retell.h"
#include "gateway/audit/verify_inside.h"
#include "gateway/audit/verify_sql.h"

/* The elements of a list, or the one value, as texts in order: what comes in which order is no
 * figure. */
struct verify_texts {
    char **texts;
    size_t n;
};

static char *verify_text(const struct jv *value)
{
    struct buffer text = BUFFER_NULL;

    jv_write(value, false, &text);
    return buffer_take(&text);
}

static int verify_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void verify_take_apart(const struct jv *value, struct verify_texts *out)
{
    bool list = jv_is_array(value);

    out->n = list ? jv_size(value) : 1;
    out->texts = mem_array(out->n + 1, char *);
    for (size_t i = 0; i < out->n; i++)
        out->texts[i] = verify_text(list ? jv_element(value, i) : value);
    if (out->n)
        qsort(out->texts, out->n, sizeof *out->texts, verify_order);
}

static void verify_texts_free(struct verify_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->texts[i]);
    free(texts->texts);
}

static void verify_figure(struct findings *findings, const char *campaign, const char *name,
                          const char *printed, const char *made)
{
    findings_add(findings, FINDING_FIGURE, 0,
                 lang("The report of %s tells %s %.300s, but the records make %.300s.",
                      "%s 的报表中 %s 为 %.300s，但记录应为 %.300s。"),
                 campaign, name, printed, made);
}

static void verify_member(struct findings *findings, const char *campaign, const char *name,
                          const struct jv *printed, const struct jv *made)
{
    struct verify_texts theirs, ours;
    size_t i = 0;

    verify_take_apart(printed, &theirs);
    verify_take_apart(made, &ours);
    while (i < theirs.n && i < ours.n && strcmp(theirs.texts[i], ours.texts[i]) == 0)
        i++;
    if (i < theirs.n || i < ours.n)
        verify_figure(findings, campaign, name,
                      i < theirs.n ? theirs.texts[i] : lang("nothing", "（无）"),
                      i < ours.n ? ours.texts[i] : lang("nothing", "（无）"));
    verify_texts_free(&theirs);
    verify_texts_free(&ours);
}

void verify_report(const struct retell *retell, const char *campaign, const struct jv *printed,
                   struct findings *findings)
{
    struct statement statement;
    struct jv *made;
    const char *name;
    const struct jv *value;

    if (retell_statement(retell, campaign, &statement)) {
        findings_add(findings, FINDING_FIGURE, 0,
                     lang("There is a report of %s, but no record tells of that campaign.",
                          "有 %s 的报表，但没有记录说明该任务。"),
                     campaign);
        return;
    }
    made = statement_to_json(&statement);
    for (size_t i = 0; (value = jv_entry(made, i, &name)); i++)
        if (jv_member(printed, name))
            verify_member(findings, campaign, name, jv_member(printed, name), value);
        else
            verify_figure(findings, campaign, name, lang("nothing", "（无）"), "...");
    if (jv_size(printed) != jv_size(made))
        verify_figure(findings, campaign, lang("its members", "各项"), "...", "...");
    jv_free(made);
    statement_release(&statement);
}

/* ---- of the books ---- */

/* Whose campaign is erased, that slogan is known by its veil. */
static int verify_slogans(const struct verify_tables *tables, struct retell *retell)
{
    struct db *db = tables->db;
    int rc;

    while ((rc = db_row(db, VERIFY_SLOGANS)) > 0) {
        int64_t campaign = db_int(db, VERIFY_SLOGANS, 0);
        const char *text = db_text(db, VERIFY_SLOGANS, 1), *key = db_text(db, VERIFY_SLOGANS, 2);
        const char *veil = db_text(db, VERIFY_SLOGANS, 3);
        struct record_tag bytes, tag;
        struct record_key made;

        if (record_tag_parse(key, strlen(key), &bytes) == 0) {
            memcpy(made.bytes, bytes.bytes, sizeof made.bytes);
            record_tag_text(&made, text, &tag, NULL);
        } else if (record_tag_parse(veil, strlen(veil), &tag)) {
            continue;
        }
        retell_add_slogan(retell, campaign, &tag, text);
    }
    return rc;
}

struct verify_report_walk {
    const struct verify_tables *tables;
    struct retell *retell;
};

static int verify_take_campaign(void *ctx, const struct books_campaign *campaign)
{
    struct verify_report_walk *walk = ctx;
    struct statement statement;
    struct jv *printed;
    int rc = statement_read(walk->tables->books, campaign->id, &statement);

    if (rc)
        return rc < 0 ? rc : 0;
    printed = statement_to_json(&statement);
    verify_report(walk->retell, campaign->id, printed, walk->tables->findings);
    jv_free(printed);
    statement_release(&statement);
    return 0;
}

/* Of damaged books no statement is made: figures out of every range end the process. */
int verify_statements(const struct verify_tables *tables, struct retell *retell)
{
    struct verify_report_walk walk = {.tables = tables, .retell = retell};
    int rc = verify_slogans(tables, retell);

    return rc < 0 || tables->findings->n
               ? rc
               : books_campaigns(tables->books, verify_take_campaign, &walk);
}

/* ---- of a bundle ---- */

struct verify_bundle_walk {
    struct retell *retell;
    struct findings *findings;
};

static int verify_take_text(void *ctx, int64_t campaign, const struct record_tag *tag,
                            const char *text)
{
    retell_add_slogan(ctx, campaign, tag, text);
    return 0;
}

static int verify_take_report(void *ctx, const char *campaign, const struct jv *report)
{
    struct verify_bundle_walk *walk = ctx;

    verify_report(walk->retell, campaign, report, walk->findings);
    return 0;
}

int verify_source_reports(const struct source *source, const struct replay_figures *figures,
                          struct findings *findings)
{
    struct retell retell;
    struct verify_bundle_walk walk = {.retell = &retell, .findings = findings};
    int rc = 0;

    retell_begin(&retell, figures);
    if (source->texts)
        rc = source->texts(source->from, verify_take_text, &retell);
    if (rc >= 0 && source->reports)
        rc = source->reports(source->from, verify_take_report, &walk);
    retell_end(&retell);
    return rc < 0 ? rc : 0;
}
