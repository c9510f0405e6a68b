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
    {.name = "approval",
     .type = OPTION_SKIP,
     .help_en = "Who has to approve campaigns before they run; without it nobody has to.",
     .help_zh = "任务执行前由谁审批；不填则无须审批。"},
    {.name = "alarm",
     .type = OPTION_SKIP,
     .help_en = "Who is told when a campaign is going to miss a quota.",
     .help_zh = "任务预计完不成时通知谁。"},
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
     .offset = OFFICE_OPTION(office_general, office.name),
     .required = true,
     .max = 300,
     .help_en = "The office's name, as reports show it.",
     .help_zh = "办公室名称，写在报表上。"},
    {.name = "timezone",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_general, office.timezone),
     .max = 64,
     .preset = "Asia/Shanghai",
     .help_en = "The time zone of all times, such as Asia/Shanghai.",
     .help_zh = "所有时间所用的时区，例如 Asia/Shanghai。"},
    {.name = "retention_days",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_general, office.retention_days),
     .min = 0,
     .max = 3650,
     .preset = "90",
     .unit = "days",
     .help_en = "How long numbers and personal texts of a campaign are kept after its last window; "
                "then lawcast erase may delete them.",
     .help_zh = "任务最后一个时间窗之后，号码和个性化内容保留多少天；期满方可用 lawcast erase 清"
                "除。"},
    {.name = "quiet",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_general, quiet),
     .max = 50,
     .help_en = "Times at which nobody gets messages, such as [ \"21:00-08:00\", \"sat,sun "
                "12:00-14:00\" ]; they are taken off all windows for messages.",
     .help_zh = "免打扰时段，不发短信，例如 [ \"21:00-08:00\", \"sat,sun 12:00-14:00\" "
                "]（周末午间）；从所有短信时间窗中扣除。"},
    {.name = "holidays",
     .type = OPTION_STRINGS,
     .offset = OFFICE_OPTION(office_general, holidays),
     .max = 1000,
     .help_en = "Days without messages and slogans, such as [ \"2026-05-01\", "
                "\"2026-10-01..2026-10-07\" ], unless a window says holidays = false.",
     .help_zh = "节假日，不发短信也不播标语，例如 [ \"2026-05-01\", \"2026-10-01..2026-10-07\" "
                "]；时间窗写 holidays = false 的除外。"},
    {.name = "currency",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_general, office.currency),
     .min = 1,
     .max = 16,
     .preset = "元",
     .help_en = "The currency of the modems' prices.",
     .help_zh = "短信设备 price 的货币单位。"},
    {.name = "drain",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_general, office.drain_s),
     .min = 0,
     .max = 3600,
     .preset = "60",
     .unit = "s",
     .help_en = "When the gateway is stopped, it waits so long for messages that are being sent; "
                "what has no outcome then is in doubt. 0: as long as the modems take.",
     .help_zh = "停止网关时，等待正在发送的短信出结果的最长时间；到时仍无结果的记为结果不明。0 "
                "表示一直等到设备答复。"},
    {0},
};

const struct option_def office_options_approval[] = {
    {.name = "required",
     .type = OPTION_BOOL,
     .offset = OFFICE_OPTION(office, approval),
     .preset = "true",
     .help_en = "A campaign runs only when a second person has approved just this content; every "
                "edit needs a new approval.",
     .help_zh = "任务须由第二人审批后才能执行；内容有任何改动须重新审批。"},
    {.name = "approvers",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: who may approve.",
     .help_zh = "若干组设置：哪些人可以审批。"},
    {0},
};

const struct option_def office_options_approver[] = {
    {.name = "name",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(approver, name),
     .required = true,
     .max = 127,
     .help_en = "The person's name: somebody else than who has prepared the campaign.",
     .help_zh = "审批人姓名；不能是任务的编制人。"},
    {.name = "key",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(approver, key),
     .required = true,
     .max = 255,
     .help_en = "The person's public key, as lawcast approve --new-key FILE --name NAME prints it; the file "
                "stays with the person.",
     .help_zh = "审批人的公钥，由 lawcast approve --new-key 文件 --name 姓名 输出；该文件由本人保管。"},
    {0},
};

const struct option_def office_options_alarm[] = {
    {.name = "url",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office, alarm_url),
     .required = true,
     .secret = true,
     .max = 1024,
     .help_en = "Gets an HTTP POST (JSON) as soon as the forecast says that a unit will miss its "
                "quota; without it only the log tells.",
     .help_zh = "预计某单位完不成任务数时，向此地址发送 HTTP POST（JSON）；不填则只写日志。"},
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
     .offset = OFFICE_OPTION(office_unit, unit.id),
     .required = true,
     .help_en = "Short name used in files: letters, digits, - and _; at most 32.",
     .help_zh = "文件中使用的代号：字母、数字、- 和 _，最多 32 个。"},
    {.name = "name",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_unit, unit.name),
     .required = true,
     .max = 300,
     .help_en = "The unit's name, as people read it.",
     .help_zh = "单位名称。"},
    {.name = "signature",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_unit, unit.signature),
     .max = 60,
     .help_en = "Stands in brackets 【】 before its messages; required when it has orders.",
     .help_zh =
         "短信签名，写在短信开头的【】里（这里不写括号）；在任务文件 orders 中出现的单位必填。"},
    {.name = "token",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_unit, unit.token),
     .min = 16,
     .max = 200,
     .secret = true,
     .help_en = "By which the unit can take its boards back over HTTP (see listen): at least 16 "
                "characters that nobody can guess.",
     .help_zh = "该单位通过 HTTP 收回自己显示屏的口令（见 listen）：至少 16 个字符，须无法猜到。"},
    {.name = "parent",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_unit, parent),
     .help_en = "The id of the unit above it, whose figures include its own in reports: a "
                "district's is the city.",
     .help_zh = "上级单位的代号：报表中上级的数字包含本单位，例如区的上级是市。"},
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
    {.name = "air_ms",
     .type = OPTION_INT,
     .offset = OFFICE_OPTION(office_bank, air_ms),
     .min = 0,
     .max = 600000,
     .preset = "0",
     .unit = "ms",
     .help_en = "How long a part takes, for forecasts and rehearsals; 0: as it was measured, or "
                "3000 when nothing was sent yet.",
     .help_zh = "发一条计费短信要多久，用于预测和演练；0 表示按实测，尚未发过时按 3000。"},
    {.name = "price",
     .type = OPTION_STRING,
     .offset = OFFICE_OPTION(office_bank, price),
     .min = 1,
     .max = 16,
     .help_en = "What one part costs, such as \"0.045\"; lawcast plan adds it up.",
     .help_zh = "每条计费短信的价格，例如 \"0.045\"；lawcast plan 据此计算费用。"},
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

const struct option_group config_office_groups[] = {
    {NULL, office_options_root},
    {"office = { ... };", office_options_office},
    {"ledger = { ... };", office_options_ledger},
    {"limits = ( { ... }, ... );", office_options_limits},
    {"refusals = { ... };", office_options_refusals},
    {"units = ( { ... }, ... );", office_options_unit},
    {"contact = { ... };", office_options_contact},
    {"modems = ( { ... }, ... );", office_options_modem},
    {"boards = ( { ... }, ... );", office_options_board},
    {"listen = { ... };", office_options_listen},
    {"approval = { ... };", office_options_approval},
    {"approvers = ( { ... }, ... );", office_options_approver},
    {"alarm = { ... };", office_options_alarm},
    {0},
};

void config_print_office_options(FILE *out, option_kinds *kinds)
{
    const struct option_kind *kind;

    optprint_groups(out, config_office_groups);
    for (size_t i = 0; (kind = kinds(i)); i++) {
        MEM_FREE_LATER char *heading = mem_printf(
            lang("and for boards of kind = \"%s\":", "kind = \"%s\" 的显示屏另有："), kind->name);

        optprint_table(out, heading, kind->options);
    }
}
