/* cmd_upgrade: lawcast upgrade: books of an earlier version become books of this one.
 * Runs: any. */
#include <errno.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/ledger/store.h"

static int upgrade_tell(int result, const char *text)
{
    fprintf(result == COMMAND_FINE ? stdout : stderr, "lawcast upgrade: %s\n", text);
    return result;
}

/* What opens books for writing upgrades them by the way; a gateway's start does the same. */
static int upgrade_open(const char *path)
{
    struct ledger_recovery recovery;
    MEM_FREE_LATER char *copied = NULL;
    struct store *store;
    char why[512] = "";
    int rc = store_open(&store, path, &recovery, why, sizeof why);

    if (rc < 0)
        return upgrade_tell(COMMAND_MACHINE, why);
    if (store_copied(store)) /* unless a gateway was faster */
        copied = mem_dup(store_copied(store));
    store_close(store);
    printf(lang("%s is of this version now.\n", "%s 已升级为当前版本。\n"), path);
    if (copied)
        printf(lang("The old books lie beside it as %s, with the numbers in them: delete that file "
                    "once \"lawcast audit verify\" has found the new ones whole.\n",
                    "旧账本保留为 %s，其中含有号码：用 lawcast audit verify 确认新账本完整后请将其"
                    "删除。\n"),
               copied);
    return COMMAND_FINE;
}

static int upgrade_books(const char *path)
{
    struct books *books;
    char why[512] = "";
    int rc = books_open(&books, path, why, sizeof why);

    if (rc == 0) {
        books_close(books);
        return upgrade_tell(COMMAND_FINE,
                            lang("there is nothing to do: the books are of this version.",
                                 "无需升级：账本已是当前版本。"));
    }
    if (rc == -ENOTSUP)
        return upgrade_open(path);
    return upgrade_tell(rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE, why);
}

static int upgrade_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"ledger", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    MEM_FREE_LATER char *path = NULL;
    const char *config = NULL, *ledger = NULL;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'l')
            ledger = optarg;
        else
            return command_bad_option(&command_upgrade, option, argv);
    }
    if (optind < argc)
        return command_misused(&command_upgrade, lang("\"%s\" is too much.", "多余的参数：%s。"),
                               argv[optind]);
    /* Also with --ledger: it sets the time zone, which the books remember from now on. */
    result = command_ledger(config, NULL, &path);
    return result == COMMAND_FINE ? upgrade_books(ledger ? ledger : path) : result;
}

const struct command command_upgrade = {
    .name = "upgrade",
    .help_en = "Bring books of an earlier version to this one.",
    .help_zh = "将早期版本的账本升级到当前版本。",
    .usage = "[-c FILE] [--ledger PATH]",
    .long_en =
        "The first \"lawcast run\" of a new version does the same by itself; this command is "
        "for books\nthat are only to be read. A copy of the old books is kept beside them, "
        "as BOOKS.v4 or BOOKS.v5. What is\nin the books stays as it is, and is signed from then on.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   other books of the same office\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast upgrade\n\n"
        "Exit codes: 0 done, or nothing to do; 1 there are no books; 2 wrong usage; 4 the "
        "books are\ndamaged, in use or can't be written.\n",
    .long_zh =
        "新版本首次执行 lawcast run 时会自动升级；本命令用于只需查看的账本。旧账本在原处保留副本"
        "（账本名.v4 或 .v5）。\n账本内容不变，升级后开始签名。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   同一单位的其他账本\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast upgrade\n\n"
        "退出码：0 完成或无需升级；1 没有账本；2 用法错误；4 账本损坏、正在使用或无法写入。\n",
    .run = upgrade_run,
};
