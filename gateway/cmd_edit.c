/* cmd_edit: lawcast edit: what a changed campaign file changes about a campaign that the books
 * know, and doing so. Runs: any. No gateway may be at work on the books then: it is stopped first
 * (it drains), and the next run goes on with the new content. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/approval.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_steer.h"
#include "gateway/ledger/books_source.h"
#include "gateway/control/control.h"
#include "gateway/command.h"
#include "gateway/model/edit_diff.h"
#include "gateway/files.h"
#include "gateway/scribe.h"

struct edit_options {
    const char *config, *campaign;
    bool apply, yes;
};

struct edit {
    struct files files;
    const struct campaign *campaign;
    struct books_campaign known;
    char *source, *windows;
    struct books_unit *units;
    size_t n_units;
};

static char *edit_windows(const struct campaign *campaign)
{
    struct buffer text = BUFFER_NULL;

    buffer_add_char(&text, '[');
    for (size_t i = 0; i < campaign->n_windows; i++)
        buffer_printf(&text, "%s[%" PRId64 ",%" PRId64 "]", i ? "," : "",
                      campaign->windows[i].from_ms, campaign->windows[i].to_ms);
    buffer_add_char(&text, ']');
    return buffer_take(&text);
}

static int64_t edit_quota(const struct edit *edit, const char *unit)
{
    const struct campaign *campaign = edit->campaign;

    for (size_t i = 0; i < campaign->n_orders; i++)
        if (strcmp(edit->files.office->units[campaign->orders[i].unit].id, unit) == 0)
            return campaign->orders[i].quota;
    return 0;
}

/* ---- the books ---- */

static int edit_read_known(struct edit *edit, struct books *books)
{
    int rc = books_find_campaign(books, edit->campaign->id, &edit->known);

    if (rc == 1)
        fprintf(stderr,
                lang("lawcast edit: the books don't know %s yet: run it as it is.\n",
                     "lawcast edit：账本中还没有任务 %s：直接运行即可。\n"),
                edit->campaign->id);
    if (rc)
        return rc < 0 ? COMMAND_MACHINE : COMMAND_REFUSED;
    rc = books_source(books, edit->known.number, &edit->source);
    if (!rc)
        rc = books_units(books, edit->known.number, &edit->units, &edit->n_units);
    return rc ? COMMAND_MACHINE : COMMAND_FINE;
}

static int edit_read(struct edit *edit, const struct edit_options *options)
{
    char *path = (char *)(uintptr_t)options->campaign;
    struct books *books;
    int result = files_read(&edit->files, options->config, &path, 1);

    diag_print(&edit->files.diag, stderr);
    if (result != COMMAND_FINE)
        return result;
    edit->campaign = edit->files.campaigns[0];
    edit->windows = edit_windows(edit->campaign);
    result = command_open_books(options->config, NULL, &books);
    if (result != COMMAND_FINE)
        return result;
    result = edit_read_known(edit, books);
    books_close(books);
    return result;
}

static void edit_release(struct edit *edit)
{
    books_campaign_release(&edit->known);
    free(edit->source);
    free(edit->windows);
    free(edit->units);
    files_free(&edit->files);
}

/* ---- what it means ---- */

static void edit_tell_windows(const struct edit *edit)
{
    int64_t minutes = 0;

    if (strcmp(edit->known.windows, edit->windows) == 0)
        return;
    puts(lang("The windows are now:", "时间窗改为："));
    for (size_t i = 0; i < edit->campaign->n_windows; i++) {
        const struct window *window = &edit->campaign->windows[i];
        char from[20], to[20];

        minutes += (window->to_ms - window->from_ms) / 60000;
        clock_format(window->from_ms, from);
        clock_format(window->to_ms, to);
        printf("  %s  %s\n", from, to);
    }
    printf(lang("  %lld h %02lld min in all\n", "  共 %lld 小时 %02lld 分钟\n"),
           (long long)minutes / 60, (long long)minutes % 60);
}

/* COMMAND_REFUSED: a quota is lower than what has gone out. */
static int edit_tell_quotas(const struct edit *edit)
{
    int result = COMMAND_FINE;

    for (size_t i = 0; i < edit->n_units; i++) {
        const struct books_unit *unit = &edit->units[i];
        int64_t quota = edit_quota(edit, unit->id);
        int64_t out = unit->n[DELIVERY_SENT] + unit->n[DELIVERY_DELIVERED] +
                      unit->n[DELIVERY_UNKNOWN] + unit->n[DELIVERY_INFLIGHT];

        if (quota != unit->quota)
            printf(lang("%s: quota %lld instead of %lld; %lld went out.\n",
                        "%s：任务数 %lld（原 %lld），已发出 %lld 条。\n"),
                   unit->name, (long long)quota, (long long)unit->quota, (long long)out);
        if (quota >= out || !unit->quota)
            continue;
        fprintf(stderr,
                lang("lawcast edit: %s: %lld messages went out already, so the quota can't be "
                     "lower. Write %lld or more.\n",
                     "lawcast edit：%s：已发出 %lld 条，任务数不能更低。请写 %lld 或更大的数。\n"),
                unit->name, (long long)out, (long long)out);
        result = COMMAND_REFUSED;
    }
    return result;
}

/* The lines that stand for the lists. */
static void edit_tell_lists(const struct edit *edit)
{
    for (const char *line = edit->campaign->source; line; line = strchr(line, '\n')) {
        MEM_FREE_LATER char *text = NULL;

        line += *line == '\n';
        text = mem_dup_n(line, strcspn(line, "\n"));
        if (strncmp(text, "# list ", 7) == 0 && !strstr(edit->source, text))
            printf(
                lang("Another list: %.*s. Its new numbers join; numbers that are in it no longer "
                     "stay as they were entered (lawcast optout add takes one out).\n",
                     "名单有改动：%.*s。新号码将加入；名单中删去的号码仍按原样保留（可用 lawcast "
                     "optout add 逐个撤下）。\n"),
                (int)strcspn(text + 7, " "), text + 7);
    }
}

static int edit_refuse(const char *why)
{
    fprintf(stderr, "lawcast edit: %s\n", why);
    return COMMAND_REFUSED;
}

/* What has gone out was chosen, and its failures were replaced, by the rule as it was. */
static bool edit_counts_anew(const struct edit *edit)
{
    int64_t begun = 0;

    for (size_t i = 0; i < edit->n_units; i++)
        begun += edit->units[i].n[DELIVERY_INFLIGHT] + edit->units[i].n[DELIVERY_SENT] +
                 edit->units[i].n[DELIVERY_DELIVERED] + edit->units[i].n[DELIVERY_UNKNOWN] +
                 edit->units[i].n[DELIVERY_UNDELIVERED] + edit->units[i].n[DELIVERY_REJECTED];
    return begun && edit->known.counts != edit->campaign->counts;
}

static int edit_tell(const struct edit *edit)
{
    int result;

    if (strcmp(edit->source, edit->campaign->source) == 0) {
        puts(lang("Nothing was changed.", "没有改动。"));
        return COMMAND_SHORT;
    }
    if (edit->campaign->n_displays)
        return edit_refuse(
            lang("a campaign that shows slogans can't be edited once it is entered. "
                 "Steer it (pause, extend, cancel), or give the changed one a new id.",
                 "含标语的任务入账后不能编辑。可暂停、延长或取消，或为修改后的任务换"
                 "一个新的 id。"));
    if (!edit_is_possible(edit->source, edit->campaign->source))
        return edit_refuse(lang(
            "texts, signatures, units and whatever else is entered can't be changed. Cancel "
            "the campaign and give the changed one a new id, or put these back. Windows, "
            "quotas, lists, reserve, title, leftover, routing, attempts, reports and "
            "on_unknown can be changed; counts before the first message.",
            "短信内容、单位等已入账的部分不能修改。请取消任务并为修改后的任务换一个新的 "
            "id，或恢复这些内容。可修改：时间窗、任务数、名单、备用名单、标题、"
            "leftover、routing、attempts、回执选项和 on_unknown；counts 仅在首条短信发出前可改。"));
    if (edit_counts_anew(edit))
        return edit_refuse(lang("counts can't be changed once a message has gone out. Put it back "
                                "as it was.",
                                "已有短信发出后不能再修改 counts，请改回原值。"));
    if (strcmp(edit->known.title, edit->campaign->title) != 0)
        printf(lang("Title: %s\n", "标题：%s\n"), edit->campaign->title);
    edit_tell_windows(edit);
    result = edit_tell_quotas(edit);
    edit_tell_lists(edit);
    if (edit->known.counts != edit->campaign->counts ||
        edit->known.leftover != edit->campaign->leftover)
        puts(lang("The rules about what counts or what is left are others.",
                  "计数规则或剩余短信的处理规则有改动。"));
    return result;
}

/* ---- doing it ---- */

static int edit_write(const struct edit *edit, const char *content)
{
    const struct campaign *campaign = edit->campaign;
    const char **ids = mem_array(edit->n_units, const char *);
    const char **names = mem_array(edit->n_units, const char *);
    int64_t *quotas = mem_array(edit->n_units, int64_t);
    char by[CONTROL_GUEST_MAX];
    struct scribe *scribe;
    struct ledger_op op;
    int rc = scribe_open(&scribe, "edit", edit->files.office->ledger_path);

    control_name_user(getuid(), by);
    for (size_t i = 0; i < edit->n_units; i++) {
        ids[i] = edit->units[i].id;
        names[i] = edit->units[i].name;
        quotas[i] = edit_quota(edit, ids[i]);
    }
    op = (struct ledger_op){.kind = LEDGER_EDIT,
                            .edit = {.id = campaign->id,
                                     .title = campaign->title,
                                     .source = campaign->source,
                                     .windows = edit->windows,
                                     .targets = edit->known.targets,
                                     .content = content,
                                     .by = by,
                                     .n_units = edit->n_units,
                                     .unit_ids = ids,
                                     .unit_names = names,
                                     .quotas = quotas,
                                     .counts = campaign->counts,
                                     .leftover = campaign->leftover}};
    if (rc == 0)
        rc = scribe_write(scribe, &op);
    scribe_close(scribe);
    free(ids);
    free(names);
    free(quotas);
    return rc;
}

static bool edit_is_meant(const struct edit_options *options)
{
    char answer[16];

    if (options->yes)
        return true;
    fputs(lang("Type yes to apply this: ", "确认应用请输入 yes："), stderr);
    if (isatty(STDIN_FILENO) && fgets(answer, sizeof answer, stdin) && strcmp(answer, "yes\n") == 0)
        return true;
    fputs(lang("Nothing was changed.\n", "没有作任何更改。\n"), stderr);
    return false;
}

/* Would anything still be sent afterwards? What is applied can't be taken back. */
static int edit_has_future(const struct edit *edit)
{
    const struct campaign *campaign = edit->campaign;
    struct books_stand stand = {0};
    struct books *books;
    char why[256] = "";
    int rc;

    if (campaign->windows[campaign->n_windows - 1].to_ms <= clock_wall_ms())
        return edit_refuse(lang("the last window is over: everything that is open would expire. "
                                "Correct the times.",
                                "最后一个时间窗已过，未完成的都会过期。请改正时间。"));
    if (books_open(&books, edit->files.office->ledger_path, why, sizeof why))
        return edit_refuse(why);
    rc = books_standing(books, STEER_CAMPAIGN, campaign->id, "", &stand);
    books_close(books);
    if (rc == 0 && stand.standing.cancelled)
        return edit_refuse(lang("the campaign is cancelled, for good. Give it a new id.",
                                "任务已取消，不可恢复。请换一个新的 id。"));
    return rc < 0 ? COMMAND_MACHINE : COMMAND_FINE;
}

static int edit_apply(const struct edit *edit, const struct edit_options *options)
{
    const char *ledger = edit->files.office->ledger_path, *unread = "";
    char content[DIGEST_HEX_MOST];
    int result, rc;

    if (books_in_use(ledger))
        return edit_refuse(
            lang("a gateway is at work. Stop it (it finishes what is in flight), edit, "
                 "and start it again: it goes on with the new content.",
                 "网关正在运行。请先停止网关（在途短信会发完），编辑后再启动，即按新内容"
                 "继续。"));
    result = edit_has_future(edit);
    if (result == COMMAND_FINE)
        result = approval_check(edit->files.office, &edit->campaign, 1, ledger);
    if (result != COMMAND_FINE)
        return result;
    if (approval_content(edit->campaign, edit->files.office, content, &unread))
        return edit_refuse(unread);
    if (!edit_is_meant(options))
        return COMMAND_REFUSED;
    rc = edit_write(edit, content);
    if (rc < 0)
        return COMMAND_MACHINE;
    if (rc)
        return edit_refuse(
            lang("the books refuse this: a quota is lower than what went out, or the "
                 "campaign was erased.",
                 "账本拒绝此编辑：任务数低于已发出数，或任务数据已清除。"));
    puts(lang("Applied. \"lawcast run\" goes on with it.", "已应用。用 lawcast run 继续。"));
    return COMMAND_FINE;
}

static int edit_do(const struct edit_options *options)
{
    struct edit edit = {0};
    int result = edit_read(&edit, options);

    if (result == COMMAND_FINE)
        result = edit_tell(&edit);
    if (result == COMMAND_FINE && options->apply)
        result = edit_apply(&edit, options);
    edit_release(&edit);
    return result == COMMAND_SHORT ? COMMAND_FINE : result;
}

static int edit_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"apply", no_argument, NULL, 'a'},
                                            {"yes", no_argument, NULL, 'y'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct edit_options chosen = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:ayh", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'a')
            chosen.apply = true;
        else if (option == 'y')
            chosen.yes = true;
        else
            return command_bad_option(&command_edit, option, argv);
    }
    if (optind + 1 != argc)
        return command_misused(&command_edit, "%s",
                               lang("Name one campaign.", "请指定一个任务文件。"));
    chosen.campaign = argv[optind];
    return edit_do(&chosen);
}

const struct command command_edit = {
    .name = "edit",
    .help_en = "Show what a changed campaign file changes, and apply it.",
    .help_zh = "显示任务文件的改动，并应用到已入账的任务。",
    .usage = "[-c FILE] [--apply [--yes]] CAMPAIGN",
    .long_en =
        "Compares a campaign file with what the books know of the campaign and says what would\n"
        "become of it. With --apply it is done: what went out stays, numbers that are new in a "
        "list\n"
        "join, quotas and windows hold from the next run on. A gateway that is at work has to be\n"
        "stopped before. Where campaigns have to be approved, the new content has to be approved\n"
        "first. Texts, units and slogans of a campaign that is entered can't be changed.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "  -a, --apply         do it; asks back\n"
        "  -y, --yes           don't ask\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast edit campaigns/constitution-day --apply\n\n"
        "Exit codes: 0 done, or nothing differs; 1 refused, or errors in the files; 2 wrong "
        "usage;\n"
        "4 the books can't be read or written.\n",
    .long_zh =
        "比较任务文件与账本中的同一任务，说明有哪些改动。加 --apply "
        "则应用：已发出的不变，名单中的\n"
        "新号码加入，任务数和时间窗自下次运行起生效。网关正在运行时须先停止。要求审批的单位须"
        "先审批新的内容。\n"
        "已入账任务的短信内容、单位和标语不能修改。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 "
        "/etc/lawcast/lawcast.cfg\n"
        "  -a, --apply         应用改动；会要求确认\n"
        "  -y, --yes           不再确认\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast edit campaigns/constitution-day --apply\n\n"
        "退出码：0 完成或没有差异；1 被拒绝，或文件有错误；2 用法错误；4 账本无法读写。\n",
    .run = edit_run,
};
