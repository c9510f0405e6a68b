/* cmd_boards: lawcast boards: how every board stands; giving one back; a slogan as it would look.
 * Runs: any. Talks to no board: the running gateway does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/control/control.h"
#include "gateway/ledger/ledger.h"
#include "gateway/report/board_table.h"
#include "gateway/report/picture.h"

#define BOARDS_WAIT_MS 3000 /* for a board that is given back to be free of us */
#define BOARDS_LOOK_MS 50

struct boards_job {
    const char *config, *out;
    bool json, strip;
    size_t n;
    char *const *words;
};

static const struct board *boards_find(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_boards; i++)
        if (strcmp(office->boards[i].id, id) == 0)
            return &office->boards[i];
    fprintf(stderr,
            lang("lawcast boards: there is no board \"%s\"; \"lawcast boards\" lists them.\n",
                 "lawcast boards：没有代号为 %s 的显示屏；用 lawcast boards 查看。\n"),
            id);
    return NULL;
}

/* ---- the table ---- */

static int boards_show(const struct office *office, bool json)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    bool live = books_in_use(office->ledger_path);
    struct board_table *table;
    struct books *books = NULL;
    struct jv *document;
    int result = COMMAND_FINE;

    if (access(office->ledger_path, F_OK) == 0)
        result = command_open_books(NULL, office->ledger_path, &books);
    if (result != COMMAND_FINE)
        return result;
    if (board_table_read(&table, office, books, clock_wall_ms())) {
        books_close(books);
        fputs(lang("lawcast boards: the books can't be read just now. Try again.\n",
                   "lawcast boards：暂时无法读取账本，请重试。\n"),
              stderr);
        return COMMAND_MACHINE;
    }
    if (json) {
        document = board_table_json(table, live);
        jv_write(document, true, &text);
        puts(buffer_text(&text));
        jv_free(document);
    } else {
        board_table_print(table, live, stdout);
    }
    board_table_free(table);
    books_close(books);
    return COMMAND_FINE;
}

/* ---- without a gateway: the release goes into the books, for the next run ---- */

struct boards_note {
    struct ledger *ledger;
    struct ledger_op op;
};

static void boards_closed(void *ctx)
{
    (void)ctx;
}

static void boards_noted(struct ledger_op *op)
{
    struct boards_note *note = op->owner;

    ledger_close(note->ledger, boards_closed, NULL);
}

static void boards_trouble(void *ctx, const char *message)
{
    struct boards_note *note = ctx;

    if (!message)
        return;
    fprintf(stderr, "lawcast boards: %s\n", message);
    ledger_resign(note->ledger);
}

static int boards_write_down(const struct office *office, const struct board *board, bool released)
{
    struct boards_note note = {0};
    struct ledger_recovery recovery;
    char why[512] = "";
    uv_loop_t loop;
    int rc;

    uv_loop_init(&loop);
    rc = ledger_open(&note.ledger, &loop, office->ledger_path, boards_trouble, &note, &recovery,
                     why, sizeof why);
    if (rc == 0) {
        note.op = (struct ledger_op){
            .kind = LEDGER_RELEASE,
            .done = boards_noted,
            .owner = &note,
            .release = {.code = board->id,
                        .owner = office->units[board->owner].id,
                        .owner_name = office->units[board->owner].name,
                        .released = released},
        };
        snprintf(note.op.release.by, sizeof note.op.release.by, "command");
        ledger_post(note.ledger, &note.op);
        uv_run(&loop, UV_RUN_DEFAULT);
        rc = note.op.result;
    } else {
        fprintf(stderr, "lawcast boards: %s\n", why);
    }
    uv_loop_close(&loop);
    if (rc)
        return COMMAND_MACHINE;
    printf(released ? lang("%s is its owner's from now on. No gateway is running here: what an "
                           "earlier one left on it goes when the next one starts, or at the end of "
                           "its time.\n",
                           "%s 已交还屏主。目前没有网关运行：先前留在屏上的标语到时自行结束，或在"
                           "下次启动时撤下。\n")
                    : lang("%s may be used again, from the next run on.\n",
                           "%s 恢复使用，下次运行时生效。\n"),
           board->id);
    return COMMAND_FINE;
}

/* ---- with a gateway ---- */

static int boards_unanswered(const char *path, int rc)
{
    fprintf(stderr,
            lang("lawcast boards: the gateway doesn't answer at %s: %s.\n",
                 "lawcast boards：网关在 %s 没有应答：%s。\n"),
            path, lang_error(rc));
    return COMMAND_MACHINE;
}

static bool boards_is_true(const struct jv *value)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    return value && jv_scalar(value, &text) && strcmp(buffer_text(&text), "true") == 0;
}

/* Asks until nothing of ours is on the board. */
static int boards_await(const char *path, const char *id)
{
    MEM_FREE_LATER char *line = mem_printf("board %s", id);
    const struct timespec pause = {.tv_nsec = BOARDS_LOOK_MS * 1000000L};
    int64_t give_up = clock_mono_ms() + BOARDS_WAIT_MS;
    struct jv *answer;
    bool up = true;
    int rc;

    while (up && clock_mono_ms() < give_up) {
        rc = control_ask(path, line, &answer);
        if (rc)
            return boards_unanswered(path, rc);
        up = boards_is_true(jv_member(answer, "up"));
        jv_free(answer);
        if (up)
            nanosleep(&pause, NULL);
    }
    if (!up) {
        printf(lang("%s is its owner's: nothing of ours is on it.\n",
                    "%s 已交还屏主，屏上没有我们的标语。\n"),
               id);
        return COMMAND_FINE;
    }
    fprintf(stderr,
            lang("lawcast boards: %s is its owner's, but it isn't certain that our slogan is off "
                 "it: the board doesn't answer, or what was published just now may still arrive. "
                 "The gateway goes on taking it off.\n",
                 "lawcast boards：%s 已交还屏主，但不能确定标语已经撤下：屏没有应答，或刚发布的内容"
                 "可能稍后才到。网关会继续撤下。\n"),
            id);
    return COMMAND_REFUSED;
}

static int boards_tell(const struct office *office, const struct board *board, bool release)
{
    MEM_FREE_LATER char *path = control_path(office->ledger_path);
    MEM_FREE_LATER char *line =
        mem_printf("%s board %s", release ? "release" : "take", board->id);
    struct jv *answer;
    const char *error;
    int rc = control_ask(path, line, &answer);

    if (rc == -ENOENT || rc == -ECONNREFUSED)
        return boards_write_down(office, board, release);
    if (rc)
        return boards_unanswered(path, rc);
    error = jv_text(jv_member(answer, "error"));
    if (error)
        fprintf(stderr, "lawcast boards: %s\n", error);
    else if (!release)
        printf(lang("%s may be used again.\n", "%s 恢复使用。\n"), board->id);
    rc = error ? COMMAND_REFUSED : release ? boards_await(path, board->id) : COMMAND_FINE;
    jv_free(answer);
    return rc;
}

/* ---- preview ---- */

static int boards_preview(const struct board *board, const struct boards_job *job)
{
    MEM_FREE_LATER char *own = mem_printf("%s.png", board->id);
    struct preview preview = {.board = board,
                              .text = job->words[2],
                              .path = job->out ? job->out : own,
                              .strip = job->strip};
    char why[512] = "";

    if (preview_write(&preview, why, sizeof why)) {
        fprintf(stderr, "lawcast boards: %s\n", why);
        return COMMAND_REFUSED;
    }
    if (*why)
        printf("%s\n", why);
    printf(job->strip ? lang("%s: all of the slogan in one line of %s, %lld x %lld pixels.\n",
                             "%s：整条标语排成一行（%s），%lld x %lld 像素。\n")
                      : lang("%s: the slogan as %s would show it, %lld x %lld pixels.\n",
                             "%s：标语在 %s 上的效果，%lld x %lld 像素。\n"),
           preview.path, board->id, (long long)preview.width, (long long)preview.height);
    return COMMAND_FINE;
}

/* ---- the command ---- */

static int boards_do(const struct office *office, const struct boards_job *job)
{
    const struct board *board;

    if (!job->n)
        return boards_show(office, job->json);
    board = boards_find(office, job->words[1]);
    if (!board)
        return COMMAND_REFUSED;
    if (strcmp(job->words[0], "preview") == 0)
        return boards_preview(board, job);
    return boards_tell(office, board, strcmp(job->words[0], "release") == 0);
}

static int boards_begin(const struct boards_job *job)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = command_read_office(job->config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    if (result == COMMAND_FINE)
        result = boards_do(office, job);
    command_free_office(office);
    return result;
}

static const struct boards_verb {
    const char *name;
    size_t words; /* with its own */
} boards_verbs[] = {{"release", 2}, {"resume", 2}, {"preview", 3}};

static int boards_check(const struct boards_job *job)
{
    if (!job->n)
        return COMMAND_FINE;
    for (size_t i = 0; i < sizeof boards_verbs / sizeof *boards_verbs; i++) {
        if (strcmp(job->words[0], boards_verbs[i].name) != 0)
            continue;
        if (job->n == boards_verbs[i].words)
            return COMMAND_FINE;
        return command_misused(&command_boards, "%s",
                               boards_verbs[i].words == 2
                                   ? lang("name one board.", "请写一块显示屏的代号。")
                                   : lang("name one board and a slogan in quotes.",
                                          "请写一块显示屏的代号和一条标语（加引号）。"));
    }
    return command_misused(&command_boards,
                           lang("\"%s\" is neither release, resume nor preview.",
                                "%s：只能是 release、resume 或 preview。"),
                           job->words[0]);
}

static int boards_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"out", required_argument, NULL, 'o'},
        {"json", no_argument, NULL, 'j'},         {"strip", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct boards_job job = {0};
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:o:h", options)) != -1) {
        if (option == 'c')
            job.config = optarg;
        else if (option == 'o')
            job.out = optarg;
        else if (option == 'j')
            job.json = true;
        else if (option == 's')
            job.strip = true;
        else
            return command_bad_option(&command_boards, option, argv);
    }
    job.n = (size_t)(argc - optind);
    job.words = argv + optind;
    result = boards_check(&job);
    return result == COMMAND_FINE ? boards_begin(&job) : result;
}

const struct command command_boards = {
    .name = "boards",
    .help_en = "Show every board; give one back to its owner; draw a slogan.",
    .help_zh = "查看各块显示屏；把屏交还屏主；预览标语。",
    .usage = "[-c FILE] [--json] | [-c FILE] release ID | resume ID |\n"
             "                      preview [--strip] [-o FILE] ID SLOGAN",
    .long_en =
        "A line for every board: owner, kind, state, for how long it has shown our\n"
        "slogans today (proved time only) and its last answer; below it the slogan that\n"
        "is on it with what proves that, and what is wrong with it.\n\n"
        "  ready      shows slogans when a campaign has one for it\n"
        "  quiet time, released   it is its owner's; nothing of ours is on it\n"
        "  asleep     the screen is dark; that is no fault, and not shown time\n"
        "  down       doesn't answer; the gateway goes on trying\n\n"
        "  release ID          gives the board back at once, until resume, also over\n"
        "                      restarts\n"
        "  resume ID           the other way round\n"
        "  preview ID SLOGAN   writes a PNG of the board's size with the slogan on it\n"
        "      --strip         all of a running slogan in one line, as wide as it is\n"
        "  -o, --out FILE      of the preview; else ID.png\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"
        "                      /etc/lawcast/lawcast.cfg\n"
        "      --json          for programs\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast boards\n"
        "  lawcast boards release weather-plaza\n"
        "  lawcast boards preview price-market '弘扬宪法精神 共建文明城市' -o slogan.png\n\n"
        "Exit codes: 0 fine; 1 no such board, a board that is given back doesn't answer,\n"
        "or errors in the configuration; 2 wrong usage; 4 the books can't be read or\n"
        "written.\n",
    .long_zh =
        "每块显示屏一行：屏主、类型、状态、今日播放时长（只计核实过的时间）、最近应答；\n"
        "下面是屏上的标语及其核实程度，以及有什么问题。\n\n"
        "  就绪      任务有标语时即播放\n"
        "  屏主时段、已交还屏主   屏归屏主使用，没有我们的标语\n"
        "  熄屏      屏幕关闭；不算故障，也不计入播放时长\n"
        "  无应答    网关会继续尝试\n\n"
        "  release 代号        立即交还屏主，直到 resume，重启后仍然有效\n"
        "  resume 代号         恢复使用\n"
        "  preview 代号 标语   按该屏像素画出标语效果，写成 PNG 图片\n"
        "      --strip         把滚动的标语整条画成一行，图片与文字同宽\n"
        "  -o, --out 文件      预览图片文件；默认“代号.png”\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，\n"
        "                      其次 /etc/lawcast/lawcast.cfg\n"
        "      --json          供程序使用\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast boards\n"
        "  lawcast boards release weather-plaza\n"
        "  lawcast boards preview price-market '弘扬宪法精神 共建文明城市' -o slogan.png\n\n"
        "退出码：0 正常；1 没有此屏、交还的屏没有应答或配置有错误；2 用法错误；\n"
        "4 账本无法读写。\n",
    .run = boards_run,
};
