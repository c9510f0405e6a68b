/* cmd_restore: lawcast restore: a backup becomes the books, and what is lost by that is said first.
 * Runs: any. */
#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/config/timetext.h"
#include "gateway/ledger/evidence.h"
#include "gateway/model/window.h"
#include "gateway/report/figure.h"
#include "gateway/pictures.h"
#include "gateway/restore.h"

struct restore_words {
    char records[FIGURE_ROOM], lost[FIGURE_ROOM], messages[FIGURE_ROOM];
    char backup[20], last[20], until[20]; /* times */
};

static void restore_describe(const struct restore *restore, struct restore_words *words)
{
    int64_t last = restore->lost_until_ms ? restore->lost_until_ms : restore->until_ms;

    figure_count(restore->backup.records, words->records);
    figure_count(restore->lost_records, words->lost);
    figure_count(restore->messages, words->messages);
    clock_format(restore->backup.last_ms, words->backup);
    clock_format(last, words->last);
    clock_format(restore->until_ms, words->until);
}

/* ---- refusals ---- */

/* The books need nothing, but their pictures may. */
static int restore_pictures(const struct restore *restore)
{
    MEM_FREE_LATER char *from = evidence_folder(restore->file);
    MEM_FREE_LATER char *to = evidence_folder(restore->path);
    struct copy_pictures pictures;
    int rc = strcmp(from, to) == 0 ? 0 : copy_evidence(from, to, COPY_LINKED, &pictures);

    if (rc < 0) {
        fprintf(stderr,
                lang("lawcast restore: the pictures in %s can't be written: %s.\n",
                     "lawcast restore：无法写入图片目录 %s：%s。\n"),
                to, lang_error(rc));
        return COMMAND_MACHINE;
    }
    if (strcmp(from, to) == 0 || !pictures.added)
        return COMMAND_REFUSED;
    printf(lang("%zu pictures that were missing or altered were put back.\n",
                "已补回缺失或被改动的图片 %zu 张。\n"),
           pictures.added);
    return COMMAND_FINE;
}

static int restore_tell_needless(const struct restore *restore)
{
    printf(
        lang("There is nothing to restore: %s is whole, and holds all %lld records of the backup "
             "and %lld more.\n",
             "无需恢复：%s 完整无误，已包含备份的全部 %lld 条记录，另有 %lld 条。\n"),
        restore->path, (long long)restore->backup.records,
        (long long)(restore->books.records - restore->backup.records));
    return restore_pictures(restore);
}

static int restore_tell_behind(const struct restore *restore)
{
    fprintf(
        stderr,
        restore->unmarked
            ? lang("lawcast restore: nothing tells whether %s are the newest books, but they go "
                   "further than the backup (%lld records, the backup has %lld). To go on from "
                   "them: lawcast restore %s\n",
                   "lawcast restore：无法判断 %s 是否为最新的账本，但它比备份新（%lld 条记录，"
                   "备份为 %lld 条）。如要从它继续：lawcast restore %s\n")
            : lang(
                  "lawcast restore: %s is an older copy of the books, but it goes further than the "
                  "backup (%lld records, the backup has %lld). To go on from it: lawcast restore "
                  "%s\n",
                  "lawcast restore：%s 是较旧的账本副本，但比备份新（%lld 条记录，备份为 %lld "
                  "条）。"
                  "如要从它继续：lawcast restore %s\n"),
        restore->path, (long long)restore->books.records, (long long)restore->backup.records,
        restore->path);
    return COMMAND_REFUSED;
}

static int restore_tell_foreign(const struct restore *restore)
{
    fprintf(
        stderr,
        lang("lawcast restore: the backup belongs to other books: its log is %s, but %s belongs "
             "to %s. If these are really to be replaced, move %s* away first.\n",
             "lawcast restore：该备份属于另一套账本：备份的账本名为 %s，而 %s 处为 %s。"
             "确要更换的，请先将 %s* 移走。\n"),
        restore->backup.origin, restore->path, restore->foreign, restore->path);
    return COMMAND_REFUSED;
}

/* To be taken at its word, it would put nothing in doubt. */
static int restore_tell_early(const struct restore *restore)
{
    char last[20], until[20];

    clock_format(restore->backup.last_ms, last);
    clock_format(restore->until_ms, until);
    fprintf(stderr,
            restore->until_now
                ? lang("lawcast restore: the last record of the backup is of %s, but the clock of "
                       "this machine says %s: set it right. Nothing was done.\n",
                       "lawcast restore：备份的最后一条记录时间为 %s，而本机时钟为 %s："
                       "请先校准时钟。未作任何改动。\n")
                : lang("lawcast restore: the last record of the backup is of %s: --until %s lies "
                       "before it, when the gateway hadn't ended. Say a later time, or leave "
                       "--until away. Nothing was done.\n",
                       "lawcast restore：备份的最后一条记录时间为 %s，--until %s "
                       "早于它，当时网关尚未停止。请改为更晚的时间，或不加 --until。"
                       "未作任何改动。\n"),
            last, until);
    return COMMAND_REFUSED;
}

static int restore_refuse(const struct restore *restore, enum restore_verdict verdict)
{
    switch (verdict) {
    case RESTORE_NEEDLESS:
        return restore_tell_needless(restore);
    case RESTORE_BEHIND:
        return restore_tell_behind(restore);
    case RESTORE_FOREIGN:
        return restore_tell_foreign(restore);
    case RESTORE_EARLY:
        return restore_tell_early(restore);
    case RESTORE_MISSING:
        fprintf(stderr,
                lang("lawcast restore: there is no file %s.\n", "lawcast restore：没有文件 %s。\n"),
                restore->file);
        return COMMAND_REFUSED;
    case RESTORE_BAD:
        fprintf(stderr,
                lang("lawcast restore: %s isn't whole: %s. Take another backup.\n",
                     "lawcast restore：%s 不完整：%s。请换用其他备份。\n"),
                restore->file, restore->backup.fault);
        return COMMAND_MACHINE;
    case RESTORE_USED:
        fprintf(stderr,
                lang("lawcast restore: a gateway is at work on %s. End it first.\n",
                     "lawcast restore：网关正在使用 %s。请先停止网关。\n"),
                restore->path);
        return COMMAND_MACHINE;
    default:
        fprintf(stderr, "lawcast restore: %s\n", restore->why);
        return COMMAND_MACHINE;
    }
}

/* ---- what is lost ---- */

static void restore_tell_records(const struct restore *restore, const struct restore_words *words,
                                 FILE *out)
{
    if (restore->forked)
        fprintf(out,
                lang("The backup is not the beginning of what was signed last: the records that "
                     "came after another point, up to %s, are lost.\n",
                     "备份不是最近签名内容的前一段：分叉之后到 %s 为止的记录将丢失。\n"),
                words->last);
    else if (restore->lost_records)
        fprintf(out,
                lang("At least %s records are lost: what the books took down after %s, up to %s.\n",
                     "至少丢失 %s 条记录：账本在 %s 之后到 %s 为止所记的内容。\n"),
                words->lost, words->backup, words->last);
    else if (!restore->complete)
        fprintf(out,
                lang("Whether the books went on after the backup (%s) isn't known here.\n",
                     "备份（%s）之后账本是否还有记录，这里无法知道。\n"),
                words->backup);
}

static void restore_tell_messages(const struct restore *restore, const struct restore_words *words,
                                  FILE *out)
{
    if (restore->messages)
        fprintf(out,
                lang("%s messages that the backup has as open may have been sent between %s and "
                     "%s: they are in doubt from then on and will not be sent again by "
                     "themselves.\n",
                     "备份中 %s 条待发短信可能已在 %s 至 %s "
                     "之间发出：将记为“结果不明”，不会自动重发。\n"),
                words->messages, words->backup, words->until);
    if (!restore->complete)
        fputs(
            lang("Replies and refusals that came in since then are lost, too: enter refusals that "
                 "you know of with \"lawcast optout add\". Campaigns that were erased since then "
                 "are "
                 "there again: erase them again. The limits of the SIMs don't count what was sent "
                 "in "
                 "that time.\n",
                 "此后收到的回复和拒收也会丢失：已知的拒收请用 lawcast optout add 补记。此后用 "
                 "lawcast "
                 "erase 清除的任务会重新出现：请再次清除。SIM "
                 "卡的限额不计入这段时间发送的短信。\n"),
            out);
}

static void restore_tell_key(const struct restore *restore, FILE *out)
{
    if (!restore->has_key)
        fprintf(out,
                lang("The signing key %s.key isn't there: put it there; if it is lost for good, "
                     "run \"lawcast audit key --lost\".\n",
                     "签名密钥 %s.key 不在：请放到该处；确已丢失的，请运行 lawcast audit key "
                     "--lost。\n"),
                restore->path);
    else if (restore->key_is == RESTORE_KEY_LATER)
        fprintf(out,
                lang("The signing key %s.key was made after the backup. The next start goes on "
                     "with it and says so in the books: the signature of the key before is lost "
                     "with the records.\n",
                     "签名密钥 %s.key 是备份之后更换的。下次启动将继续使用它并在账本中说明："
                     "原密钥对它的签名已随记录丢失。\n"),
                restore->path);
    else if (restore->key_is == RESTORE_KEY_EARLIER)
        fprintf(out,
                lang("The signing key %s.key was replaced by another before the backup: put the "
                     "newest one there.\n",
                     "签名密钥 %s.key 在备份之前已更换：请放回最新的密钥。\n"),
                restore->path);
}

static int restore_ask(const struct restore *restore, const struct restore_words *words)
{
    restore_tell_records(restore, words, stderr);
    restore_tell_messages(restore, words, stderr);
    restore_tell_key(restore, stderr);
    fputs(
        lang(
            "Nothing was done. To restore nevertheless, say --lose; when the gateway ended earlier "
            "than that, also say --until TIME.\n",
            "未作任何改动。仍要恢复，请加 --lose；若网关更早就已停止，可再加 --until 时间。\n"),
        stderr);
    return COMMAND_REFUSED;
}

/* ---- doing it ---- */

static int restore_tell_failure(const struct restore *restore, int rc)
{
    fprintf(
        stderr,
        lang("lawcast restore: %s can't be written: %s.\n", "lawcast restore：无法写入 %s：%s。\n"),
        restore->path,
        rc == -EWOULDBLOCK ? lang("a gateway has it", "网关正在使用")
        : rc == -EUCLEAN   ? lang("it was read again and isn't whole: look at the disk",
                                  "复查时发现不完整，请检查磁盘")
                           : lang_error(rc));
    if (restore->aside)
        fprintf(stderr,
                lang("The books that were there may lie at %s.\n", "原有账本可能已移到 %s。\n"),
                restore->aside);
    return COMMAND_MACHINE;
}

static void restore_tell(const struct restore *restore, const struct restore_words *words)
{
    printf(
        lang("%s holds the backup now: %s records, the last one of %s. %zu pictures were added.\n",
             "%s 已恢复为备份：%s 条记录，最后一条为 %s。补回图片 %zu 张。\n"),
        restore->path, words->records, words->backup, restore->pictures.added);
    if (restore->aside)
        printf(lang("What was there lies at %s.\n", "原有文件已移到 %s。\n"), restore->aside);
    restore_tell_records(restore, words, stdout);
    restore_tell_messages(restore, words, stdout);
    restore_tell_key(restore, stdout);
    pictures_tell_missing(restore->path, stdout);
}

static int restore_books(const char *file, const char *path, int64_t until_ms, bool lose)
{
    struct restore restore;
    struct restore_words words;
    enum restore_verdict verdict = restore_judge(&restore, file, path, until_ms);
    int result = COMMAND_FINE, rc;

    restore_describe(&restore, &words);
    if (verdict == RESTORE_LOSES && !lose) {
        result = restore_ask(&restore, &words);
    } else if (verdict == RESTORE_LOSES || verdict == RESTORE_FINE) {
        rc = restore_carry_out(&restore);
        if (rc < 0)
            result = restore_tell_failure(&restore, rc);
        else
            restore_tell(&restore, &words);
    } else {
        result = restore_refuse(&restore, verdict);
    }
    restore_release(&restore);
    return result;
}

static int restore_bad_time(const char *text)
{
    BUFFER_FREE_LATER struct buffer sentence = BUFFER_NULL;

    timetext_explain(text, &sentence);
    return command_misused(&command_restore, "--until: %s", buffer_text(&sentence));
}

static int restore_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"lose", no_argument, NULL, 'L'},         {"until", required_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},         {0}};
    MEM_FREE_LATER char *path = NULL;
    const char *config = NULL, *ledger = NULL, *until = NULL;
    int64_t until_ms = 0;
    bool lose = false;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'l')
            ledger = optarg;
        else if (option == 'L')
            lose = true;
        else if (option == 'u')
            until = optarg;
        else
            return command_bad_option(&command_restore, option, argv);
    }
    if (argc - optind != 1)
        return command_misused(&command_restore, "%s",
                               lang("Name one backup.", "请指定一个备份文件。"));
    result = command_ledger(config, ledger, &path);
    /* After the configuration: it sets the time zone. */
    if (result == COMMAND_FINE && until && window_parse_time(until, &until_ms))
        return restore_bad_time(until);
    return result == COMMAND_FINE ? restore_books(argv[optind], path, until_ms, lose) : result;
}

const struct command command_restore = {
    .name = "restore",
    .help_en = "Put a backup back, and say first what is lost by that.",
    .help_zh = "恢复备份；先说明会丢失什么。",
    .usage = "[-c FILE | --ledger PATH] [--lose] [--until TIME] FILE",
    .long_en =
        "Puts FILE, made by \"lawcast backup\", where the books belong, with its pictures. Books "
        "that\nare there are moved aside (BOOKS.before-restore-TIME), never deleted; if they are "
        "whole and\ngo further than the backup, nothing is done.\n\n"
        "What was signed later than the backup, and messages that may have been sent since, are "
        "lost\nto the books. The command says how many and of which time, and does it only with "
        "--lose. At\nthe next start the books say so themselves, with the checkpoint that was "
        "given up, and\nmessages that may have been sent in that time are in doubt: no message is "
        "sent twice by\nitself.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   the books themselves\n"
        "      --lose          restore although something is lost\n"
        "      --until TIME    the gateway sent nothing after this, \"2026-10-31 09:10\" (default: "
        "now)\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast restore /media/usb/lawcast-2026-10-31.db\n\n"
        "Exit codes: 0 done; 1 nothing was done: it isn't needed, would lose something, or the "
        "backup is\nof other books; 2 wrong usage; 4 the backup is damaged, or the books can't be "
        "written or are in\nuse.\n",
    .long_zh =
        "将 lawcast backup 所做的备份（连同图片）放回账本的位置。原有账本移到一旁（账本名."
        "before-restore-时间），\n不会删除；若原有账本完整且比备份更新，则不作任何改动。\n\n"
        "备份之后签名的记录、此后可能已发出的短信，账本中将不再有。命令会先说明数量和时间，加 "
        "--lose "
        "才执行。\n下次启动时账本自行记下此事和被放弃的检查点；这段时间可能已发出的短信记为“结果不"
        "明”，"
        "不会自动重发。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接指定账本\n"
        "      --lose          明知有所丢失仍然恢复\n"
        "      --until 时间    此后网关未再发送，如 \"2026-10-31 09:10\"（默认为现在）\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast restore /media/usb/lawcast-2026-10-31.db\n\n"
        "退出码：0 完成；1 未作改动：无需恢复、会有丢失，或备份属于其他账本；2 用法错误；4 "
        "备份损坏，"
        "或账本\n无法写入、正在使用。\n",
    .run = restore_run,
};
