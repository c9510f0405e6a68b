/* cmd_modems: lawcast modems: how every modem and its SIM stands; pausing them.
 * Runs: any. Opens no device: the running gateway has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/modem/cms.h"
#include "adapters/modem/why.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/control/steer_line.h"
#include "gateway/report/modem_table.h"
#include "gateway/steer_road.h"

static const char *modems_error_english(int code)
{
    return cms_find(code)->text;
}

static const struct modem_words modems_words = {cms_text, modems_error_english, why_label};

static int modems_unreadable(void)
{
    fputs(lang("lawcast modems: the books can't be read just now. Try again.\n",
               "lawcast modems：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

/* How it is asked for. */
struct modems_form {
    bool json, numbers;
};

static void modems_print(const struct modem_table *table, bool live, struct modems_form form)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document;

    if (!form.json) {
        modem_table_print(table, live, stdout);
        return;
    }
    document = modem_table_json(table, live, form.numbers);
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

static int modems_show(const struct office *office, struct modems_form form)
{
    bool live = books_in_use(office->ledger_path);
    struct modem_table *table;
    struct books *books = NULL;
    int result = COMMAND_FINE;

    if (access(office->ledger_path, F_OK) == 0)
        result = command_open_books(NULL, office->ledger_path, &books);
    if (result != COMMAND_FINE)
        return result;
    if (modem_table_read(&table, office, books, &modems_words, clock_wall_ms())) {
        result = modems_unreadable();
    } else {
        modems_print(table, live, form);
        modem_table_free(table);
    }
    books_close(books);
    return result;
}

static int modems_steer(const struct office *office, const struct steer *steer)
{
    const struct steer_job job = {.command = "modems", .office = office, .steer = *steer};
    struct steer_told told;
    int result = steer_look_up(&job);

    if (result == COMMAND_FINE)
        result = steer_send(&job, &told);
    if (result == COMMAND_FINE)
        steer_print(&job, &told);
    return result;
}

/* steer NULL: shows them. */
static int modems_do(const char *config, struct modems_form form, const struct steer *steer)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = command_read_office(config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    if (result == COMMAND_FINE)
        result = steer ? modems_steer(office, steer) : modems_show(office, form);
    command_free_office(office);
    return result;
}

/* words: a verb and an id. */
static int modems_obey(const char *config, char *const *words)
{
    char scope[] = "modem";
    char *const line[] = {words[0], scope, words[1]};
    enum steer_line_fault fault;
    struct steer steer;

    fault = steer_line_read(3, line, &steer);
    if (fault)
        return command_misused(&command_modems, "%s.", steer_line_label(fault));
    return modems_do(config, (struct modems_form){0}, &steer);
}

static int modems_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"numbers", no_argument, NULL, 'N'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *config = NULL;
    struct modems_form form = {0};
    int option, n;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            config = optarg;
        else if (option == 'j')
            form.json = true;
        else if (option == 'N')
            form.numbers = true;
        else
            return command_bad_option(&command_modems, option, argv);
    }
    n = argc - optind;
    if (n > 0 && strcmp(argv[optind], "pause") && strcmp(argv[optind], "resume"))
        return command_misused(
            &command_modems,
            lang("\"%s\" is neither pause nor resume.", "%s：只能是 pause 或 resume。"),
            argv[optind]);
    if (n != 0 && n != 2)
        return command_misused(&command_modems, "%s",
                               lang("name one modem or bank.", "请写一台设备或一组设备的代号。"));
    return n ? modems_obey(config, argv + optind) : modems_do(config, form, NULL);
}

const struct command command_modems = {
    .name = "modems",
    .help_en = "Show every modem and its SIM; pause and resume them.",
    .help_zh = "查看各台短信设备及其 SIM 卡；暂停或恢复。",
    .usage = "[-c FILE] [--json [--numbers]] | [-c FILE] pause ID | resume ID",
    .long_en =
        "A line for every modem: its state, the end of its SIM's IMSI, network, signal, parts that "
        "its\nSIM has sent in the last hour and today with their limits, its limit group, and why "
        "it "
        "takes\nnothing or what failed last. Below, what each limit group has sent.\n\n"
        "  ready      takes messages\n"
        "  throttled  waits: a limit, the pace, or the network asked for patience\n"
        "  paused     by \"lawcast modems pause\"; also after a restart\n"
        "  down       can't be used; the gateway goes on trying\n\n"
        "  pause ID            a modem (bank-a/17) or a whole bank (bank-a) takes nothing any "
        "more\n"
        "  resume ID           the other way round; both without a running gateway, too:\n"
        "                      then for its next run\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --json          for programs; numbers of SIMs and modems are masked\n"
        "      --numbers       with --json: in full\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast modems\n"
        "  lawcast modems pause bank-a/17\n"
        "  lawcast modems --json | jq '.modems[] | select(.state == \"down\")'\n\n"
        "Exit codes: 0 fine; 1 no such modem, no books yet, or errors in the configuration; 2 "
        "wrong\n"
        "usage; 4 the books can't be read or written, or the gateway doesn't answer.\n",
    .long_zh =
        "每台设备一行：状态、SIM 卡 IMSI 末四位、网络、信号、近一小时和今日已发条数（按计费条）\n"
        "及上限、所属限额组，以及不可用的原因或最近的错误。下面是各限额组的已发条数。\n\n"
        "  就绪    可以发送\n"
        "  限速    暂时等待：达到上限、按节奏发送，或网络要求稍后\n"
        "  暂停    由 lawcast modems pause 暂停；重启后仍然有效\n"
        "  不可用  设备不能用；网关会继续尝试\n\n"
        "  pause 代号          暂停一台（bank-a/17）或一组（bank-a）\n"
        "  resume 代号         恢复；没有网关运行时也可使用，下次运行生效\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --json          供程序使用；SIM 卡号和设备号已隐去一部分\n"
        "      --numbers       与 --json 同用：完整显示\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast modems\n"
        "  lawcast modems pause bank-a/17\n"
        "  lawcast modems --json | jq '.modems[] | select(.state == \"down\")'\n\n"
        "退出码：0 正常；1 没有此设备、还没有账本或配置有错误；2 用法错误；4 "
        "账本无法读写或网关没有应答。\n",
    .run = modems_run,
};
