/* cmd_plan: lawcast plan: what a campaign would send, for whom, and which rows are refused.
 * Runs: any. Reads every recipients file; opens no device. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/config/recipients.h"
#include "gateway/dispatch/slots.h"
#include "gateway/files.h"
#include "gateway/foresight.h"
#include "gateway/model/share.h"
#include "gateway/refusals.h"
#include "gateway/report/figure.h"
#include "gateway/report/plan_table.h"
#include "gateway/report/refused.h"

struct plan_options {
    const char *config, *folder;
    char *const *campaigns; /* the first is planned, the others may share its boards */
    size_t n_campaigns;
    bool json, csv, numbers;
};

struct plan_job {
    const struct plan_options *options;
    struct files files;
    const struct campaign *campaign;
    struct plan *plan;           /* the first one of plans */
    struct plan **plans;         /* one a campaign: they share the modems */
    struct foresight *foresight; /* NULL: it has no messages */
    struct refusals refusals;
    char *refused_path;
    int64_t refused_rows;
};

/* All rows, and the refused ones into their file. */
static int plan_read_rows(struct plan_job *job, struct refused *refused)
{
    struct recipients *reader = recipients_open(job->campaign, job->files.office);
    struct recipient row;
    int rc;

    while ((rc = recipients_next(reader, &row, &job->files.diag)) == 0) {
        plan_add(job->plan, &row);
        if (row.refused)
            refused_add(refused, &row);
    }
    recipients_close(reader);
    return rc < 0 || job->files.diag.errors ? COMMAND_REFUSED : COMMAND_FINE;
}

/* What others want of the modems. */
static int plan_read_rivals(struct plan_job *job)
{
    for (size_t i = 1; i < job->files.n; i++) {
        job->plans[i] = foresight_read(job->files.campaigns[i], job->files.office,
                                       job->refusals.set, &job->files.diag);
        if (!job->plans[i])
            return COMMAND_REFUSED;
    }
    return COMMAND_FINE;
}

static int plan_cant_write(const struct plan_job *job, int rc)
{
    fprintf(stderr,
            lang("lawcast plan: %s can't be written: %s.\n", "lawcast plan：无法写入 %s：%s。\n"),
            job->refused_path, strerror(-rc));
    return COMMAND_MACHINE;
}

static struct plan_slot plan_slot_of(const struct slot *slot)
{
    return (struct plan_slot){.text = slot->text,
                              .board = slot->board,
                              .from_ms = slot->from_ms,
                              .until_ms = slot->until_ms};
}

static void plan_read_slots(struct plan_job *job)
{
    struct slot slot;

    for (size_t i = 1; i < job->files.n; i++) {
        const struct campaign *rival = job->files.campaigns[i];
        struct slots_walk walk = {0};

        while (slots_next(rival, job->files.office, &walk, &slot)) {
            struct plan_slot one = plan_slot_of(&slot);

            plan_boards_add_rival(job->plan->boards, rival, &rival->displays[slot.display], &one);
        }
    }
    for (struct slots_walk walk = {0};
         slots_next(job->campaign, job->files.office, &walk, &slot);) {
        struct plan_slot one = plan_slot_of(&slot);

        plan_boards_add(job->plan->boards, &one);
    }
}

static int plan_read(struct plan_job *job)
{
    struct refused *refused;
    int rc = refused_open(&refused, job->refused_path, job->options->numbers), result;

    if (rc)
        return plan_cant_write(job, rc);
    result = plan_read_rows(job, refused);
    if (result != COMMAND_FINE) {
        refused_abandon(refused);
        return result;
    }
    plan_read_slots(job);
    job->refused_rows = refused_close(refused);
    return job->refused_rows < 0 ? plan_cant_write(job, (int)job->refused_rows) : COMMAND_FINE;
}

static void plan_tell_refused(const struct plan_job *job, FILE *out)
{
    char count[FIGURE_ROOM];

    figure_count(job->refused_rows, count);
    fprintf(out,
            lang("%s rows were refused; they are listed in %s.\n", "有 %s 行被拒绝，已列入 %s。\n"),
            count, job->refused_path);
}

static void plan_tell_short(const struct plan_job *job)
{
    for (size_t i = 0; i < job->campaign->n_orders; i++) {
        const struct plan_unit *unit = &job->plan->units[i];
        int64_t missing = unit->quota - unit->good - unit->reserve;
        char count[FIGURE_ROOM];

        figure_count(missing, count);
        if (missing > 0)
            fprintf(
                stderr,
                lang("%s: %s good numbers are missing for the quota. Add numbers or lower it.\n",
                     "%s：距任务数还缺 %s 个可用号码。请补充名单或调低任务数。\n"),
                unit->name, count);
    }
}

/* What is no error and yet seldom meant. */
static void plan_tell_texts(const struct plan_job *job)
{
    for (size_t i = 0; i < job->campaign->n_orders; i++) {
        const struct plan_unit *unit = &job->plan->units[i];
        char count[FIGURE_ROOM];

        figure_count(unit->gaps, count);
        if (unit->gaps)
            fprintf(
                stderr,
                lang("%s: %s rows have an empty field that the message uses: look at how it "
                     "reads, or fill the fields in.\n",
                     "%s：有 %s 行缺少短信要用的内容（该列为空）：请补填，或确认短信读得通。\n"),
                unit->name, count);
        figure_count(unit->double_refusals, count);
        if (unit->double_refusals)
            fprintf(stderr,
                    lang("%s: %s messages say twice how to refuse: take the hint out of text, or "
                         "set sms.refusal to \"\".\n",
                         "%s：有 %s 条短信出现两处拒收提示：请删去 text 里的提示，或把 sms.refusal "
                         "写成 \"\"。\n"),
                    unit->name, count);
    }
}

static void plan_print_json(const struct plan_job *job)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document = plan_to_json(job->plan);

    jv_put(document, "refused_file", jv_string(job->refused_path));
    jv_put(document, "refused_rows", jv_int(job->refused_rows));
    jv_put(document, "forecast",
           job->foresight ? plan_forecast_json(foresight_view(job->foresight)) : jv_null());
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

static int plan_print(const struct plan_job *job)
{
    if (job->options->json) {
        plan_print_json(job);
    } else if (job->options->csv) {
        plan_print_csv(job->plan, stdout);
        plan_tell_refused(job, stderr);
    } else {
        printf("%s (%s)\n\n", job->campaign->title, job->campaign->id);
        plan_print_table(job->plan, stdout);
        if (job->foresight)
            plan_forecast_print(foresight_view(job->foresight), stdout);
        plan_tell_refused(job, stdout);
    }
    fflush(stdout); /* what follows goes to standard error, perhaps into the same pipe */
    plan_tell_texts(job);
    plan_tell_short(job);
    return plan_is_short(job->plan) || plan_boards_are_short(job->plan->boards) ||
                   (job->foresight && plan_forecast_is_short(foresight_view(job->foresight)))
               ? COMMAND_SHORT
               : COMMAND_FINE;
}

static void plan_foresee(struct plan_job *job)
{
    if (job->campaign->n_orders)
        job->foresight =
            foresight_new(&(struct foresight_setup){.office = job->files.office,
                                                    .plans = job->plans,
                                                    .n_plans = job->files.n,
                                                    .books = job->files.office->ledger_path,
                                                    .now_ms = clock_wall_ms(),
                                                    .air_ms = -1,
                                                    .network = -1,
                                                    .seed = 1});
}

static void plan_begin(struct plan_job *job)
{
    job->campaign = job->files.campaigns[0];
    refusals_read(&job->refusals, "plan", job->files.office->ledger_path);
    job->plans = mem_array(job->files.n, struct plan *);
    job->plan = job->plans[0] = plan_new(job->campaign, job->files.office);
    job->plan->opted_out = job->refusals.set;
    job->refused_path = refused_path(job->options->folder, job->campaign->id);
}

static void plan_end(struct plan_job *job)
{
    foresight_free(job->foresight);
    for (size_t i = 0; job->plans && i < job->files.n; i++)
        plan_free(job->plans[i]);
    free(job->plans);
    free(job->refused_path);
    refusals_free(&job->refusals);
    files_free(&job->files);
}

static int plan_campaign(const struct plan_options *options)
{
    struct plan_job job = {.options = options};
    int result = files_read(&job.files, options->config, options->campaigns, options->n_campaigns);

    files_warn_times(&job.files);
    if (result == COMMAND_FINE) {
        plan_begin(&job);
        result = plan_read(&job);
    }
    if (result == COMMAND_FINE)
        result = plan_read_rivals(&job);
    diag_print(&job.files.diag, stderr);
    if (result == COMMAND_FINE) {
        plan_foresee(&job);
        result = plan_print(&job);
    }
    plan_end(&job);
    return result;
}

static int plan_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"csv", no_argument, NULL, 'v'},
                                            {"numbers", no_argument, NULL, 'N'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct plan_options chosen = {.folder = "."};
    int option;

    while ((option = command_next_option(argc, argv, ":c:o:h", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'o')
            chosen.folder = optarg;
        else if (option == 'j')
            chosen.json = true;
        else if (option == 'v')
            chosen.csv = true;
        else if (option == 'N')
            chosen.numbers = true;
        else
            return command_bad_option(&command_plan, option, argv);
    }
    if (chosen.json && chosen.csv)
        return command_misused(&command_plan, "%s",
                               lang("Choose --json or --csv.", "--json 和 --csv 只能选一个。"));
    if (optind >= argc)
        return command_misused(&command_plan, "%s",
                               lang("Name a campaign.", "请指定一个任务文件。"));
    if (argc - optind > SHARE_CLAIMS_MOST)
        return command_misused(&command_plan,
                               lang("Name at most %d campaigns.", "最多指定 %d 个任务文件。"),
                               SHARE_CLAIMS_MOST);
    chosen.campaigns = argv + optind;
    chosen.n_campaigns = (size_t)(argc - optind);
    return plan_campaign(&chosen);
}

const struct command command_plan = {
    .name = "plan",
    .help_en = "Show what a campaign would send, and list the rows that are refused.",
    .help_zh = "计算任务将发送的内容，并列出被拒绝的行。",
    .usage = "[-c FILE] [--out DIR] [--numbers] [--json | --csv] CAMPAIGN [OTHER ...]",
    .long_en =
        "Reads all recipients and prints, for each unit: quota, good numbers, reserve,\n"
        "numbers that opted out before (of the books, if there are any), refused rows,\n"
        "parts and the first message as it would go out; for each board:\n"
        "slogans, slots, for how long it would show them, the proof that is asked and the\n"
        "best that it can give; and what is planned of the targets. Then it foretells the\n"
        "sending: for each unit and network messages, parts, cost (price of the modems),\n"
        "finish and the latest one (19 of 20 days end before), what is short in parts,\n"
        "what stands in the way and what would mend it; and a picture. A part takes what\n"
        "air_ms says; else what the books have measured; else 3 s. OTHER campaigns are\n"
        "not planned; they only share the modems, and take their turns on the boards.\n"
        "Nothing is sent. The refused rows go to DIR/ID-refused.csv, each with its line and the\n"
        "reason: send it back to the unit.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"
        "                      /etc/lawcast/lawcast.cfg\n"
        "  -o, --out DIR       where the refused rows go; else the current folder\n"
        "      --numbers       whole numbers in that file; else masked. Delete it then\n"
        "      --json          for programs\n"
        "      --csv           for spreadsheets\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast plan campaigns/constitution-day\n"
        "  lawcast plan --json campaigns/constitution-day | jq .forecast\n"
        "  lawcast plan campaigns/constitution-day campaigns/safety-week\n\n"
        "Exit codes: 0 fine; 1 errors in the files; 2 wrong usage; 3 a unit has fewer\n"
        "good numbers (reserve included) than its quota, not all messages can be sent\n"
        "while the windows are open, or the boards would not reach a target; 4 the refused rows "
        "can't be written.\n",
    .long_zh = "读取全部名单，按单位列出：任务数、可用号码、备用号码、此前已拒收的号码（据账\n"
               "本）、被拒绝的行、分段数和第一条短信的全文；按显示屏列出：标语数、播放时段数、\n"
               "计划播放时间、要求的证明和该屏可达到的证明；以及各项 targets 计划能否达到。\n"
               "然后预测发送进度：按单位和运营商列出短信数、计费条、费用（据设备单价）、预计\n"
               "完成时间、最迟时间（20 次中 19 次不晚于此）、缺口（计费条）、原因和补救办法，\n"
               "并附图。每条用时取 air_ms，其次据账本实测，否则按 3 秒计。其他任务（OTHER）\n"
               "不列出，只计算其占用的短信设备和显示屏轮次。不发送任何内容。被拒绝的行写入\n"
               "DIR/任务代号-refused.csv，写明行号和原因：请退回单位核对。\n\n"
               "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，\n"
               "                      其次 /etc/lawcast/lawcast.cfg\n"
               "  -o, --out 目录      被拒绝的行写入此目录；默认当前目录\n"
               "      --numbers       该文件写完整号码，用后请删除；默认遮盖\n"
               "      --json          供程序使用\n"
               "      --csv           供电子表格使用\n"
               "  -h, --help          本说明\n\n"
               "示例：\n"
               "  lawcast plan campaigns/constitution-day\n"
               "  lawcast plan --json campaigns/constitution-day | jq .forecast\n"
               "  lawcast plan campaigns/constitution-day campaigns/safety-week\n\n"
               "退出码：0 正常；1 文件有错误；2 用法错误；3 有单位的可用号码（含备用）少于\n"
               "任务数，时间窗内发不完，或显示屏达不到 targets；4 无法写入被拒绝的行。\n",
    .run = plan_run,
};
