/* cmd_status: lawcast status: how every campaign in the books stands, and what holds it up.
 * Runs: any. Read-only; works while a gateway is writing. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/ledger/books_age.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/scrub.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/figure.h"
#include "gateway/report/standing.h"
#include "gateway/report/statement_print.h"
#include "gateway/report/table.h"
#include "gateway/status_watch.h"
#include "gateway/status_words.h"

/* What is asked of each campaign. */
struct status_job {
    struct books *books;
    bool gateway;     /* one is at work on these books */
    const char *path; /* of the books */
    struct jv *list;  /* where --json is gathered; NULL: print */
};

struct status_ids {
    char **ids;
    size_t n;
};

/* What only the deliveries know. */
struct status_scan {
    int64_t now_ms;
    int64_t last_ms;
    bool missed;         /* a slot that nobody took when its time came */
    int64_t deferred_ms; /* the newest message that waits to be tried again, and its error */
    int32_t deferred_code;
    char deferred_device[65];
};

static int status_take_id(void *ctx, const struct books_campaign *campaign)
{
    struct status_ids *ids = ctx;

    ids->ids = mem_grow(ids->ids, ids->n + 1, sizeof *ids->ids);
    ids->ids[ids->n++] = mem_dup(campaign->id);
    return 0;
}

static int status_take_delivery(void *ctx, const struct books_delivery *delivery)
{
    struct status_scan *scan = ctx;

    if (delivery->changed_ms > scan->last_ms)
        scan->last_ms = delivery->changed_ms;
    scan->missed = scan->missed || standing_is_missed(delivery, scan->now_ms);
    if (delivery->state == DELIVERY_DEFERRED && delivery->changed_ms >= scan->deferred_ms) {
        scan->deferred_ms = delivery->changed_ms;
        scan->deferred_code = delivery->code;
        snprintf(scan->deferred_device, sizeof scan->deferred_device, "%s", delivery->device);
    }
    return 0;
}

static void status_unit_line(struct table *table, const char *name,
                             const struct statement_unit *unit)
{
    char text[7][FIGURE_ROOM];

    figure_count(unit->n[COLUMN_DELIVERED], text[0]);
    figure_count(unit->quota, text[1]);
    figure_percent(unit->n[COLUMN_DELIVERED], unit->quota, text[2]);
    figure_count(unit->n[COLUMN_SENT], text[3]);
    figure_count(unit->n[COLUMN_UNKNOWN], text[4]);
    figure_count(unit->n[COLUMN_EXPIRED], text[5]);
    figure_count(unit->n[COLUMN_OPEN], text[6]);
    table_row(table, (const char *[8]){name, text[0], text[1], text[2], text[3], text[4], text[5],
                                       text[6]});
}

/* Units first; behind a line those with others below them, these included. */
static void status_print_units(const struct statement *statement)
{
    const struct table_column columns[] = {
        {lang("Unit", "单位"), false, false},
        {statement_column_label(COLUMN_DELIVERED), true, false},
        {lang("Quota", "任务数"), true, false},
        {lang("Reached", "完成率"), true, false},
        {statement_column_label(COLUMN_SENT), true, false},
        {statement_column_label(COLUMN_UNKNOWN), true, true},
        {statement_column_label(COLUMN_EXPIRED), true, true},
        {statement_column_label(COLUMN_OPEN), true, false},
    };
    struct table *table = table_new(columns, 8);

    for (size_t i = 0; i < statement->n_units; i++)
        status_unit_line(table, statement->units[i].name, &statement->units[i]);
    if (statement->n_groups)
        table_rule(table);
    for (size_t i = 0; i < statement->n_groups; i++) {
        BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;

        statement_group_label(&statement->groups[i], &label);
        status_unit_line(table, buffer_text(&label), &statement->groups[i].sum);
    }
    table_print(table, stdout);
    table_free(table);
}

/* "Open: 1,200 planned, 34 will retry (bank-a/17, error 42)". */
static void status_print_open(const struct statement *statement, const struct status_scan *scan)
{
    static const enum delivery_state states[] = {DELIVERY_PLANNED, DELIVERY_DUE, DELIVERY_INFLIGHT,
                                                 DELIVERY_DEFERRED};
    const char *between = lang("Open: ", "未完成：");

    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        char count[FIGURE_ROOM];

        if (!statement->by_state[states[i]])
            continue;
        figure_count(statement->by_state[states[i]], count);
        printf(lang("%s%s %s", "%s%s 条%s"), between, count, delivery_state_label(states[i]));
        between = lang(", ", "，");
        if (states[i] == DELIVERY_DEFERRED && scan->deferred_code > 0)
            printf(lang(" (last: %s, error %d)", "（最近：%s，错误 %d）"), scan->deferred_device,
                   (int)scan->deferred_code);
    }
    if (statement->totals.n[COLUMN_OPEN])
        putchar('\n');
}

static enum standing status_standing(const struct status_job *job,
                                     const struct statement *statement,
                                     const struct status_scan *scan)
{
    enum standing standing = standing_of(statement, scan->now_ms, scan->last_ms);

    return job->gateway && !scan->missed ? standing : standing_without_gateway(standing);
}

/* What a window that is over has left waits for the next one, if there is one. */
static void status_print_passed(const struct statement *statement, int64_t now_ms)
{
    const struct window *next = window_after(statement->windows, statement->n_windows, now_ms);
    size_t passed = 0;
    char from[20];

    for (size_t i = 0; i < statement->n_windows; i++)
        passed += statement->windows[i].to_ms <= now_ms;
    if (!passed || !statement->totals.n[COLUMN_OPEN])
        return;
    printf(lang("Windows over: %zu of %zu", "已过时间窗：%zu/%zu"), passed, statement->n_windows);
    if (next) {
        clock_format(next->from_ms, from);
        printf(lang("; what is left waits for %s", "；未完成的等待 %s"), from);
    }
    putchar('\n');
}

static void status_print(const struct status_job *job, const struct statement *statement,
                         const struct status_scan *scan)
{
    BUFFER_FREE_LATER struct buffer title = BUFFER_NULL;
    enum standing standing = status_standing(job, statement, scan);
    int64_t showing = 0;
    char last[20];

    table_put_text(&title, statement->title, 200, false);
    printf("%s (%s)  %s\n", buffer_text(&title), statement->id, standing_label(standing));
    statement_print_windows(statement, stdout);
    status_print_passed(statement, scan->now_ms);
    status_print_approval(job->books, statement->id);
    if (statement->n_units)
        status_print_units(statement);
    status_print_open(statement, scan);
    for (size_t i = 0; i < statement->n_boards; i++)
        showing += statement->boards[i].showing;
    if (statement->n_boards)
        printf(lang("Boards: %zu, %lld slogans up now\n", "显示屏：%zu 块，正在显示 %lld 条标语\n"),
               statement->n_boards, (long long)showing);
    if (scan->last_ms) {
        clock_format(scan->last_ms, last);
        printf(lang("Last change: %s\n", "最后变动：%s\n"), last);
    }
}

static struct jv *status_json(const struct status_job *job, const struct statement *statement,
                              const struct status_scan *scan)
{
    struct jv *document = statement_to_json(statement), *open = jv_object(), *approval;
    char when[FIGURE_ROOM];

    for (int state = DELIVERY_PLANNED; state <= DELIVERY_DEFERRED; state++)
        jv_put(open, delivery_state_name((enum delivery_state)state),
               jv_int(statement->by_state[state]));
    figure_iso(scan->last_ms, when);
    jv_put(document, "state", jv_string(standing_name(status_standing(job, statement, scan))));
    jv_put(document, "open", open);
    jv_put(document, "last_change", scan->last_ms ? jv_string(when) : jv_null());
    approval = status_approval_json(job->books, statement->id);
    if (approval)
        jv_put(document, "approval", approval);
    return document;
}

static int status_campaign(const struct status_job *job, const char *id)
{
    struct status_scan scan = {.now_ms = clock_wall_ms()};
    struct statement statement;
    int rc = statement_read_with(job->books, id, 0, &statement);

    if (!rc)
        rc = books_deliveries(job->books, statement.number, status_take_delivery, &scan);
    if (!rc && job->list)
        jv_push(job->list, status_json(job, &statement, &scan));
    else if (!rc)
        status_print(job, &statement, &scan);
    statement_release(&statement);
    return rc;
}

static int status_all(const struct status_job *job, const struct status_ids *ids)
{
    int rc = books_is_rehearsal(job->books);

    if (rc > 0 && !job->list)
        printf("%s\n", rehearsed_banner());
    rc = rc < 0 ? rc : 0;

    if (!ids->n && !job->list)
        fputs(lang("The books have no campaign yet. Next: lawcast check CAMPAIGN, then lawcast run "
                   "CAMPAIGN.\n",
                   "账本中还没有任务。下一步：先运行 lawcast check 任务文件，再运行 lawcast run "
                   "任务文件。\n"),
              stdout);
    for (size_t i = 0; i < ids->n && !rc; i++) {
        if (i && !job->list)
            putchar('\n');
        rc = status_campaign(job, ids->ids[i]);
    }
    return rc;
}

static void status_print_json(const struct status_job *job)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document = jv_object(), *words = status_words_json(job->books);
    struct status_live status = {0};

    jv_put(document, "gateway", jv_bool(job->gateway));
    jv_put(document, "campaigns", job->list);
    if (words)
        jv_put(document, "words", words);
    if (job->gateway && status_ask(job->path, &status)) {
        struct jv *live = jv_object();

        status_put(live, &status.live);
        jv_put(document, "live", live);
    }
    status_release(&status);
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

static int status_books(struct status_job *job)
{
    struct status_ids ids = {0};
    int rc = books_campaigns(job->books, status_take_id, &ids);

    if (!rc)
        rc = status_all(job, &ids);
    for (size_t i = 0; i < ids.n; i++)
        free(ids.ids[i]);
    free(ids.ids);
    if (rc) {
        jv_free(job->list);
        fputs(lang("lawcast status: the books can't be read just now. Try again.\n",
                   "lawcast status：暂时无法读取账本，请重试。\n"),
              stderr);
        return COMMAND_MACHINE;
    }
    if (job->list)
        status_print_json(job);
    return COMMAND_FINE;
}

/* Where the books are; the configuration also sets the time zone. NULL: told already. */
static char *status_path(const char *config)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    char *path = NULL;

    if (command_read_office(config, &diag, &office) == COMMAND_FINE)
        path = mem_dup(office->ledger_path);
    command_tell_errors(&diag);
    diag_free(&diag);
    command_free_office(office);
    return path;
}

/* On standard error, as an older copy is told: the JSON stays what it is. */
static void status_tell_age(struct books *books, const char *path)
{
    struct books_age age;

    if (scrub_is_owed(path))
        fputs(lang("lawcast status: an erasing was broken off: traces of numbers may be left in "
                   "the file. Run \"lawcast erase\" on that campaign again.\n",
                   "lawcast status：有一次清除被中断：文件中可能残留号码。请对该任务再次运行 "
                   "lawcast erase。\n"),
              stderr);
    if (books_age(books, path, &age) < 0 || !age.unknown)
        return;
    fprintf(stderr,
            lang("lawcast status: %s isn't there, or is no checkpoint: whether these are the "
                 "newest books isn't known.\n",
                 "lawcast status：%s 不存在或内容不是检查点：无法判断这是否为最新的账本。\n"),
            age.mark);
}

/* What a running gateway expects, and what is not as it should be. */
static void status_print_live(const struct status_live *status)
{
    const struct prospect *prospect = &status->prospect;
    char count[FIGURE_ROOM], when[20];

    if (prospect->per_min >= 0) {
        figure_count(prospect->per_min, count);
        printf(lang("Rate: %s messages a minute\n", "速度：每分钟 %s 条\n"), count);
    }
    for (size_t i = 0; i < prospect->n_units; i++) {
        const struct prospect_unit *unit = &prospect->units[i];

        figure_count(unit->line.missing, count);
        if (unit->line.missing > 0)
            printf(lang("%s, %s: %s messages will be missing: %s\n", "%s，%s：预计少 %s 条：%s\n"),
                   unit->campaign, unit->unit, count, forecast_bound_label(unit->line.bound));
    }
    if (prospect->at_ms && !prospect->total.missing && prospect->total.finish_p50_ms > 0 &&
        prospect->total.finish_p50_ms < INT64_MAX) {
        clock_format(prospect->total.finish_p50_ms, when);
        printf(lang("Done at about %s\n", "预计完成：%s\n"), when);
    }
    if (prospect->network > 0)
        printf(lang("Slowest: %s\n", "瓶颈：%s\n"),
               phone_operator_label((enum phone_operator)prospect->network));
    if (prospect->bank_down)
        printf(lang("%s: %zu of %zu modems are down\n", "%s：%zu/%zu 台短信设备不可用\n"),
               prospect->bank, prospect->bank_down, prospect->bank_size);
    if (status->trouble)
        printf("▲ %s\n", status->trouble);
}

static int status_told(struct status_job *job, const char *path)
{
    struct status_live status = {0};
    int result = status_books(job);

    if (result != COMMAND_FINE || job->list)
        return result;
    if (status_print_words(job->books))
        return COMMAND_MACHINE;
    if (job->gateway && status_ask(path, &status))
        status_print_live(&status);
    status_release(&status);
    return result;
}

static int status_of(const char *config, const char *ledger, bool json, bool watch)
{
    MEM_FREE_LATER char *path = ledger ? mem_dup(ledger) : status_path(config);
    struct status_job job = {0};
    int result;

    if (!path)
        return COMMAND_REFUSED;
    job.gateway = books_in_use(path);
    job.path = path;
    result = command_open_books(NULL, path, &job.books);
    if (result != COMMAND_FINE)
        return result;
    status_tell_age(job.books, path);
    job.list = json ? jv_array() : NULL;
    if (watch)
        result = status_watch(job.books, path) < 0 ? COMMAND_MACHINE : COMMAND_FINE;
    else
        result = status_told(&job, path);
    books_close(job.books);
    return result;
}

static int status_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},         {"watch", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},         {0}};
    const char *config = NULL, *ledger = NULL;
    bool json = false, watch = false;
    int option;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'l')
            ledger = optarg;
        else if (option == 'j')
            json = true;
        else if (option == 'w')
            watch = true;
        else
            return command_bad_option(&command_status, option, argv);
    }
    if (optind < argc)
        return command_misused(&command_status, lang("\"%s\" is too much.", "多余的参数：%s。"),
                               argv[optind]);
    if (json && watch)
        return command_misused(
            &command_status, "%s",
            lang("--json and --watch don't go together.", "--json 和 --watch 不能同时使用。"));
    return status_of(config, ledger, json, watch);
}

const struct command command_status = {
    .name = "status",
    .help_en = "Show how every campaign in the books stands.",
    .help_zh = "查看账本中各任务的进展。",
    .usage = "[-c FILE | --ledger PATH] [--json | --watch]",
    .long_en =
        "The word behind a campaign is computed from its figures: \"completed\" only when nothing "
        "is\n"
        "open or in doubt and every quota is delivered or sent, \"stalled\" when nothing has moved "
        "for 5 "
        "minutes\ninside a window, \"not running\" when no gateway is at work then, else \"ended "
        "short\".\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --json          for programs\n"
        "      --watch         the display of the running gateway, until q or Ctrl-C\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast status\n"
        "  lawcast status --json | jq '.campaigns[].state'\n\n"
        "Exit codes: 0 fine; 1 no books yet, or errors in the configuration; 2 wrong usage; 4 the\n"
        "books can't be read.\n",
    .long_zh =
        "任务后的状态词由数字算出：没有未完成和结果不明、且各单位都达到任务数，才是“已完成”；\n"
        "时间窗内 5 分钟没有变化为“停滞”；没有网关在工作为“未运行”；\n"
        "其余结束的为“已结束·未达任务数”。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接读取此账本，不需要配置文件\n"
        "      --json          供程序使用\n"
        "      --watch         显示运行中网关的实时画面，按 q 或 Ctrl-C 退出\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast status\n"
        "  lawcast status --json | jq '.campaigns[].state'\n\n"
        "退出码：0 正常；1 还没有账本或配置有错误；2 用法错误；4 账本无法读取。\n",
    .run = status_run,
};
