/* cmd_backup: lawcast backup: a copy of the books that is whole, and is shown to be.
 * Runs: any. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/extent.h"
#include "gateway/ledger/books_pictures.h"
#include "gateway/ledger/copy.h"
#include "gateway/ledger/evidence.h"
#include "gateway/report/figure.h"

struct backup {
    const char *from, *to;
    struct copy copy;
    char *pictures, *own_pictures;
    bool made_folder; /* of the pictures: it wasn't there before */
    struct copy_pictures copied;
    size_t named, missing, altered; /* pictures that the books in the copy name */
};

#define BACKUP_SHOWN 10 /* bad pictures that are named */

static int backup_failed(const struct backup *backup, int rc)
{
    if (rc == -ENOSPC || rc == -EDQUOT)
        fprintf(
            stderr,
            lang("lawcast backup: the disk of %s is full. Nothing was left there: make room, or "
                 "name another disk.\n",
                 "lawcast backup：%s 所在磁盘已满。未留下不完整的备份：请清理空间或换一块磁盘。\n"),
            backup->to);
    else if (rc == -EEXIST)
        fprintf(stderr,
                lang("lawcast backup: %s is there already. A backup is never written over: name "
                     "another file.\n",
                     "lawcast backup：%s 已存在。备份不会覆盖已有文件：请换一个文件名。\n"),
                backup->to);
    else if (rc == -EALREADY)
        fprintf(stderr,
                lang("lawcast backup: another lawcast backup is writing %s just now.\n",
                     "lawcast backup：另一个 lawcast backup 正在写 %s。\n"),
                backup->to);
    else
        fprintf(stderr,
                lang("lawcast backup: %s can't be written: %s. Check the folder and its rights.\n",
                     "lawcast backup：无法写入 %s：%s。请检查目录和权限。\n"),
                backup->to, lang_error(rc));
    return rc == -EEXIST ? COMMAND_REFUSED : COMMAND_MACHINE;
}

static int backup_damaged(const char *fault)
{
    fprintf(stderr,
            lang("lawcast backup: the copy was read again and isn't whole: %s. Look at the books "
                 "with \"lawcast audit verify\". The copy was thrown away.\n",
                 "lawcast backup：复查备份时发现问题：%s。请用 lawcast audit verify "
                 "检查账本。该备份已丢弃。\n"),
            fault);
    return COMMAND_MACHINE;
}

/* The pictures lie beside the copy: it is easily taken along without them. */
static void backup_tell_pictures(const struct backup *backup)
{
    char pictures[FIGURE_ROOM];

    figure_count((int64_t)backup->copied.n, pictures);
    if (backup->copied.n)
        printf(lang("Its pictures (%s) are in the folder %s: keep both together.\n",
                    "图片（%s 张）在目录 %s 中：请与备份文件一起保存。\n"),
               pictures, backup->pictures);
    if (backup->copied.damaged)
        printf(lang("%zu pictures aren't what their names say: see \"lawcast audit verify\".\n",
                    "%zu 张图片与其文件名（校验值）不符：见 lawcast audit verify。\n"),
               backup->copied.damaged);
}

static int backup_look(void *ctx, const char *name)
{
    struct backup *backup = ctx;
    enum copy_state state = copy_look(backup->pictures, name);

    backup->named++;
    if (state == COPY_SOUND)
        return 0;
    if (backup->missing + backup->altered < BACKUP_SHOWN)
        fprintf(stderr,
                state == COPY_MISSING ? lang("lawcast backup: the picture %s/%s is missing.\n",
                                             "lawcast backup：图片 %s/%s 缺失。\n")
                                      : lang("lawcast backup: the picture %s/%s was altered.\n",
                                             "lawcast backup：图片 %s/%s 被改动。\n"),
                backup->own_pictures, name);
    if (state == COPY_MISSING)
        backup->missing++;
    else
        backup->altered++;
    return 0;
}

/* The books alone are whole: what was to prove their showings isn't. */
static void backup_tell_bad(const struct backup *backup)
{
    printf(lang("Of %zu pictures and photos that these books name, %zu are missing and %zu were "
                "altered: put them back from an older backup with lawcast restore, then back up "
                "again.\n",
                "账本引用的 %zu 张图片和照片中，%zu 张缺失，%zu 张被改动：请用 lawcast restore "
                "从较早的备份补回，再重新备份。\n"),
           backup->named, backup->missing, backup->altered);
}

static void backup_tell(const struct backup *backup, const struct extent *extent)
{
    const bool whole = backup->missing + backup->altered == 0;
    struct stat file = {0};
    char records[FIGURE_ROOM], size[FIGURE_ROOM], pictures[FIGURE_ROOM], when[20];

    stat(backup->to, &file);
    figure_count(extent->records, records);
    figure_count((int64_t)file.st_size / 1024, size);
    figure_count((int64_t)backup->copied.n, pictures);
    printf(whole ? lang("%s: %s records, %s pictures, %s KiB. It was read again and is whole.\n",
                        "%s：%s 条记录，%s 张图片，%s KiB。已复查，完整无误。\n")
                 : lang("%s: %s records, %s pictures, %s KiB. It was read again: the records are "
                        "whole, the pictures are not.\n",
                        "%s：%s 条记录，%s 张图片，%s KiB。已复查：记录完整，图片不完整。\n"),
           backup->to, records, pictures, size);
    if (!whole)
        backup_tell_bad(backup);
    if (extent->last.size) {
        clock_format(extent->last_at_ms, when);
        figure_count((int64_t)extent->last.size, records);
        printf(lang("Last checkpoint: %s records, signed %s by %s.\n",
                    "最后一个检查点：%s 条记录，签名时间 %s，签名者 %s。\n"),
               records, when, extent->last.origin);
    }
    backup_tell_pictures(backup);
    printf(lang("The secret key is not in it: keep a copy of %s.key apart, on paper or in a safe. "
                "Numbers of people are in it: keep it as safe as the books.\n",
                "备份不含签名私钥：请另行妥善保存 %s.key。备份含有群众号码：请与账本同样保管。\n"),
           backup->from);
}

/* Whole: then it is named. */
static int backup_check(struct backup *backup)
{
    struct extent extent;
    struct books *books;
    char why[512] = "";
    int rc = books_open(&books, backup->copy.part, why, sizeof why), result;

    if (rc < 0)
        return backup_damaged(why);
    rc = extent_read(books, &extent);
    if (rc == 0) {
        rc = books_pictures(books, backup_look, backup);
        if (rc < 0)
            extent_release(&extent);
    }
    books_close(books);
    if (rc < 0)
        return backup_damaged(lang_error(rc));
    if (extent.whole) {
        rc = copy_finish(&backup->copy);
        result = rc < 0 ? backup_failed(backup, rc) : COMMAND_FINE;
    } else {
        result = backup_damaged(extent.fault);
    }
    if (result == COMMAND_FINE) {
        backup_tell(backup, &extent);
        result = backup->missing + backup->altered ? COMMAND_SHORT : COMMAND_FINE;
    }
    extent_release(&extent);
    return result;
}

static int backup_make(struct backup *backup, struct books *books)
{
    struct stat there;
    int rc = copy_begin(&backup->copy, backup->to), result;

    if (rc == 0 && lstat(backup->to, &there) == 0)
        rc = -EEXIST;
    if (rc == 0)
        rc = copy_books(&backup->copy, books);
    if (rc < 0)
        return backup_failed(backup, rc);
    backup->made_folder = lstat(backup->pictures, &there) != 0;
    rc = copy_evidence(backup->own_pictures, backup->pictures, COPY_APART, &backup->copied);
    result = rc < 0 ? backup_failed(backup, rc) : backup_check(backup);
    if (result != COMMAND_FINE && result != COMMAND_SHORT && backup->made_folder)
        copy_drop_evidence(backup->pictures);
    return result;
}

static int backup_books(const char *from, const char *to)
{
    struct backup backup = {.from = from,
                            .to = to,
                            .pictures = evidence_folder(to),
                            .own_pictures = evidence_folder(from)};
    struct books *books;
    int result = command_open_newest(NULL, from, &books);

    if (result == COMMAND_FINE) {
        result = backup_make(&backup, books);
        copy_end(&backup.copy);
        books_close(books);
    }
    free(backup.pictures);
    free(backup.own_pictures);
    return result;
}

static int backup_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"ledger", required_argument, NULL, 'l'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    MEM_FREE_LATER char *from = NULL;
    const char *config = NULL, *ledger = NULL;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'l')
            ledger = optarg;
        else
            return command_bad_option(&command_backup, option, argv);
    }
    if (argc - optind != 1)
        return command_misused(&command_backup, "%s",
                               lang("Name one file for the backup.", "请指定一个备份文件。"));
    result = command_ledger(config, ledger, &from);
    return result == COMMAND_FINE ? backup_books(from, argv[optind]) : result;
}

const struct command command_backup = {
    .name = "backup",
    .help_en = "Copy the books to a file, also while a gateway is at work.",
    .help_zh = "备份账本，网关运行时也可以。",
    .usage = "[-c FILE | --ledger PATH] FILE",
    .long_en =
        "Writes a copy of the books to FILE, and the pictures that prove showings to\n"
        "FILE.evidence. The gateway works on meanwhile; the copy is of one moment. It is read\n"
        "again before it gets its name: pages, every record, the tree and the last checkpoint. An\n"
        "existing file is never written over. The copy may be looked at with --ledger FILE.\n\n"
        "The secret key is not in the copy, only the public ones are: keep the key (the books' "
        "name\nand .key) apart. The copy holds numbers of people.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   the books themselves\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast backup /media/usb/lawcast-2026-10-31.db\n\n"
        "Exit codes: 0 done; 1 there are no books, or the file is there already; 2 wrong usage; "
        "3 done,\nbut pictures that the books name are missing or were altered; 4 the copy can't "
        "be written, or the\nbooks are damaged.\n",
    .long_zh =
        "将账本复制到“文件”，播放证据图片复制到“文件."
        "evidence”。网关可以照常运行；备份内容为同一时刻。\n"
        "命名之前会重新读取检查：页面、每条记录、哈希树和最后一个检查点。不会覆盖已有文件。\n"
        "可用 --ledger 文件 查看备份。\n\n"
        "备份不含签名私钥，只含公钥：请另行保存私钥（账本文件名加 .key）。备份含有群众号码。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接指定账本\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast backup /media/usb/lawcast-2026-10-31.db\n\n"
        "退出码：0 完成；1 没有账本，或文件已存在；2 用法错误；3 "
        "已完成，但账本引用的图片有缺失或被改动；\n4 无法写入备份，或账本已损坏。\n",
    .run = backup_run,
};
