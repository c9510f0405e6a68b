/* cmd_erase: lawcast erase: numbers and personal texts of a campaign, out of the books.
 * Runs: any (blocks). Not while a gateway has the books. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/command.h"
#include "gateway/control/optout_line.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/copies.h"
#include "gateway/ledger/scrub.h"
#include "gateway/report/figure.h"
#include "gateway/scribe.h"

#define ERASE_DAY_MS   (INT64_C(24) * 3600 * 1000)
#define ERASE_DAYS     90 /* without a configuration: the option's preset */
#define ERASE_NAME_MAX 64

struct erase_job {
    const char *config, *ledger, *campaign, *early;
    bool copies; /* delete those that lie beside the books */
    int64_t days;
    char by[ERASE_NAME_MAX];
    bool owed; /* an erasing was broken off, and traces may be left */
};

/* ---- may it be erased? ---- */

/* When the last window ends; 0: it can't be read. */
static int64_t erase_end_ms(const char *windows)
{
    struct jv *list = jv_parse(windows, strlen(windows), NULL);
    int64_t end = 0;

    for (size_t i = 0; i < jv_size(list); i++) {
        int64_t to = jv_number(jv_at(jv_element(list, i), "/1"), 0);

        if (to > end)
            end = to;
    }
    jv_free(list);
    return end;
}

static int erase_too_early(const struct erase_job *job, int64_t end_ms)
{
    int64_t now = clock_wall_ms(), from = end_ms + job->days * ERASE_DAY_MS;
    char when[20];

    if (end_ms > now) {
        clock_format(end_ms, when);
        fprintf(stderr,
                lang("lawcast erase: the campaign isn't over: its last window ends at %s.\n",
                     "lawcast erase：任务尚未结束，最后一个时间窗到 %s 为止。\n"),
                when);
        return COMMAND_REFUSED;
    }
    if (from <= now || job->early)
        return COMMAND_FINE;
    clock_format(from, when);
    fprintf(stderr,
            lang("lawcast erase: the campaign is kept for %lld days (office.retention_days), until "
                 "%s. If it must go earlier, say why: --early REASON.\n",
                 "lawcast erase：任务须保留 %lld 天（office.retention_days），到 %s 为止。确需提前"
                 "清除的，请写明原因：--early 原因。\n"),
            (long long)job->days, when);
    return COMMAND_REFUSED;
}

static int erase_unknown(const struct erase_job *job)
{
    fprintf(stderr,
            lang("lawcast erase: the books have no campaign \"%s\".\n",
                 "lawcast erase：账本中没有任务“%s”。\n"),
            job->campaign);
    return COMMAND_REFUSED;
}

/* Then how long it had to be kept is no question any more. */
static bool erase_is_erased(struct books *books, const struct books_campaign *campaign)
{
    struct record_key key;
    int rc = books_tag_key(books, campaign->number, &key);

    explicit_bzero(&key, sizeof key);
    return rc > 0;
}

static int erase_judge(const struct erase_job *job)
{
    struct books_campaign campaign = {0};
    struct books *books = NULL;
    int result = command_open_books(NULL, job->ledger, &books), rc;

    if (result != COMMAND_FINE)
        return result;
    rc = books_find_campaign(books, job->campaign, &campaign);
    if (rc == 0 && !erase_is_erased(books, &campaign))
        result = erase_too_early(job, erase_end_ms(campaign.windows));
    else if (rc == 0)
        result = COMMAND_FINE; /* told when nothing is written */
    else
        result = rc > 0 ? erase_unknown(job) : COMMAND_MACHINE;
    books_campaign_release(&campaign);
    books_close(books);
    return result;
}

/* ---- the deed ---- */

/* Nobody's campaign is ever erased for them. */
static void erase_tell_strangers(const struct ledger_op *op)
{
    if (op->erase.strangers)
        printf(lang("Erased, too: %lld replies older than the retention time that belonged to no "
                    "campaign.\n",
                    "同时清除：超过保留期且不属于任何任务的回复 %lld 条。\n"),
               (long long)op->erase.strangers);
}

static int erase_tell(const struct erase_job *job, const struct ledger_op *op)
{
    char count[FIGURE_ROOM];

    switch (op->result) {
    case LEDGER_OK:
        figure_count(op->erase.deliveries, count);
        printf(
            lang("Erased from %s: numbers of %s messages, personal texts, replies and the key "
                 "that could name them. Counts, reports and proofs stay valid. Backups and "
                 "lists of refused rows are yours to delete.\n",
                 "已清除任务 %s：%s 条短信的号码、个性化内容、回复，以及能够还原号码的密钥。统计、"
                 "报表和证明仍然有效。备份和拒收行清单请自行删除。\n"),
            job->campaign, count);
        erase_tell_strangers(op);
        return COMMAND_FINE;
    case LEDGER_KNOWN:
        printf(job->owed ? lang("%s was erased before, but that was broken off: traces that it "
                                "left in the file are removed now.\n",
                                "任务 %s 此前已清除但被中断：现清除文件中的残留。\n")
                         : lang("%s was erased before; nothing has changed.\n",
                                "任务 %s 此前已清除，没有变化。\n"),
               job->campaign);
        return COMMAND_FINE;
    case LEDGER_OPEN:
        fprintf(stderr,
                lang("lawcast erase: %s has messages or slogans that are still open, or was never "
                     "entered completely. Run it once more: what is open is then written off.\n",
                     "lawcast erase：任务 %s 还有未了结的短信或标语，或未完整导入。请再运行一次该任"
                     "务，未了结的即会注销。\n"),
                job->campaign);
        return COMMAND_REFUSED;
    default:
        return erase_unknown(job);
    }
}

static void erase_tell_unwritten(const struct erase_job *job, int rc)
{
    fprintf(stderr,
            lang("lawcast erase: nothing was erased: no file can be written beside %s: %s.\n",
                 "lawcast erase：未清除：无法在 %s 旁写入文件：%s。\n"),
            job->ledger, lang_error(rc));
}

static int erase_write(const struct erase_job *job)
{
    struct ledger_op op = {.kind = LEDGER_ERASE,
                           .erase = {.campaign = job->campaign,
                                     .reason = job->early ? job->early : "",
                                     .by = job->by,
                                     .strangers_ms = clock_wall_ms() - job->days * ERASE_DAY_MS}};
    struct scribe *scribe;
    int result = COMMAND_MACHINE, rc;

    if (scribe_open(&scribe, "erase", job->ledger))
        return COMMAND_MACHINE;
    rc = scrub_owe(job->ledger);
    if (rc < 0)
        erase_tell_unwritten(job, rc);
    else if (scribe_write(scribe, &op) >= 0)
        result = erase_tell(job, &op);
    scribe_close(scribe);
    if (result == COMMAND_REFUSED && !job->owed)
        scrub_owe_nothing(job->ledger);
    return result;
}

/* Also after "was erased before": a crash may have come between. */
static int erase_scrub(const struct erase_job *job)
{
    char why[512] = "";

    if (scrub_books(job->ledger, why, sizeof why) == 0)
        return COMMAND_FINE;
    fprintf(
        stderr,
        lang("lawcast erase: traces may be left in the file: %s; then run this command again.\n",
             "lawcast erase：文件中可能仍有残留：%s；然后请再次运行本命令。\n"),
        why);
    return COMMAND_MACHINE;
}

/* ---- what the program has left elsewhere ---- */

static void erase_list(const struct copies *copies)
{
    fputs(lang("Not erased: these files are older books that lawcast has kept, with all numbers "
               "that were in them:\n",
               "未清除：以下文件是 lawcast 保留的旧账本，其中的号码仍在：\n"),
          stdout);
    for (size_t i = 0; i < copies->n; i++)
        printf("  %s\n", copies->paths[i]);
    fputs(lang("When nothing in them is needed any more, run the command again with --copies, "
               "which deletes them.\n",
               "确认不再需要后，请加 --copies 再次运行本命令，即可删除。\n"),
          stdout);
}

static int erase_delete(const struct copies *copies)
{
    const char *failed = "";
    int rc = copies_remove(copies, &failed);

    if (rc < 0) {
        fprintf(stderr,
                lang("lawcast erase: %s can't be deleted: %s. Numbers are still in it.\n",
                     "lawcast erase：无法删除 %s：%s。其中仍有号码。\n"),
                failed, lang_error(rc));
        return COMMAND_MACHINE;
    }
    for (size_t i = 0; i < copies->n; i++)
        printf(lang("Deleted: %s\n", "已删除：%s\n"), copies->paths[i]);
    return COMMAND_FINE;
}

static int erase_copies(const struct erase_job *job)
{
    struct copies copies;
    int result = COMMAND_FINE, rc = copies_find(job->ledger, &copies);

    if (rc < 0) {
        fprintf(stderr,
                lang("lawcast erase: whether older books lie beside %s can't be seen: %s.\n",
                     "lawcast erase：无法查看 %s 旁是否有旧账本：%s。\n"),
                job->ledger, lang_error(rc));
        result = COMMAND_MACHINE;
    } else if (copies.n && job->copies) {
        result = erase_delete(&copies);
    } else if (copies.n) {
        erase_list(&copies);
    }
    copies_release(&copies);
    return result;
}

static int erase_do(const struct erase_job *job)
{
    int result;

    if (books_in_use(job->ledger)) {
        fputs(lang("lawcast erase: a gateway has the books: erase when it has ended.\n",
                   "lawcast erase：网关正在使用账本：请待其结束后再清除。\n"),
              stderr);
        return COMMAND_MACHINE;
    }
    result = erase_judge(job);
    if (result == COMMAND_FINE)
        result = erase_write(job);
    if (result == COMMAND_FINE)
        result = erase_scrub(job);
    return result == COMMAND_FINE ? erase_copies(job) : result;
}

/* ---- the command ---- */

/* Who runs it, for the record. */
static void erase_find_name(struct erase_job *job)
{
    const struct passwd *user = getpwuid(geteuid());

    if (user && *user->pw_name && optout_note_is_fine(user->pw_name) &&
        strlen(user->pw_name) < sizeof job->by)
        snprintf(job->by, sizeof job->by, "%s", user->pw_name);
    else
        snprintf(job->by, sizeof job->by, "uid %lld", (long long)geteuid());
}

static int erase_begin(struct erase_job *job)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = job->ledger ? COMMAND_FINE : command_read_office(job->config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    job->days = ERASE_DAYS;
    if (result == COMMAND_FINE && office) {
        job->ledger = office->ledger_path;
        job->days = office->retention_days;
    }
    erase_find_name(job);
    job->owed = result == COMMAND_FINE && scrub_is_owed(job->ledger);
    if (result == COMMAND_FINE)
        result = erase_do(job);
    command_free_office(office);
    return result;
}

static int erase_check(const struct erase_job *job, int words)
{
    if (words != 1)
        return command_misused(&command_erase, "%s",
                               lang("Name one campaign by its id.", "请指定一个任务的代号。"));
    if (job->early && (!*job->early || !optout_note_is_fine(job->early)))
        return command_misused(&command_erase,
                               lang("The reason is text without control characters, of 1 to %d "
                                    "bytes.",
                                    "原因应为不含控制字符的文字，1 到 %d 字节。"),
                               OPTOUT_NOTE_MAX);
    return COMMAND_FINE;
}

static int erase_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"early", required_argument, NULL, 'e'},  {"copies", no_argument, NULL, 'C'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct erase_job job = {0};
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            job.config = optarg;
        else if (option == 'l')
            job.ledger = optarg;
        else if (option == 'e')
            job.early = optarg;
        else if (option == 'C')
            job.copies = true;
        else
            return command_bad_option(&command_erase, option, argv);
    }
    result = erase_check(&job, argc - optind);
    if (result != COMMAND_FINE)
        return result;
    job.campaign = argv[optind];
    return erase_begin(&job);
}

const struct command command_erase = {
    .name = "erase",
    .help_en = "Erase numbers and personal texts of a campaign that is over.",
    .help_zh = "清除已结束任务中的号码和个性化内容。",
    .usage = "[-c FILE | --ledger PATH] [--early REASON] [--copies] CAMPAIGN-ID",
    .long_en =
        "After the retention time (office.retention_days, else 90 days after the last window)\n"
        "a campaign's numbers, the texts with fields of recipients, its reserve, its replies,\n"
        "and the key by which its records could be matched with numbers go for good. Nothing\n"
        "of it is left in the file. Counts, reports, the journal and its proofs stay valid,\n"
        "receipts that were handed out before too. The erasing is itself in the journal: when,\n"
        "how many, by whom, why.\n\n"
        "Not erased: who refuses (lawcast optout), because that must be honoured; what was\n"
        "copied before: backups, exported bundles, ID-refused.csv. Delete those yourself. Older\n"
        "books that lawcast has kept beside these (BOOKS.v4, BOOKS.before-restore-TIME) are\n"
        "listed; --copies deletes them.\n"
        "Needs free disk space and memory of the size of the books, and no running gateway.\n\n"
        "      --early REASON  before the retention time is over; the reason is recorded\n"
        "      --copies        delete the older books, too: all of them, for good\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"
        "                      /etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   the books themselves, instead of a configuration\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast erase 2026-constitution-day\n"
        "  lawcast erase --early 'request of the city office, 2026-11-20' 2026-law-day\n\n"
        "Exit codes: 0 fine; 1 no such campaign, it isn't over, or it is too early; 2 wrong\n"
        "usage; 4 the books are in use, or can't be read or written.\n",
    .long_zh =
        "保留期满后（office.retention_days，默认为最后一个时间窗之后 90 天），永久清除任务的号\n"
        "码、含个人信息的短信内容、备用名单、回复，以及能将记录与号码对应的密钥，文件中不留残\n"
        "余。统计、报表、记录及其证明仍然有效，已出具的回执也有效。清除本身记入记录：时间、条\n"
        "数、操作人、原因。\n\n"
        "不清除：拒收名单（lawcast optout），因为必须继续遵守；此前的副本，如备份、导出包、\n"
        "任务代号-refused.csv，请自行删除。lawcast 在账本旁保留的旧账本（账本名.v4、账本名."
        "before-restore-时间）\n会列出文件名，加 --copies 即可删除。需要与账本同样大小的空闲磁盘空"
        "间和内存，且网关未在运行。\n\n"
        "      --early 原因    保留期未满而提前清除；原因记入记录\n"
        "      --copies        一并永久删除上述旧账本\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，\n"
        "                      其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接指定账本，不用配置文件\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast erase 2026-constitution-day\n"
        "  lawcast erase --early '市法宣办 2026-11-20 来函要求' 2026-law-day\n\n"
        "退出码：0 正常；1 没有此任务、任务未结束或保留期未满；2 用法错误；4 账本正被使用，\n"
        "或无法读写。\n",
    .run = erase_run,
};
