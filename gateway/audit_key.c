/* audit_key: lawcast audit key: the key that signs the books, and a new one in its place.
 * Runs: any. Not while a gateway has the books. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/audit.h"
#include "gateway/base/durable.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/scribe.h"

struct key_job {
    const char *config, *ledger;
    bool rotate, lost, begin;
};

struct key_found {
    char text[SIGN_TEXT_MOST];
    int64_t n, line;
};

static int key_take(void *ctx, const struct books_key *key)
{
    struct key_found *found = ctx;

    snprintf(found->text, sizeof found->text, "%s", key->public);
    found->line = key->line;
    found->n++;
    return 0;
}

static int key_unread(void)
{
    fputs(lang("lawcast audit key: the books can't be read just now. Try again.\n",
               "lawcast audit key：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

/* The key that the books were signed with last. */
static int key_find(const char *ledger, struct key_found *found)
{
    struct books *books;
    int result = command_open_books(NULL, ledger, &books), rc;

    *found = (struct key_found){0};
    if (result != COMMAND_FINE)
        return result;
    rc = books_keys(books, key_take, found);
    books_close(books);
    return rc < 0 || found->n == 0 ? key_unread() : COMMAND_FINE;
}

static int key_failed(const char *path, int rc)
{
    fprintf(stderr, lang("lawcast audit key: %s: %s.\n", "lawcast audit key：%s：%s。\n"), path,
            lang_error(rc));
    return COMMAND_MACHINE;
}

/* A new key under the name of the log, beside the books. One that an earlier try left is no use. */
static int key_make(const char *next, const char *told, struct sign_key **out)
{
    struct sign_public public;
    int rc;

    if (sign_public_parse(told, &public))
        return key_unread();
    unlink(next);
    *out = sign_key_make(public.name);
    rc = sign_key_save(*out, next);
    if (rc == 0)
        return COMMAND_FINE;
    sign_key_free(*out);
    return key_failed(next, rc);
}

static int key_install(const char *ledger, const char *next)
{
    MEM_FREE_LATER char *path = store_key_path(ledger);
    int rc = rename(next, path) ? -errno : durable_sync_parent(path);

    return rc < 0 ? key_failed(path, rc) : COMMAND_FINE;
}

/* Opening the books once has them signed by the key that is in force now. */
static int key_sign_anew(const char *ledger)
{
    struct scribe *scribe;

    if (scribe_open(&scribe, "audit key", ledger))
        return COMMAND_MACHINE;
    scribe_close(scribe);
    return COMMAND_FINE;
}

/* The books are opened before a key is made: that refuses while a gateway has them, and ends a
 * rotation that a crash has broken off, whose key lies where the new one will. */
static int key_rotate(const char *ledger, const char *next, const char *told)
{
    struct ledger_op op = {.kind = LEDGER_ROTATE};
    struct sign_key *key;
    struct scribe *scribe;
    int result;

    if (scribe_open(&scribe, "audit key", ledger))
        return COMMAND_MACHINE;
    result = key_make(next, told, &key);
    if (result == COMMAND_FINE) {
        op.rotate.key = key;
        result = scribe_write(scribe, &op) ? COMMAND_MACHINE : COMMAND_FINE;
        sign_key_free(key);
    }
    scribe_close(scribe);
    if (result == COMMAND_FINE)
        result = key_install(ledger, next);
    return result == COMMAND_FINE ? key_sign_anew(ledger) : result;
}

static bool key_is(const char *path, const char *told)
{
    struct sign_public public;
    char text[SIGN_TEXT_MOST];
    struct sign_key *key;

    if (sign_key_load(path, &key) != 0)
        return false;
    sign_key_public(key, SIGN_LOG, &public);
    sign_key_free(key);
    sign_public_text(&public, text);
    return strcmp(text, told) == 0;
}

/* The file names the key that is given up: one that turns up again is not thrown away by it. */
static int key_replace_lost(const char *ledger, const char *next, const char *told)
{
    MEM_FREE_LATER char *path = store_key_path(ledger);
    MEM_FREE_LATER char *lost = store_lost_key_path(ledger);
    struct sign_key *key;
    int result, rc;

    if (access(path, F_OK) == 0) {
        fprintf(stderr,
                lang("lawcast audit key: %s is there. Use --rotate; only if it can't be read, move "
                     "it away first.\n",
                     "lawcast audit key：%s 仍在。请用 --rotate；确实无法读取时，请先将其移走。\n"),
                path);
        return COMMAND_REFUSED;
    }
    if (key_is(next, told)) /* a rotation that a crash has broken off: nothing is lost */
        return key_sign_anew(ledger);
    result = key_make(next, told, &key);
    if (result != COMMAND_FINE)
        return result;
    sign_key_free(key);
    rc = durable_replace(lost, told, strlen(told), 0600);
    if (rc < 0)
        return key_failed(lost, rc);
    result = key_sign_anew(ledger);
    unlink(lost);
    return result;
}

static int key_show(const char *ledger)
{
    MEM_FREE_LATER char *path = store_key_path(ledger);
    struct key_found found;
    int result = key_find(ledger, &found);

    if (result != COMMAND_FINE)
        return result;
    puts(found.text);
    fprintf(stderr,
            lang("Signs since record %lld; keys so far: %lld. The secret half is %s: keep a copy "
                 "where the backups aren't, and give nobody else one.\n",
                 "自第 %lld 条记录起使用；至今共 %lld 把。私钥在 "
                 "%s：请另存一份，不要与备份放在一起，也不要交给他人。\n"),
            (long long)found.line, (long long)found.n, path);
    return COMMAND_FINE;
}

static int key_change(const struct key_job *job, const char *ledger)
{
    MEM_FREE_LATER char *next = store_next_key_path(ledger);
    struct key_found found;
    int result;

    if (books_in_use(ledger)) {
        fprintf(stderr,
                lang("lawcast audit key: a gateway is at work on %s. End it first.\n",
                     "lawcast audit key：网关正在使用 %s。请先停止网关。\n"),
                ledger);
        return COMMAND_MACHINE;
    }
    result = key_find(ledger, &found);
    if (result == COMMAND_FINE)
        result = job->lost ? key_replace_lost(ledger, next, found.text)
                           : key_rotate(ledger, next, found.text);
    return result == COMMAND_FINE ? key_show(ledger) : result;
}

/* Books and their key from nothing: so the public key can be handed out before anything is sent. */
static int key_begin(const char *ledger)
{
    int result = COMMAND_FINE;

    if (access(ledger, F_OK) == 0)
        fprintf(stderr,
                lang("lawcast audit key: there are books at %s already: nothing was made.\n",
                     "lawcast audit key：%s 处已有账本，未作改动。\n"),
                ledger);
    else
        result = key_sign_anew(ledger);
    return result == COMMAND_FINE ? key_show(ledger) : result;
}

static int key_go(const struct key_job *job)
{
    MEM_FREE_LATER char *ledger = NULL;
    int result = command_ledger(job->config, job->ledger, &ledger);

    if (result != COMMAND_FINE)
        return result;
    if (job->begin)
        return key_begin(ledger);
    return job->rotate || job->lost ? key_change(job, ledger) : key_show(ledger);
}

static int key_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"ledger", required_argument, NULL, 'l'},
        {"rotate", no_argument, NULL, 'r'},
        {"lost", no_argument, NULL, 'L'},
        {"begin", no_argument, NULL, 'b'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct key_job job = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        switch (option) {
        case 'c':
            job.config = optarg;
            break;
        case 'l':
            job.ledger = optarg;
            break;
        case 'r':
            job.rotate = true;
            break;
        case 'L':
            job.lost = true;
            break;
        case 'b':
            job.begin = true;
            break;
        default:
            return command_bad_option(&audit_key, option, argv);
        }
    }
    if (optind < argc || job.rotate + job.lost + job.begin > 1)
        return command_misused(&audit_key, "%s",
                               lang("It takes no words, and one of --begin, --rotate and --lost.",
                                    "不接受其他参数；--begin、--rotate 与 --lost 只能选一个。"));
    return key_go(&job);
}

const struct command audit_key = {
    .name = "audit key",
    .help_en = "Show the public key that signs the books; make a new one.",
    .help_zh = "显示签名公钥；更换签名密钥。",
    .usage = "[--begin | --rotate | --lost]",
    .long_en =
        "Prints the public key: give it to the auditor before the first campaign, on paper, "
        "because\n"
        "whoever has it can tell your books from forged ones.\n"
        "  --begin         makes the books and their key when there are none yet\n"
        "  --rotate        a new key from now on; the old one signs it, so that the chain holds\n"
        "  --lost          the key file is gone: a new key that nobody vouches for; the books and\n"
        "                  every verification will tell so\n"
        "  --ledger FILE   the books; without it, those of the configuration\n"
        "  -c FILE         the configuration\n"
        "No gateway may be running. Exit codes: 0 done; 1 refused; 2 wrong usage; 4 the books or "
        "the\n"
        "key can't be read or written.\n",
    .long_zh =
        "打印公钥：请在首次任务前以纸面形式交给审计人员，凭它可以分辨真账本与伪造的账本。\n"
        "  --begin         还没有账本时，建立账本和密钥\n"
        "  --rotate        更换密钥；新密钥由旧密钥签名，信任链不断\n"
        "  --lost          密钥文件已丢失：换用无人担保的新密钥，账本和每次校验都会如实说明\n"
        "  --ledger 文件   账本；省略时用配置中的账本\n"
        "  -c 文件         配置文件\n"
        "执行时不能有网关在运行。退出码：0 完成；1 被拒绝；2 用法错误；4 账本或密钥无法读写。\n",
    .run = key_run,
};
