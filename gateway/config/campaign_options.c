/* campaign_options: the options of a campaign file. See campaign_options.h.
 * Runs: any. */
#include "gateway/config/campaign_options.h"

#include "gateway/config/config.h"
#include "gateway/config/optprint.h"
#include "gateway/model/outcome.h"

#define CAMPAIGN_OPTION(s, m) offsetof(struct s, m)

const struct option_def campaign_options_root[] = {
    {.name = "campaign",
     .type = OPTION_SKIP,
     .required = true,
     .help_en = "The campaign: campaign = { ... };",
     .help_zh = "任务：campaign = { ... };"},
    {0},
};

static const char *const campaign_leftovers[] = {"next", "stop", "cancel", NULL};
static const char *const campaign_countings[] = {"delivered", "sent", NULL};

const struct option_def campaign_options_campaign[] = {
    {.name = "id",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign, id),
     .required = true,
     .help_en =
         "The campaign's name in the books: letters, digits, - and _; at most 64. Never use it "
         "twice.",
     .help_zh = "任务代号，记入账本：字母、数字、- 和 _，最多 64 个；不可重复使用。"},
    {.name = "title",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign, title),
     .required = true,
     .max = 300,
     .help_en = "The campaign's title, as reports show it.",
     .help_zh = "任务名称，写在报表上。"},
    {.name = "windows",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: when messages may be sent and slogans shown, unless sms, an "
                "order or a display has windows of its own. Required where those have none.",
     .help_zh = "若干组设置：允许发送短信和播放标语的时间窗；sms、发送单位条目、标语条目可另写自己"
                "的 windows，未另写的必填。"},
    {.name = "leftover",
     .type = OPTION_CHOICE,
     .offset = CAMPAIGN_OPTION(campaign, leftover),
     .preset = "next",
     .choices = campaign_leftovers,
     .help_en = "What becomes of messages that are left when a window closes: next, they go on in "
                "the next one; stop, they wait until somebody says lawcast resume; cancel, they "
                "are cancelled.",
     .help_zh = "时间窗结束时未发完的短信：next 留到下一个时间窗；stop 等有人执行 lawcast resume；"
                "cancel 取消。"},
    {.name = "counts",
     .type = OPTION_CHOICE,
     .offset = CAMPAIGN_OPTION(campaign, counts),
     .preset = "delivered",
     .choices = campaign_countings,
     .help_en = "What counts for the quota: delivered, all but what fails, also by its status "
                "report, and the reserve replaces it; sent, what the network took, whatever it "
                "reports afterwards.",
     .help_zh = "哪些短信计入任务数：delivered 回执为失败的不计，由备用名单补足；sent 运营商已接收"
                "即计入，不看回执。"},
    {.name = "prepared_by",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign, prepared_by),
     .min = 1,
     .max = 127,
     .help_en = "Who answers for this file. Required where campaigns have to be approved: the one "
                "who approves is somebody else.",
     .help_zh = "编制人，对本文件负责。须经审批的任务必填；审批人须为另一人。"},
    {.name = "contacts_by",
     .type = OPTION_TIME,
     .offset = CAMPAIGN_OPTION(campaign, contacts_by_ms),
     .help_en = "By when each unit has to name its responsible person (contact in the "
                "configuration); reports say who was late.",
     .help_zh = "各单位报送责任人（配置文件中的 contact）的截止时间；报表注明是否按时。"},
    {.name = "sms",
     .type = OPTION_SKIP,
     .help_en = "What all messages have in common.",
     .help_zh = "所有短信共用的设置。"},
    {.name = "orders",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: who has to send how many messages.",
     .help_zh = "若干组设置：哪个单位发多少条短信。"},
    {.name = "displays",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: which boards show which slogans.",
     .help_zh = "若干组设置：哪些显示屏播放哪些标语。"},
    {.name = "targets",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: how much has to be shown at least.",
     .help_zh = "若干组设置：标语播放的考核指标。"},
    {0},
};

const struct option_def campaign_options_window[] = {
    {.name = "from",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_window, from),
     .required = true,
     .max = 64,
     .help_en = "The window begins: \"2026-10-31 08:30\". With daily the first day: "
                "\"2026-04-13\".",
     .help_zh = "时间窗开始：\"2026-10-31 08:30\"；写了 daily 时为第一天：\"2026-04-13\"。"},
    {.name = "to",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_window, to),
     .required = true,
     .max = 64,
     .help_en = "The window is over; nothing is sent from this instant on. With daily the last "
                "day, which is in.",
     .help_zh = "时间窗结束，从此刻起不再发送；写了 daily 时为最后一天（含当天）。"},
    {.name = "daily",
     .type = OPTION_STRINGS,
     .offset = CAMPAIGN_OPTION(campaign_window, daily),
     .min = 1,
     .max = 50,
     .help_en = "Makes a phase of it: on every day from from to to it is open at these times, such "
                "as [ \"mon-fri 08:30-11:00\", \"sat 14:00-17:00\" ].",
     .help_zh = "表示一个阶段：从 from 到 to 每天在这些时段开放，例如 [ \"mon-fri 08:30-11:00\", "
                "\"sat 14:00-17:00\" ]（周一至周五、周六）。"},
    {.name = "holidays",
     .type = OPTION_BOOL,
     .offset = CAMPAIGN_OPTION(campaign_window, holidays),
     .preset = "true",
     .help_en = "The holidays of the configuration are taken off; false: it is open on them, too.",
     .help_zh = "扣除配置文件中的 holidays（节假日）；写 false 则节假日也开放。"},
    {0},
};

static const char *const campaign_on_unknown[] = {"hold", "resend", NULL};
static const char *const campaign_routing[] = {"prefer", "own", "any", NULL};

const struct option_def campaign_options_sms[] = {
    {.name = "text",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign, sms.text),
     .min = 1,
     .help_en =
         "The message of every order without a text of its own. {COLUMN} takes a field of the "
         "recipient's row; {{ and }} are braces.",
     .help_zh =
         "短信内容（发送单位条目没有自己的 text 时使用）。{列名} 取收件人该列的内容；{{ 和 }} "
         "表示花括号本身。"},
    {.name = "refusal",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign, sms.refusal),
     .max = 60,
     .preset = "拒收请回复R",
     .help_en = "How to refuse, put at the end of each message; \"\" leaves it out.",
     .help_zh = "拒收提示，加在每条短信末尾；写 \"\" 则不加。"},
    {.name = "on_unknown",
     .type = OPTION_CHOICE,
     .offset = CAMPAIGN_OPTION(campaign, sms.on_unknown),
     .preset = "hold",
     .choices = campaign_on_unknown,
     .help_en =
         "A message that may or may not have been sent: hold leaves it as it is, resend risks "
         "sending it twice.",
     .help_zh = "不知是否已发出的短信：hold 不再发送，resend 重发（可能收到两次）。"},
    {.name = "max_parts",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign, sms.max_parts),
     .min = 1,
     .max = OUTCOME_PARTS_MAX,
     .preset = "4",
     .unit = "parts",
     .help_en = "The most parts (billed messages) that one message may take.",
     .help_zh = "一条短信最多拆成几条计费短信。"},
    {.name = "report",
     .type = OPTION_BOOL,
     .offset = CAMPAIGN_OPTION(campaign, sms.report),
     .preset = "true",
     .help_en = "Ask the network for status reports: the proof of delivery.",
     .help_zh = "要求运营商返回状态报告（送达凭证）。"},
    {.name = "report_wait",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign, sms.report_wait_s),
     .min = 0,
     .max = 259200,
     .preset = "600",
     .unit = "s",
     .help_en = "How long to wait for status reports after the last message.",
     .help_zh = "最后一条发出后等待状态报告的时间。"},
    {.name = "report_close",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign, sms.report_close_h),
     .min = 0,
     .max = 720,
     .preset = "0",
     .unit = "h",
     .help_en = "A status report that is missing after so many hours is awaited no longer, and the "
                "message stays sent; 0: 72 hours.",
     .help_zh = "状态报告超过这么多小时未到，就不再等待，该短信仍记为“已发出”；0 表示 72 小时。"},
    {.name = "routing",
     .type = OPTION_CHOICE,
     .offset = CAMPAIGN_OPTION(campaign, sms.routing),
     .preset = "prefer",
     .choices = campaign_routing,
     .help_en = "Which SIM sends: own, only one of the recipient's network; prefer, another one "
                "only when those can't do it; any, whichever is free. Needs operators in the "
                "configuration.",
     .help_zh =
         "由哪家运营商的 SIM 卡发送：own 只用与收件人同网的；prefer 同网的发不完时才用别网的；any "
         "哪张空闲用哪张。须在配置文件中填写 operators。"},
    {.name = "attempts",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign, sms.attempts),
     .min = 1,
     .max = 100,
     .preset = "5",
     .help_en = "After so many attempts that certainly sent nothing, a message is given up.",
     .help_zh = "确定没有发出的尝试达到此次数后放弃该短信。"},
    {.name = "windows",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: when messages may be sent, in place of the campaign's windows.",
     .help_zh = "若干组设置：短信的时间窗，代替 campaign 的 windows。"},
    {0},
};

const struct option_def campaign_options_order[] = {
    {.name = "unit",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_order, unit),
     .required = true,
     .help_en = "The id of the unit that sends.",
     .help_zh = "发送单位的代号。"},
    {.name = "quota",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_order, order.quota),
     .required = true,
     .min = 1,
     .max = 10000000,
     .unit = "messages",
     .help_en = "How many messages it owes: a target and a ceiling.",
     .help_zh = "任务数，即应发条数：既是目标也是上限。"},
    {.name = "recipients",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_order, order.recipients),
     .required = true,
     .max = 1024,
     .help_en =
         "A CSV file with a line of column names and a column of numbers; relative to this file.",
     .help_zh = "名单：CSV 文件，首行为列名，其中一列为号码；相对路径以本文件所在目录为准。"},
    {.name = "reserve",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_order, order.reserve),
     .max = 1024,
     .help_en = "A second such file: it replaces numbers that fail.",
     .help_zh = "备用名单，格式相同：用来替补发送失败的号码。"},
    {.name = "text",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_order, order.text),
     .min = 1,
     .help_en = "The unit's own message, in place of sms.text.",
     .help_zh = "本单位自己的短信内容，代替 sms.text。"},
    {.name = "windows",
     .type = OPTION_SKIP,
     .help_en = "A list of groups: when the messages of this unit may be sent, in place of the "
                "windows of sms or the campaign.",
     .help_zh = "若干组设置：本单位短信的时间窗，代替 sms 或 campaign 的 windows。"},
    {0},
};

const char *const campaign_levels[] = {"accepted", "stored", "playing", "screenshot", "log", NULL};

const struct option_def campaign_options_display[] = {
    {.name = "boards",
     .type = OPTION_STRINGS,
     .offset = CAMPAIGN_OPTION(campaign_display, boards),
     .required = true,
     .help_en = "The ids of the boards.",
     .help_zh = "显示屏代号。"},
    {.name = "slogans",
     .type = OPTION_STRINGS,
     .offset = CAMPAIGN_OPTION(campaign_display, display.slogans),
     .required = true,
     .max = 100,
     .help_en = "The slogans, 1 to 500 characters each, shown one after the other; at most 100.",
     .help_zh = "标语，每条 1 到 500 字，依次播放；最多 100 条。"},
    {.name = "every",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_display, display.every_s),
     .min = 10,
     .max = 86400,
     .preset = "300",
     .unit = "s",
     .help_en = "How long one slogan is shown.",
     .help_zh = "每条标语播放多久。"},
    {.name = "after",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_display, display.after),
     .min = 0,
     .max = 1000,
     .preset = "0",
     .help_en =
         "After each slogan the owner shows so many items of its own (as long as the board's "
         "item says, each); 0: no pause.",
     .help_zh = "每条标语之后，屏主播放几条自己的节目（每条时长见配置文件中该屏的 item）；0 "
                "表示不间断。"},
    {.name = "weight",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_display, display.weight),
     .min = 1,
     .max = 100,
     .preset = "1",
     .help_en = "Its share of the turns when several campaigns want a board at the same time.",
     .help_zh = "几个任务同时使用一块屏时，本任务所占的份额。"},
    {.name = "level",
     .type = OPTION_CHOICE,
     .offset = CAMPAIGN_OPTION(campaign_display, level),
     .preset = "stored",
     .choices = campaign_levels,
     .help_en = "What a showing must be proved by to count: accepted, the board said yes; stored, "
                "read back from its list; playing, it says that it plays it; screenshot, a picture "
                "of its screen; log, its play log.",
     .help_zh = "播放须有何种凭证才计入：accepted 设备已接受；stored 从设备节目表读回；playing "
                "设备称正在播放；screenshot 有截屏；log 有设备播放日志。"},
    {.name = "windows",
     .type = OPTION_SKIP,
     .help_en =
         "A list of groups: when these slogans are shown, in place of the campaign's windows.",
     .help_zh = "若干组设置：这些标语的时间窗，代替 campaign 的 windows。"},
    {0},
};

const struct option_def campaign_options_target[] = {
    {.name = "unit",
     .type = OPTION_STRING,
     .offset = CAMPAIGN_OPTION(campaign_target, unit),
     .help_en = "Count boards of this unit only; without it all.",
     .help_zh = "只计该单位的显示屏；不填则计全部。"},
    {.name = "places",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_target, target.places),
     .min = 0,
     .max = 100000,
     .preset = "0",
     .help_en = "At so many different places.",
     .help_zh = "至少多少处。"},
    {.name = "items",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_target, target.items),
     .min = 0,
     .max = 100000,
     .preset = "0",
     .help_en = "So many different slogans.",
     .help_zh = "至少多少条不同的标语。"},
    {.name = "minutes",
     .type = OPTION_INT,
     .offset = CAMPAIGN_OPTION(campaign_target, target.minutes),
     .min = 0,
     .max = 100000000,
     .preset = "0",
     .unit = "min",
     .help_en = "So long, all boards together.",
     .help_zh = "各屏合计至少多少分钟。"},
    {0},
};

const struct option_group config_campaign_groups[] = {
    {NULL, campaign_options_root},
    {"campaign = { ... };", campaign_options_campaign},
    {"windows = ( { ... }, ... );", campaign_options_window},
    {"sms = { ... };", campaign_options_sms},
    {"orders = ( { ... }, ... );", campaign_options_order},
    {"displays = ( { ... }, ... );", campaign_options_display},
    {"targets = ( { ... }, ... );", campaign_options_target},
    {0},
};

void config_print_campaign_options(FILE *out)
{
    optprint_groups(out, config_campaign_groups);
}
