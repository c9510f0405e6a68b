/* cmd_replies: lawcast replies: what people wrote back, and who wants no more messages.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/model/mask.h"
#include "gateway/model/phone.h"
#include "gateway/report/figure.h"
#include "gateway/report/table.h"

#define REPLIES_TEXT 60 /* terminal columns of a text */

struct replies_job {
    struct jv *list; /* NULL: print */
    bool numbers;    /* whole ones */
    int64_t n, refusals;
};

static const struct {
    const char *name, *en, *zh;
} replies_answers[] = {
    [ANSWER_NONE] = {"none", "", ""},
    [ANSWER_WAITS] = {"waits", "answer waits", "待答复"},
    [ANSWER_SENT] = {"sent", "answered", "已答复"},
    [ANSWER_FAILED] = {"failed", "answer failed", "答复失败"},
    [ANSWER_UNKNOWN] = {"unknown", "answer in doubt", "答复结果不明"},
};

#define REPLIES_SERVICE 6 /* digits of the longest number that is nobody's own, 123456 */

/* Numbers of people are masked, wherever they are; names and numbers of services aren't. */
static void replies_mask(const struct books_reply *reply, bool numbers, char text[static 48])
{
    const char *digits = reply->sender + (*reply->sender == '+');
    size_t length = strlen(digits);

    if (numbers || !*reply->sender)
        snprintf(text, 48, "%s", *reply->sender ? reply->sender : "-");
    else if (reply->address)
        phone_mask(reply->address, text);
    else if (length > REPLIES_SERVICE && strspn(digits, "0123456789") == length)
        snprintf(text, 48, "%.3s****%s", reply->sender, digits + length - 2);
    else
        snprintf(text, 48, "%s", reply->sender);
}

static struct jv *replies_text(const char *text)
{
    return text[0] ? jv_string(text) : jv_null();
}

static void replies_add_json(struct jv *list, const struct books_reply *reply, const char *sender,
                             const char *text)
{
    struct jv *entry = jv_object();
    char when[FIGURE_ROOM];

    figure_iso(reply->at_ms, when);
    jv_put(entry, "at", jv_string(when));
    jv_put(entry, "from", jv_string(sender));
    jv_put(entry, "text", jv_string(text));
    jv_put(entry, "whole", jv_bool(reply->whole));
    jv_put(entry, "refusal", jv_bool(reply->refusal));
    jv_put(entry, "answer", jv_string(replies_answers[reply->answer].name));
    jv_put(entry, "campaign", replies_text(reply->campaign));
    jv_put(entry, "unit", replies_text(reply->unit));
    jv_put(entry, "modem", jv_string(reply->device));
    jv_push(list, entry);
}

static void replies_print_one(const struct books_reply *reply, const char *sender, const char *text)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char when[20];

    clock_format(reply->at_ms, when);
    buffer_printf(&line, "%s  ", when);
    table_put_text(&line, sender, 13, true);
    buffer_add_text(&line, "  ");
    table_put_text(&line, reply->refusal ? lang("refusal", "拒收") : "", 7, true);
    buffer_add_text(&line, "  ");
    table_put_text(&line, reply->unit, 10, true);
    buffer_add_text(&line, "  ");
    table_put_text(&line, text, REPLIES_TEXT, false);
    if (reply->answer != ANSWER_NONE)
        buffer_printf(&line, "  (%s)",
                      lang(replies_answers[reply->answer].en, replies_answers[reply->answer].zh));
    puts(buffer_text(&line));
}

static void replies_print_head(void)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    table_put_text(&line, lang("Came", "收到时间"), 21, true);
    table_put_text(&line, lang("From", "号码"), 15, true);
    table_put_text(&line, lang("Kind", "类别"), 9, true);
    table_put_text(&line, lang("Unit", "单位"), 12, true);
    puts(buffer_text(&line));
}

static int replies_take(void *ctx, const struct books_reply *reply)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct replies_job *job = ctx;
    char sender[48];

    replies_mask(reply, job->numbers, sender);
    if (job->numbers)
        buffer_add_text(&text, reply->text);
    else
        mask_text(reply->text, &text);
    if (!job->list && job->n == 0)
        replies_print_head();
    job->n++;
    job->refusals += reply->refusal;
    if (job->list)
        replies_add_json(job->list, reply, sender, buffer_text(&text));
    else
        replies_print_one(reply, sender, buffer_text(&text));
    return 0;
}

static void replies_end(struct replies_job *job)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document;

    if (!job->list) {
        printf(
            lang("%lld replies, %lld of them refusals.\n", "共 %lld 条回复，其中拒收 %lld 条。\n"),
            (long long)job->n, (long long)job->refusals);
        return;
    }
    document = jv_object();
    jv_put(document, "replies", job->list);
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

/* campaign "": all. */
static int replies_show(struct books *books, const char *campaign, bool json, bool numbers)
{
    struct replies_job job = {.list = json ? jv_array() : NULL, .numbers = numbers};
    struct books_campaign found;
    int rc = *campaign ? books_find_campaign(books, campaign, &found) : 0;

    if (rc == 1) {
        fprintf(stderr,
                lang("lawcast replies: the books have no campaign \"%s\". \"lawcast status\" lists "
                     "them.\n",
                     "lawcast replies：账本中没有任务 %s。可用 lawcast status 查看。\n"),
                campaign);
        jv_free(job.list);
        return COMMAND_REFUSED;
    }
    if (!rc && *campaign)
        books_campaign_release(&found);
    if (!rc)
        rc = books_replies(books, campaign, replies_take, &job);
    if (!rc) {
        replies_end(&job);
        return COMMAND_FINE;
    }
    jv_free(job.list);
    fputs(lang("lawcast replies: the books can't be read just now. Try again.\n",
               "lawcast replies：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

static int replies_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"json", no_argument, NULL, 'j'},         {"numbers", no_argument, NULL, 'N'},
        {"help", no_argument, NULL, 'h'},         {0}};
    const char *config = NULL, *ledger = NULL;
    struct books *books;
    bool json = false, numbers = false;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'l')
            ledger = optarg;
        else if (option == 'j')
            json = true;
        else if (option == 'N')
            numbers = true;
        else
            return command_bad_option(&command_replies, option, argv);
    }
    if (argc - optind > 1)
        return command_misused(&command_replies, lang("\"%s\" is too much.", "多余的参数：%s。"),
                               argv[optind + 1]);
    result = command_open_books(config, ledger, &books);
    if (result != COMMAND_FINE)
        return result;
    result = replies_show(books, optind < argc ? argv[optind] : "", json, numbers);
    books_close(books);
    return result;
}

const struct command command_replies = {
    .name = "replies",
    .help_en = "Show what people wrote back, and who refused further messages.",
    .help_zh = "查看群众的回复和拒收。",
    .usage = "[-c FILE | --ledger PATH] [--numbers] [--json] [ID]",
    .long_en =
        "ID is a campaign; without one, all replies are shown, also those of numbers that never "
        "got a\nmessage. An answer that is nothing but TD, T, R, STOP, 退订, 拒收 or one of the "
        "office's own\nwords is a refusal: it stops all messages of all units to that number, from "
        "the moment at\nwhich it is in the books. Numbers are masked, also in the texts.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --numbers       whole numbers\n"
        "      --json          for programs\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast replies\n"
        "  lawcast replies 2026-constitution-day\n\n"
        "Exit codes: 0 fine; 1 no books yet, no such campaign, or errors in the configuration; 2 "
        "wrong\nusage; 4 the books can't be read.\n",
    .long_zh =
        "ID 是任务代号；不写则列出全部回复，包括从未收到短信的号码发来的。\n"
        "拒收（TD、T、R、STOP、退订、拒收以及办公室自定的词）一经入账，所有单位都不再向该号码发送。"
        "\n"
        "号码已遮盖，回复内容里的也是。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接读取此账本，不需要配置文件\n"
        "      --numbers       显示完整号码\n"
        "      --json          供程序使用\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast replies\n"
        "  lawcast replies 2026-constitution-day\n\n"
        "退出码：0 正常；1 还没有账本、没有此任务或配置有错误；2 用法错误；4 账本无法读取。\n",
    .run = replies_run,
};
