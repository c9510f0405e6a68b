/* optout_show: who wants no messages, and what the books know of one number. See optout.h.
 * Runs: any (blocks). Works while a gateway is writing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/audit/prove.h"
#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/ledger/books_optouts.h"
#include "gateway/optout.h"
#include "gateway/outfile.h"
#include "gateway/receipt_file.h"
#include "gateway/report/figure.h"
#include "gateway/report/table.h"

static const struct {
    const char *name, *en, *zh;
} optout_sources[] = {
    [REFUSAL_REPLY] = {"reply", "reply", "短信回复"},
    [REFUSAL_COMMAND] = {"command", "by hand", "人工登记"},
    [REFUSAL_IMPORT] = {"import", "list", "名单导入"},
};
#define OPTOUT_SOURCES ((int64_t)(sizeof optout_sources / sizeof *optout_sources))

static const char *optout_source_name(int64_t source)
{
    return source >= 0 && source < OPTOUT_SOURCES ? optout_sources[source].name : "?";
}

static const char *optout_source_label(int64_t source)
{
    return source >= 0 && source < OPTOUT_SOURCES
               ? lang(optout_sources[source].en, optout_sources[source].zh)
               : "?";
}

static int optout_unreadable(void)
{
    fputs(lang("lawcast optout: the books can't be read just now. Try again.\n",
               "lawcast optout：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

static void optout_print_json(struct jv *document)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

/* Damaged books may hold what is no text. */
static struct jv *optout_note(const char *note)
{
    return jv_string(optout_note_is_fine(note) ? note : "?");
}

/* ---- list ---- */

struct optout_all {
    const struct optout_job *job;
    struct table *table; /* NULL: JSON */
    struct jv *list;
    int64_t n;
};

static int optout_list_one(void *ctx, const struct books_optout *optout)
{
    struct optout_all *all = ctx;
    char number[24], since[FIGURE_ROOM];
    struct jv *entry;

    all->n++;
    optout_show_number(all->job, optout->address, number);
    if (all->table) {
        clock_format(optout->since_ms, since);
        table_row(all->table,
                  (const char *[]){since, number, optout_source_label(optout->source),
                                   optout->events > 1 ? lang("again", "再次") : "", optout->note});
        return 0;
    }
    figure_iso(optout->since_ms, since);
    entry = jv_object();
    jv_put(entry, "number", jv_string(number));
    jv_put(entry, "since", jv_string(since));
    jv_put(entry, "source", jv_string(optout_source_name(optout->source)));
    jv_put(entry, "record", jv_int(optout->line));
    jv_put(entry, "events", jv_int(optout->events));
    jv_put(entry, "note", optout_note(optout->note));
    jv_push(all->list, entry);
    return 0;
}

static void optout_list_print(const struct optout_all *all)
{
    char count[FIGURE_ROOM];
    struct jv *document;

    if (!all->table) {
        document = jv_object();
        jv_put(document, "count", jv_int(all->n));
        jv_put(document, "optouts", jv_copy(all->list));
        optout_print_json(document);
        return;
    }
    if (all->n)
        table_print(all->table, stdout);
    figure_count(all->n, count);
    printf(lang("Numbers that refuse: %s\n", "登记拒收的号码：%s 个\n"), count);
}

int optout_list(const struct optout_job *job)
{
    const struct table_column columns[] = {
        {.title = lang("Since", "登记时间")},
        {.title = lang("Number", "号码")},
        {.title = lang("How", "来源")},
        {.title = "", .optional = true},
        {.title = lang("Note", "备注"), .optional = true},
    };
    struct optout_all all = {.job = job};
    struct books *books = NULL;
    int result = command_open_books(NULL, job->ledger, &books);

    if (result != COMMAND_FINE)
        return result;
    if (job->json)
        all.list = jv_array();
    else
        all.table = table_new(columns, sizeof columns / sizeof *columns);
    if (books_optouts(books, optout_list_one, &all))
        result = optout_unreadable();
    else
        optout_list_print(&all);
    table_free(all.table);
    jv_free(all.list);
    books_close(books);
    return result;
}

/* ---- prove ---- */

struct optout_history {
    const struct optout_job *job;
    struct books *books;
    struct jv *events; /* NULL: print */
    int64_t n;
    bool refuses;
    int64_t line;       /* of the last event */
    int64_t claimed;    /* attempts while the number refused: there must be none */
    int64_t wrong_line; /* the refusal that was not heeded */
};

static int optout_history_count(struct optout_history *history, int64_t before)
{
    int64_t n = 0;
    int rc = history->refuses
                 ? books_claimed(history->books, history->job->number, history->line, before, &n)
                 : 0;

    if (n && !history->claimed)
        history->wrong_line = history->line;
    history->claimed += n;
    return rc;
}

static void optout_history_show(const struct optout_history *history,
                                const struct books_refusal *refusal)
{
    char when[FIGURE_ROOM];
    struct jv *event;

    if (!history->events) {
        clock_format(refusal->at_ms, when);
        printf(lang("%s  %s  %s, record %lld%s%s\n", "%s  %s  %s，记录第 %lld 条%s%s\n"), when,
               refusal->refuses ? lang("refuses", "拒收") : lang("takes it back", "恢复接收"),
               optout_source_label(refusal->source), (long long)refusal->line,
               *refusal->note ? lang(": ", "：") : "",
               optout_note_is_fine(refusal->note) ? refusal->note : "?");
        return;
    }
    figure_iso(refusal->at_ms, when);
    event = jv_object();
    jv_put(event, "at", jv_string(when));
    jv_put(event, "refuses", jv_bool(refusal->refuses));
    jv_put(event, "source", jv_string(optout_source_name(refusal->source)));
    jv_put(event, "record", jv_int(refusal->line));
    jv_put(event, "note", optout_note(refusal->note));
    jv_push(history->events, event);
}

static int optout_history_one(void *ctx, const struct books_refusal *refusal)
{
    struct optout_history *history = ctx;
    int rc = optout_history_count(history, refusal->line);

    history->n++;
    history->refuses = refusal->refuses;
    history->line = refusal->line;
    optout_history_show(history, refusal);
    return rc;
}

static void optout_history_json(struct optout_history *history, const char *number)
{
    struct jv *document = jv_object();

    jv_put(document, "number", jv_string(number));
    jv_put(document, "refuses", jv_bool(history->refuses));
    jv_put(document, "events", jv_copy(history->events));
    jv_put(document, "sent_after_refusal", jv_int(history->claimed));
    optout_print_json(document);
}

static void optout_history_tell(const struct optout_history *history, const char *number)
{
    if (!history->n)
        printf(lang("%s has never refused, as far as these books know.\n",
                    "账本中没有 %s 的拒收登记。\n"),
               number);
    else if (history->claimed)
        printf(lang("✕ %s was sent to %lld times after its refusal (record %lld). Keep the books "
                    "as they are and find out why.\n",
                    "✕ %s 登记拒收后仍被发送 %lld 次（登记见记录第 %lld 条）。请原样保存账本并查明"
                    "原因。\n"),
               number, (long long)history->claimed, (long long)history->wrong_line);
    else
        printf(
            history->refuses
                ? lang("● %s refuses. Since its refusal nothing was sent to it. (Messages of "
                       "campaigns that were erased can't be told any more.)\n",
                       "● %s 已登记拒收，登记之后没有再发送。（已清除任务的短信无从查考。）\n")
                : lang("● %s doesn't refuse now. While it did, nothing was sent to it. (Messages "
                       "of campaigns that were erased can't be told any more.)\n",
                       "● %s 目前未登记拒收；登记拒收期间没有发送。（已清除任务的短信无从查"
                       "考。）\n"),
            number);
}

/* The refusals of one status. */
static size_t optout_count(const struct prove_refusals *refusals, enum prove_status status)
{
    size_t n = 0;

    for (size_t i = 0; i < refusals->n; i++)
        n += refusals->items[i].status == status;
    return n;
}

static int optout_write_receipts(const struct optout_job *job,
                                 const struct prove_refusals *refusals)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    size_t n = optout_count(refusals, PROVE_PROVED);
    int result;

    for (size_t i = 0; i < refusals->n; i++)
        if (refusals->items[i].receipt)
            buffer_add_text(&text, refusals->items[i].receipt);
    result = n ? receipt_file_write("optout prove", job->out, &text) : COMMAND_FINE;
    if (n && result == COMMAND_FINE)
        fprintf(job->json ? stderr : stdout,
                lang("Receipts in %s: %zu. lawcast audit check reads them without the books.\n",
                     "%s 中的回执：%zu 份，可用 lawcast audit check 脱离账本校验。\n"),
                job->out, n);
    return result;
}

/* What has no receipt, and why. */
static int optout_judge(const struct prove_refusals *refusals)
{
    size_t damaged = optout_count(refusals, PROVE_DAMAGED);
    size_t unsigned_yet = optout_count(refusals, PROVE_UNSIGNED);

    if (damaged)
        fprintf(
            stderr,
            lang("lawcast optout prove: the books contradict what was signed, or have no "
                 "record, of this many refusals: %zu. lawcast audit verify tells where.\n",
                 "lawcast optout prove：有 %zu 次登记，账本与已签名的内容不符，或缺少记录。请用 "
                 "lawcast audit verify 查明。\n"),
            damaged);
    if (unsigned_yet)
        fprintf(stderr,
                lang("lawcast optout prove: refusals that aren't signed yet: %zu. Ask again in ten "
                     "seconds.\n",
                     "lawcast optout prove：有 %zu 次登记尚未签名，请十秒后再试。\n"),
                unsigned_yet);
    return damaged ? COMMAND_MACHINE : unsigned_yet ? COMMAND_SHORT : COMMAND_FINE;
}

static int optout_receipts(const struct optout_history *history)
{
    struct prove_refusals refusals;
    int rc = prove_refusals(history->books, history->job->number, &refusals);
    int result = COMMAND_MACHINE;

    if (rc)
        optout_unreadable();
    else
        result = optout_write_receipts(history->job, &refusals);
    if (result == COMMAND_FINE)
        result = optout_judge(&refusals);
    prove_refusals_release(&refusals);
    return result;
}

int optout_prove(const struct optout_job *job)
{
    struct optout_history history = {.job = job};
    int result = COMMAND_FINE, rc;
    char number[24];

    if (job->out)
        result = outfile_check("optout prove", job->out, job->ledger, OUTFILE_NEW);
    if (result == COMMAND_FINE)
        result = command_open_books(NULL, job->ledger, &history.books);
    if (result != COMMAND_FINE)
        return result;
    history.events = job->json ? jv_array() : NULL;
    optout_show_number(job, job->number, number);
    rc = books_refusals(history.books, job->number, optout_history_one, &history);
    if (rc == 0)
        rc = optout_history_count(&history, INT64_MAX);
    if (rc)
        result = optout_unreadable();
    else if (job->json)
        optout_history_json(&history, number);
    else
        optout_history_tell(&history, number);
    if (result == COMMAND_FINE && job->out)
        result = optout_receipts(&history);
    jv_free(history.events);
    books_close(history.books);
    return history.claimed ? COMMAND_MACHINE : result;
}
