/* office_options: the options of conf/lawcast.cfg. See office_options.h.
 * Runs: any. */
#include "gateway/config/office_options.h"

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "gateway/config/optprint.h"

#define OFFICE_OPTION(s, m) offsetof(struct s, m)

#define OFFICE_PARTS_MAX 1000000 /* of a limit */

const struct option_def office_options_root[] = {
    {.name = "office",
     .type = OPTION_SKIP,
     .required = true,
     .help_en = "Who runs this gateway.",
     .help_zh = "本网关由谁运行。"},
    {.name = "ledger",
     .type = OPTION_SKIP,
     .required = true,
     .help_en = "Where the books are kept.",
     .help_zh = "账本存放位置。"},
    {.name = "units",
     .type = OPTION_SKIP,
     .required = true,
     .help_en = "A list of groups: the units that issue messages or own boards.",
     .help_zh = "若干组设置：发送短信或拥有显示屏的单位。"},
    {.name = "operators",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, operators_file),
     .min = 1,
     .max = 1024,
     .help_en = "A CSV file of number prefixes (columns prefix, operator), relative to this file: "
                "messages then go by a SIM of the recipient's network.",
     .help_zh = "号段表（CSV，列名 号段、运营商），相对路径以本文件所在目录为准：填写后优先用与收"
                "件人同网的 SIM 卡发送。"},
    {.name = "ported",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, ported_file),
     .min = 1,
     .max = 1024,
     .help_en = "A CSV file of numbers that have changed their network (columns number, operator), "
                "relative to this file; it comes before the prefixes.",
     .help_zh = "携号转网号码表（CSV，列名 号码、运营商），相对路径以本文件所在目录为准；优先于号段"
                "表。"},
    {.name = "limits",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: limits that several banks of modems share.",
     .help_zh = "若干组设置：几组短信设备共用的发送限额。"},
    {.name = "refusals",
     .type = OPTION_SKIP,
     .help_en = "What counts as a refusal, and the answer to it.",
     .help_zh = "哪些回复算拒收，以及如何答复。"},
    {.name = "modems",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: banks of modems.",
     .help_zh = "若干组设置：短信设备。"},
    {.name = "boards",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: public displays.",
     .help_zh = "若干组设置：公共显示屏。"},
    {.name = "listen",
     .type = OPTION_SKIP,
     .help_en = "Where devices and owners of boards can call this gateway; without it they can't.",
     .help_zh = "本网关的接入地址，供设备回调和屏主收回显示屏；不填则不开放。"},
    {0},
};

const struct option_def office_options_office[] = {
    {.name = "name",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, name),
     .required = true,
     .max = 300,
     .help_en = "The office's name, as reports show it.",
     .help_zh = "办公室名称，写在报表上。"},
    {.name = "timezone",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, timezone),
     .max = 64,
     .preset = "Asia/Shanghai",
     .help_en = "The time zone of all times, such as Asia/Shanghai.",
     .help_zh = "所有时间所用的时区，例如 Asia/Shanghai。"},
    {.name = "retention_days",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office, retention_days),
     .min = 0,
     .max = 3650,
     .preset = "90",
     .unit = "days",
     .help_en = "How long numbers and personal texts of a campaign are kept after its last window; "
                "then lawcast erase may delete them.",
     .help_zh = "任务最后一个时间窗之后，号码和个性化内容保留多少天；期满方可用 lawcast erase 清"
                "除。"},
    {0},
};

const struct option_def office_options_ledger[] = {
    {.name = "path",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, ledger_path),
     .required = true,
     .max = 1024,
     .help_en = "The file of the books, on a local disk; relative to this configuration file.",
     .help_zh = "账本文件，须在本机磁盘上；相对路径以本配置文件所在目录为准。"},
    {0},
};

const struct option_def office_options_limits[] = {
    {.name = "id",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(limit_group, id),
     .required = true,
     .help_en = "The group's id, as modems name it in limits.",
     .help_zh = "代号，短信设备在 limits 里引用。"},
    {.name = "per_hour",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(limit_group, limits.per_hour),
     .min = 0,
     .max = OFFICE_PARTS_MAX,
     .preset = "0",
     .unit = "parts",
     .help_en = "The most parts in any hour for all SIMs of the group together; 0: no limit.",
     .help_zh = "组内所有 SIM 卡合计，任意一小时内最多发多少条计费短信；0 表示不限。"},
    {.name = "per_day",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(limit_group, limits.per_day),
     .min = 0,
     .max = OFFICE_PARTS_MAX,
     .preset = "0",
     .unit = "parts",
     .help_en = "The most parts in a day, from midnight to midnight; 0: no limit.",
     .help_zh = "合计每天（零点到零点）最多发多少条计费短信；0 表示不限。"},
    {0},
};

const struct option_def office_options_refusals[] = {
    {.name = "words",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office, refusal_words),
     .max = 100,
     .help_en = "Further words that refuse, beside TD, T, R, 退订, 拒收 and STOP; at most 32 bytes "
                "each, any case and width.",
     .help_zh = "除 TD、T、R、退订、拒收、STOP 外，还有哪些回复算拒收；每个不超过 32 字节（约 10 个"
                "汉字），不分大小写和全半角。"},
    {.name = "answer",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, refusal_answer),
     .min = 1,
     .max = 640,
     .help_en = "Sent once to who refuses, in one part (70 Chinese characters); without it nothing "
                "is sent.",
     .help_zh = "对拒收者答复一次，须在一条之内（70 字）；不填则不答复。"},
    {0},
};

const struct option_def office_options_unit[] = {
    {.name = "id",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(unit, id),
     .required = true,
     .help_en = "Short name used in files: letters, digits, - and _; at most 32.",
     .help_zh = "文件中使用的代号：字母、数字、- 和 _，最多 32 个。"},
    {.name = "name",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(unit, name),
     .required = true,
     .max = 300,
     .help_en = "The unit's name, as people read it.",
     .help_zh = "单位名称。"},
    {.name = "signature",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(unit, signature),
     .max = 60,
     .help_en = "Stands in brackets 【】 before its messages; required when it has orders.",
     .help_zh =
         "短信签名，写在短信开头的【】里（这里不写括号）；在任务文件 orders 中出现的单位必填。"},
    {.name = "token",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(unit, token),
     .min = 16,
     .max = 200,
     .secret = true,
     .help_en = "By which the unit can take its boards back over HTTP (see listen): at least 16 "
                "characters that nobody can guess.",
     .help_zh = "该单位通过 HTTP 收回自己显示屏的口令（见 listen）：至少 16 个字符，须无法猜到。"},
    {.name = "contact",
     .type = OPTION_SKIP,
     .help_en = "The responsible person: { name, position, phone }.",
     .help_zh = "责任人：{ name 姓名; position 职务; phone 电话 }。"},
    {0},
};

const struct option_def office_options_contact[] = {
    {.name = "name",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(contact, name),
     .max = 100,
     .help_en = "The responsible person's name.",
     .help_zh = "责任人姓名。"},
    {.name = "position",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(contact, position),
     .max = 100,
     .help_en = "The person's position.",
     .help_zh = "责任人职务。"},
    {.name = "phone",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(contact, phone),
     .max = 40,
     .help_en = "The person's phone number.",
     .help_zh = "责任人电话。"},
    {0},
};

static const char *const office_operators[] = {"auto",    "mobile",   "unicom",
                                               "telecom", "broadnet", NULL};
static const char *const office_graces[] = {"libgammu", NULL};

const char *const office_connections[] = {"at",       "at9600",   "at19200",  "at38400",  "at57600",
                                          "at115200", "at230400", "at460800", "at921600", NULL};

const struct option_def office_options_modem[] = {
    {.name = "id",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_bank, id),
     .required = true,
     .help_en = "The bank's id; its modems are called ID/0, ID/1, ...",
     .help_zh = "这组短信设备的代号；各台叫 代号/0、代号/1……"},
    {.name = "devices",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_bank, devices),
     .required = true,
     .help_en = "\"/dev/ttyUSB0\", a range \"/dev/ttyUSB[0-63]\" (zeros in front are kept: "
                "\"[00-15]\"), or a list of these.",
     .help_zh =
         "\"/dev/ttyUSB0\"，或范围 \"/dev/ttyUSB[0-63]\"（保留前导零：\"[00-15]\"），或若干项。"},
    {.name = "connection",
     .type = OPTION_CHOICE,
     .offset = OFFICE_OPTION(office_bank, connection),
     .preset = "at115200",
     .choices = office_connections,
     .help_en = "How libgammu speaks to the modem.",
     .help_zh = "libgammu 的连接方式和速率。"},
    {.name = "smsc",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_bank, smsc),
     .max = 24,
     .help_en = "The message centre's number (+86...); without it the SIM's own is used.",
     .help_zh = "短信中心号码（+86……）；不填则用 SIM 卡里的。"},
    {.name = "grace_ms",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, grace_ms),
     .min = -1,
     .max = 500,
     .preset = "5",
     .unit = "ms",
     .choices = office_graces,
     .help_en = "How long to pause after writing to a modem; \"libgammu\" or -1 keeps libgammu's "
                "own, long pauses.",
     .help_zh = "写入后停顿多久；\"libgammu\" 或 -1 表示用 libgammu 自己的（很长的）停顿。"},
    {.name = "timeout_ms",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, timeout_ms),
     .min = 1000,
     .max = 120000,
     .preset = "60000",
     .unit = "ms",
     .help_en = "How long to wait for one answer of a modem; a modem itself waits up to 45 s for "
                "the network.",
     .help_zh = "等待短信设备一次应答的最长时间；设备本身等待网络应答可达 45 秒。"},
    {.name = "gap_ms",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, gap_ms),
     .min = 0,
     .max = 600000,
     .preset = "0",
     .unit = "ms",
     .help_en = "At least so long from one part to the next on each modem; some operators demand "
                "it.",
     .help_zh = "同一台设备前后两条之间至少间隔多久；有的运营商有此要求。"},
    {.name = "per_hour",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, per_hour),
     .min = 0,
     .max = OFFICE_PARTS_MAX,
     .preset = "0",
     .unit = "parts",
     .help_en = "The most parts that each SIM sends in any hour, spread evenly; 0: no limit.",
     .help_zh = "每张 SIM 卡任意一小时内最多发多少条计费短信，均匀发送；0 表示不限。"},
    {.name = "per_day",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, per_day),
     .min = 0,
     .max = OFFICE_PARTS_MAX,
     .preset = "0",
     .unit = "parts",
     .help_en = "The most parts that each SIM sends in a day, from midnight to midnight, spread "
                "over the day's windows; 0: no limit.",
     .help_zh = "每张 SIM 卡每天（零点到零点）最多发多少条计费短信，在当天时间窗内均匀发送；0 表示"
                "不限。"},
    {.name = "limits",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_bank, limits),
     .help_en = "The id of a group in limits, which these SIMs share.",
     .help_zh = "这些 SIM 卡共用的限额：limits 中某组的代号。"},
    {.name = "operator",
     .type = OPTION_CHOICE,
     .offset = OFFICE_OPTION(office_bank, network),
     .preset = "auto",
     .choices = office_operators,
     .help_en = "The network of the SIMs; auto: as each SIM says itself (its IMSI).",
     .help_zh = "SIM 卡的运营商：移动 mobile、联通 unicom、电信 telecom、广电 broadnet；auto 表示按"
                "各卡的 IMSI 判断。"},
    {.name = "pin",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_bank, pin),
     .min = 4,
     .max = 8,
     .secret = true,
     .help_en = "The PIN of the SIMs, 4 to 8 digits; without it SIMs must not ask for one. A PIN "
                "that was refused is not tried again.",
     .help_zh =
         "SIM 卡的 PIN 码，4 到 8 位数字；不填则 SIM 卡须未设 PIN。被拒绝过的 PIN 不会再试。"},
    {.name = "imsi",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_bank, imsi),
     .max = 4096,
     .help_en = "The IMSI (14 or 15 digits) of the SIM that must be in the modem; for several "
                "modems a list in the order of the devices.",
     .help_zh = "设备里应插的 SIM 卡的 IMSI（14 或 15 位数字）；多台设备时按设备顺序写成列表。"},
    {.name = "imei",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_bank, imei),
     .max = 4096,
     .help_en = "The IMEI (14 or 15 digits) that the modem must have; for several modems a list in "
                "the order of the devices.",
     .help_zh = "设备的 IMEI（14 或 15 位数字）；多台设备时按设备顺序写成列表。"},
    {.name = "spare_devices",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_bank, spare_devices),
     .help_en = "Further devices, written as in devices, under which a modem of this bank may come "
                "back after it was unplugged; its SIM tells which one it is.",
     .help_zh = "设备拔插后可能变成的其他设备名，写法同 devices；凭 SIM 卡认出是哪一台。"},
    {0},
};

void config_print_office_options(FILE *out, option_kinds *kinds)
{
    const struct option_kind *kind;

    optprint_table(out, lang("The file holds:", "文件内容："), office_options_root);
    optprint_table(out, "office = { ... };", office_options_office);
    optprint_table(out, "ledger = { ... };", office_options_ledger);
    optprint_table(out, "limits = ( { ... }, ... );", office_options_limits);
    optprint_table(out, "refusals = { ... };", office_options_refusals);
    optprint_table(out, "units = ( { ... }, ... );", office_options_unit);
    optprint_table(out, "contact = { ... };", office_options_contact);
    optprint_table(out, "modems = ( { ... }, ... );", office_options_modem);
    optprint_table(out, "boards = ( { ... }, ... );", office_options_board);
    optprint_table(out, "listen = { ... };", office_options_listen);
    for (size_t i = 0; (kind = kinds(i)); i++) {
        MEM_FREE_LATER char *heading = mem_printf(
            lang("and for boards of kind = \"%s\":", "kind = \"%s\" 的显示屏另有："), kind->name);

        optprint_table(out, heading, kind->options);
    }
}
