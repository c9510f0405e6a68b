/* verify: the books, ring by ring. See verify.h.
 * Runs: any. */
#include "gateway/audit/verify.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/scrub.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/audit/retell.h"
#include "gateway/audit/verify_inside.h"
#include "gateway/audit/verify_sql.h"

#define VERIFY_TRIES 1000 /* to catch a moment between two commits of a gateway */

/* ---- the file itself, meanwhile ---- */

struct verify_file {
    const char *path;
    pthread_t thread;
    bool running;
    int rc;
    int64_t faults;
    char why[256];
};

static void *verify_file_run(void *ctx)
{
    struct verify_file *file = ctx;
    struct db *db;

    file->rc = db_open(&db, file->path, DB_READ);
    if (file->rc == 0)
        file->rc = db_ask(db,
                          "SELECT count(*) FROM pragma_integrity_check"
                          " WHERE integrity_check <> 'ok'",
                          &file->faults);
    if (file->rc < 0)
        snprintf(file->why, sizeof file->why, "%s", db_why(db));
    db_close(db);
    return NULL;
}

static void verify_file_begin(struct verify_file *file)
{
    file->running = pthread_create(&file->thread, NULL, verify_file_run, file) == 0;
    if (!file->running)
        verify_file_run(file);
}

static void verify_file_end(struct verify_file *file, struct findings *findings)
{
    if (file->running)
        pthread_join(file->thread, NULL);
    if (file->rc < 0)
        findings_add(findings, FINDING_DAMAGED, 0,
                     lang("%s can't be read through: %s.", "%s 无法通读：%s。"), file->path,
                     file->why);
    else if (file->faults)
        findings_add(findings, FINDING_DAMAGED, 0,
                     lang("%s is damaged: SQLite finds %lld faults in it.",
                          "%s 已损坏：SQLite 发现 %lld 处错误。"),
                     file->path, (long long)file->faults);
}

/* ---- tables ---- */

/* Rows that no record can tell of; the first of each kind. */
static const struct {
    enum verify_statement rows;
    enum finding_kind kind;
    const char *english, *chinese;
} verify_oddities[] = {
    {VERIFY_ODD_LINE, FINDING_ALTERED,
     "A record was altered: it has what its kind has no place for",
     "记录被改动：含有此类记录没有的内容"},
    {VERIFY_ODD_SHOWN, FINDING_INSERTED, "Table shown: no record tells of this showing of delivery",
     "表 shown：没有记录说明该条标语的播放"},
    {VERIFY_ODD_OPTOUT, FINDING_TABLE, "Table optout: a number refuses otherwise than by event",
     "表 optout：某号码的拒收与该次登记不符"},
    {VERIFY_UNKNOWN_OPTOUT, FINDING_TABLE, "Table optout lacks the number that refuses by event",
     "表 optout：缺少该次登记的拒收号码"},
    {VERIFY_ODD_CLOSED, FINDING_TABLE, "Table closed names another campaign than that of delivery",
     "表 closed：任务与该条消息不符"},
    {VERIFY_ODD_VEIL, FINDING_TABLE, "Table veil: not erased is the campaign of delivery",
     "表 veil：该条消息所属任务并未清除"},
    {VERIFY_ODD_VEIL_TEXT, FINDING_TABLE, "Table veil_text: not erased is the campaign of text",
     "表 veil_text：该条正文所属任务并未清除"},
    {VERIFY_ODD_SUM, FINDING_FIGURE, "The sums claim to go as far as a record that isn't there",
     "合计声称截至并不存在的记录"},
};

static int verify_odd(const struct verify_tables *tables)
{
    for (size_t i = 0; i < sizeof verify_oddities / sizeof *verify_oddities; i++) {
        enum verify_statement s = verify_oddities[i].rows;
        int rc = db_row(tables->db, s);

        if (rc < 0)
            return rc;
        if (rc == 0)
            continue;
        findings_add(tables->findings, verify_oddities[i].kind, db_int(tables->db, s, 1),
                     lang("%s: %lld.", "%s：%lld。"),
                     lang(verify_oddities[i].english, verify_oddities[i].chinese),
                     (long long)db_int(tables->db, s, 0));
        db_end(tables->db, s);
    }
    return 0;
}

/* What the seal of the last stop covers must still be the same. */
static int verify_seal(const struct verify_tables *tables)
{
    const struct replay_facts *told = &tables->figures->facts[FACT_SEAL];
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *sealed, *now;
    const struct jv *value;
    const char *name;
    int rc;

    if (!tables->figures->sealed)
        return 0;
    rc = books_seal(tables->books, &text);
    if (rc < 0)
        return rc;
    sealed = jv_parse(told->items[0].text, strlen(told->items[0].text), NULL);
    now = jv_parse(buffer_text(&text), text.length, NULL);
    for (size_t i = 0; (value = jv_entry(jv_at(now, "/tables"), i, &name)); i++) {
        const char *before = jv_text(jv_member(jv_at(sealed, "/tables"), name));

        if (!before || strcmp(before, jv_text(value)) != 0)
            findings_add(tables->findings, FINDING_SEAL, 0,
                         lang("What the seal of the last stop calls \"%s\" was altered since.",
                              "上次停止时封存的“%s”此后被改动。"),
                         name);
    }
    jv_free(sealed);
    jv_free(now);
    return 0;
}

static int verify_own_key(struct verify_tables *tables)
{
    int rc = books_tag_key(tables->books, 0, &tables->key);

    return rc < 0 ? rc : 0;
}

static int verify_reports(const struct verify_tables *tables)
{
    struct retell retell;
    int rc;

    retell_begin(&retell, tables->figures);
    rc = verify_sums(tables, &retell.summary);
    if (rc == 0)
        rc = verify_statements(tables, &retell);
    retell_end(&retell);
    return rc;
}

static int verify_all_tables(struct verify_tables *tables)
{
    static int (*const rings[])(const struct verify_tables *tables) = {
        verify_schema, verify_odd,      verify_facts, verify_deliveries,
        verify_counts, verify_evidence, verify_seal,  verify_reports,
    };
    int rc = verify_own_key(tables);

    for (size_t i = 0; i < sizeof rings / sizeof *rings && rc == 0; i++)
        rc = rings[i](tables);
    return rc;
}

/* ---- the books ---- */

/* Two readers at one and the same moment, though a gateway may be writing. 0 or -errno. */
static int verify_same_moment(struct verify_tables *tables)
{
    for (int i = 0; i < VERIFY_TRIES; i++) {
        struct books_log log;
        int64_t last = 0;
        int rc = books_hold(tables->books);

        if (rc < 0)
            return rc;
        rc = books_log(tables->books, &log);
        if (rc == 0)
            rc = db_exec(tables->db, "BEGIN");
        if (rc == 0)
            rc = db_ask(tables->db, "SELECT coalesce(max(id), 0) FROM journal", &last);
        if (rc == 0 && last == log.journal)
            return 0;
        db_rollback(tables->db);
        books_let_go(tables->books);
        if (rc < 0)
            return rc;
    }
    return -EAGAIN;
}

/* A checkpoint that was given up when these books were put back isn't asked for. */
static int verify_restored(const struct verify_tables *tables, struct verify_checkpoints *known,
                           struct verify_result *result)
{
    int rc = books_pending(tables->books, &result->pending);

    result->is_pending = rc > 0;
    for (size_t i = 0; i < known->n && rc >= 0; i++) {
        if (!known->items[i].kept)
            continue;
        rc = books_gave_up(tables->books, known->items[i].note);
        if (rc > 0) {
            free(known->items[i].note);
            known->items[i--] = known->items[--known->n];
        }
    }
    return rc < 0 ? rc : 0;
}

static int verify_held(struct verify_tables *tables, struct verify_checkpoints *known,
                       const struct verify_options *options, struct verify_result *result)
{
    struct source source;
    int rc = verify_restored(tables, known, result);

    if (rc < 0)
        return rc;
    source_of_books(&source, tables->books);
    rc = verify_log(&source, options, known, tables->replay, result);
    if (rc == 0)
        rc = verify_all_tables(tables);
    return rc;
}

/* The last checkpoint is kept beside the key, too: books that lack it are an older copy. It is read
 * first, because a gateway may write both meanwhile. */
static int verify_opened(struct verify_tables *tables, const struct verify_options *options,
                         struct verify_result *result)
{
    MEM_FREE_LATER char *mark = store_mark_path(tables->path);
    struct verify_checkpoints known = {0};
    int rc;

    for (size_t i = 0; i < options->n_known; i++)
        verify_checkpoints_know(&known, options->known[i], false, &result->findings);
    result->unscrubbed = scrub_is_owed(tables->path);
    result->unmarked = access(mark, F_OK) != 0;
    if (!result->unmarked)
        verify_checkpoints_know(&known, mark, true, &result->findings);
    rc = verify_same_moment(tables);
    if (rc == 0) {
        rc = verify_held(tables, &known, options, result);
        db_rollback(tables->db);
        books_let_go(tables->books);
    }
    verify_checkpoints_free(&known);
    return rc;
}

static int verify_tables_open(struct verify_tables *tables)
{
    int rc = db_open(&tables->db, tables->path, DB_READ);

    return rc < 0 ? rc : db_prepare(tables->db, verify_sql, VERIFY_STATEMENTS);
}

int verify_books(const char *path, const struct verify_options *options,
                 struct verify_result *result, char *why, size_t why_size)
{
    struct verify_file file = {.path = path};
    struct verify_tables tables = {.path = path, .findings = &result->findings};
    int rc;

    *result = (struct verify_result){0};
    rc = books_open(&tables.books, path, why, why_size);
    if (rc < 0)
        return rc;
    tables.replay = replay_new(&result->findings);
    tables.figures = replay_figures(tables.replay);
    rc = verify_tables_open(&tables);
    verify_file_begin(&file);
    if (rc == 0)
        rc = verify_opened(&tables, options, result);
    verify_file_end(&file, &result->findings);
    if (rc == -EUCLEAN && result->findings.n) /* told already, as far as it goes */
        rc = 0;
    if (rc < 0)
        snprintf(why, why_size,
                 lang("%s can't be read (%s): try again, and if that doesn't help, put back a "
                      "backup",
                      "无法读取 %s（%s）：请重试；如仍不行，请恢复备份"),
                 path, rc == -EAGAIN ? strerror(EAGAIN) : db_why(tables.db));
    findings_sort(&result->findings);
    db_close(tables.db);
    books_close(tables.books);
    replay_free(tables.replay);
    return rc;
}

int verify_source(const struct source *source, const struct verify_options *options,
                  struct verify_result *result)
{
    struct verify_checkpoints known = {0};
    struct replay *replay;
    int rc;

    *result = (struct verify_result){0};
    for (size_t i = 0; i < options->n_known; i++)
        verify_checkpoints_know(&known, options->known[i], false, &result->findings);
    replay = replay_new(&result->findings);
    rc = verify_log(source, options, &known, replay, result);
    if (rc == 0)
        rc = verify_source_reports(source, replay_figures(replay), &result->findings);
    findings_sort(&result->findings);
    verify_checkpoints_free(&known);
    replay_free(replay);
    return rc;
}

void verify_release(struct verify_result *result)
{
    findings_free(&result->findings);
}
