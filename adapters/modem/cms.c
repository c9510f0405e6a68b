/* cms: what a modem's error numbers mean for a message. See cms.h.
 * Runs: any (pure). */
#include "adapters/modem/cms.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"

/* A modem waits 35 to 45 s for the network's acknowledgement (TR1M, TS 24.011 10.1). An error that
 * comes before can't be the end of that wait; one that comes later may be. */
#define CMS_LATE_MS 30000

#define CMS_ILL_WAIT_MS 10000 /* for another modem to have its turn */

#define SECOND 1000
#define MINUTE 60000

/* Sorted by code. */
static const struct cms_error cms_errors[] = {
    {0, CMS_ILL, CMS_INNOCENT, 0, "the modem has failed", "设备故障"},
    {1, CMS_RECIPIENT, CMS_INNOCENT, 0, "unassigned number", "空号"},
    {3, CMS_BUSY, CMS_INNOCENT, 10 * SECOND, "operation not allowed now", "目前不允许此操作"},
    {4, CMS_ILL, CMS_INNOCENT, 0, "the modem can't send messages", "设备无法发送短信"},
    {5, CMS_ILL, CMS_INNOCENT, 0, "the SIM is locked to another device", "SIM 卡已锁定到其他设备"},
    {8, CMS_BARRED, CMS_CERTAIN, 0, "the SIM is barred by the operator", "SIM 卡被运营商限制"},
    {10, CMS_BARRED, CMS_CERTAIN, 0, "the SIM is barred or missing", "SIM 卡被限制或未插好"},
    {11, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PIN", "SIM 卡要求输入 PIN 码"},
    {12, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PUK", "SIM 卡要求输入 PUK 码"},
    {13, CMS_ILL, CMS_INNOCENT, 0, "the SIM has failed", "SIM 卡故障"},
    {14, CMS_BUSY, CMS_INNOCENT, 2 * SECOND, "the SIM is busy", "SIM 卡忙"},
    {15, CMS_ILL, CMS_INNOCENT, 0, "wrong SIM", "SIM 卡不对"},
    {16, CMS_ILL, CMS_INNOCENT, 0, "wrong PIN", "PIN 码错误"},
    {17, CMS_BUSY, CMS_INNOCENT, 30 * SECOND, "network failure", "网络故障"},
    {18, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PUK2", "SIM 卡要求输入 PUK2 码"},
    {20, CMS_ILL, CMS_INNOCENT, 0, "the SIM's memory is full", "SIM 卡存储已满"},
    {21, CMS_LATER, CMS_SUSPECT, MINUTE, "the network doesn't take this message",
     "网络不接收此短信"},
    {22, CMS_LATER, CMS_INNOCENT, 10 * SECOND, "memory exceeded in the network", "网络侧存储已满"},
    {23, CMS_ILL, CMS_INNOCENT, 0, "the modem's memory has failed", "设备存储故障"},
    {27, CMS_LATER, CMS_INNOCENT, MINUTE, "destination out of service", "对方网络停止服务"},
    /* The network doesn't know the IMSI: whose, it doesn't say. */
    {28, CMS_LATER, CMS_SUSPECT, MINUTE, "unidentified subscriber", "无法识别的用户"},
    {29, CMS_LATER, CMS_SUSPECT, MINUTE, "facility rejected", "业务被拒绝"},
    /* CMS 30 is an unknown subscriber, CME 30 a modem without network: not the message's fault. */
    {30, CMS_LATER, CMS_INNOCENT, MINUTE, "unknown subscriber, or no network",
     "用户不存在，或设备没有网络"},
    /* Not in CMS; CME 31 is a time-out of the network. */
    {31, CMS_DOUBT, CMS_INNOCENT, 0, "the network didn't answer the modem", "网络没有应答设备"},
    {32, CMS_ILL, CMS_INNOCENT, 0, "the network admits emergency calls only", "网络只允许紧急呼叫"},
    {38, CMS_BUSY, CMS_SUSPECT, MINUTE, "network out of order", "网络停用"},
    {40, CMS_ILL, CMS_INNOCENT, 0, "the modem is locked to another network",
     "设备已锁定到其他网络"},
    {41, CMS_BUSY, CMS_INNOCENT, 10 * SECOND, "temporary failure", "临时故障"},
    {42, CMS_BUSY, CMS_INNOCENT, 5 * SECOND, "congestion", "网络拥塞"},
    {47, CMS_BUSY, CMS_INNOCENT, 10 * SECOND, "resources unavailable", "网络资源不足"},
    {50, CMS_BARRED, CMS_CERTAIN, 0, "the SIM has no message service", "SIM 卡未开通短信业务"},
    {69, CMS_LATER, CMS_SUSPECT, MINUTE, "facility not implemented", "网络不支持此业务"},
    {81, CMS_LATER, CMS_INNOCENT, SECOND, "invalid message reference", "短信参考号无效"},
    {95, CMS_RECIPIENT, CMS_INNOCENT, 0, "semantically incorrect message", "短信格式有误"},
    {96, CMS_RECIPIENT, CMS_INNOCENT, 0, "invalid mandatory information", "必填信息无效"},
    {97, CMS_RECIPIENT, CMS_INNOCENT, 0, "message type doesn't exist", "短信类型不存在"},
    {98, CMS_LATER, CMS_INNOCENT, 10 * SECOND, "message doesn't fit the protocol's state",
     "短信与协议状态不符"},
    {99, CMS_RECIPIENT, CMS_INNOCENT, 0, "information element doesn't exist", "信息单元不存在"},
    {100, CMS_VAGUE, CMS_INNOCENT, 10 * SECOND, "unknown error", "未知错误"},
    {111, CMS_LATER, CMS_INNOCENT, 10 * SECOND, "protocol error", "协议错误"},
    {127, CMS_LATER, CMS_INNOCENT, MINUTE, "interworking failure", "网间互通失败"},
    {128, CMS_RECIPIENT, CMS_INNOCENT, 0, "telematic interworking not supported",
     "不支持远程信息互通"},
    {129, CMS_RECIPIENT, CMS_INNOCENT, 0, "short message type 0 not supported", "不支持 0 类短信"},
    {130, CMS_RECIPIENT, CMS_INNOCENT, 0, "can't replace a message", "无法替换短信"},
    {143, CMS_RECIPIENT, CMS_INNOCENT, 0, "error in the protocol identifier", "协议标识有误"},
    {144, CMS_RECIPIENT, CMS_INNOCENT, 0, "alphabet not supported", "不支持此字符集"},
    {145, CMS_RECIPIENT, CMS_INNOCENT, 0, "message class not supported", "不支持此短信类别"},
    {159, CMS_RECIPIENT, CMS_INNOCENT, 0, "error in the coding scheme", "编码方案有误"},
    {160, CMS_RECIPIENT, CMS_INNOCENT, 0, "command can't be done", "命令无法执行"},
    {161, CMS_RECIPIENT, CMS_INNOCENT, 0, "command not supported", "不支持此命令"},
    {175, CMS_RECIPIENT, CMS_INNOCENT, 0, "error in the command", "命令有误"},
    {176, CMS_RECIPIENT, CMS_INNOCENT, 0, "message format not supported", "不支持此短信格式"},
    {192, CMS_BUSY, CMS_INNOCENT, 10 * SECOND, "message centre busy", "短信中心忙"},
    {193, CMS_BARRED, CMS_CERTAIN, 0, "the SIM has no subscription at the message centre",
     "SIM 卡未在短信中心开户"},
    {194, CMS_BUSY, CMS_INNOCENT, 30 * SECOND, "message centre failure", "短信中心故障"},
    {195, CMS_RECIPIENT, CMS_INNOCENT, 0, "invalid address", "号码无效"},
    {196, CMS_RECIPIENT, CMS_INNOCENT, 0, "the recipient is barred", "收件人被限制"},
    /* The centre holds this message already: an earlier attempt was taken. */
    {197, CMS_DOUBT, CMS_INNOCENT, 0, "the message centre has this message already",
     "短信中心已有此短信"},
    {198, CMS_RECIPIENT, CMS_INNOCENT, 0, "format of the validity not supported",
     "不支持此有效期格式"},
    {199, CMS_RECIPIENT, CMS_INNOCENT, 0, "validity not supported", "不支持此有效期"},
    {208, CMS_ILL, CMS_INNOCENT, 0, "the SIM's message memory is full", "SIM 卡短信存储已满"},
    {209, CMS_ILL, CMS_INNOCENT, 0, "the SIM can't store messages", "SIM 卡不能存储短信"},
    {210, CMS_ILL, CMS_INNOCENT, 0, "error in the modem", "设备出错"},
    {211, CMS_ILL, CMS_INNOCENT, 0, "memory exceeded", "存储空间不足"},
    {212, CMS_BUSY, CMS_INNOCENT, 2 * SECOND, "the SIM's toolkit is busy", "SIM 卡应用忙"},
    {213, CMS_ILL, CMS_INNOCENT, 0, "error in the SIM's data", "SIM 卡数据出错"},
    {255, CMS_VAGUE, CMS_INNOCENT, 10 * SECOND, "unspecified error", "未说明的错误"},
    {300, CMS_ILL, CMS_INNOCENT, 0, "the modem has failed", "设备故障"},
    {301, CMS_BUSY, CMS_INNOCENT, 5 * SECOND, "the modem's message service is reserved",
     "设备的短信功能被占用"},
    {302, CMS_BUSY, CMS_INNOCENT, 10 * SECOND, "operation not allowed now", "目前不允许此操作"},
    {303, CMS_ILL, CMS_INNOCENT, 0, "the modem doesn't support this operation", "设备不支持此操作"},
    {304, CMS_RECIPIENT, CMS_INNOCENT, 0, "the modem finds the message malformed",
     "设备认为短信格式有误"},
    {305, CMS_RECIPIENT, CMS_INNOCENT, 0, "the modem finds the text malformed",
     "设备认为短信内容有误"},
    {310, CMS_ILL, CMS_INNOCENT, 0, "no SIM inserted", "未插 SIM 卡"},
    {311, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PIN", "SIM 卡要求输入 PIN 码"},
    {312, CMS_ILL, CMS_INNOCENT, 0, "the SIM is locked to another device",
     "SIM 卡已锁定到其他设备"},
    {313, CMS_ILL, CMS_INNOCENT, 0, "the SIM has failed", "SIM 卡故障"},
    {314, CMS_BUSY, CMS_INNOCENT, 2 * SECOND, "the SIM is busy", "SIM 卡忙"},
    {315, CMS_ILL, CMS_INNOCENT, 0, "wrong SIM", "SIM 卡不对"},
    {316, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PUK", "SIM 卡要求输入 PUK 码"},
    {317, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PIN2", "SIM 卡要求输入 PIN2 码"},
    {318, CMS_ILL, CMS_INNOCENT, 0, "the SIM asks for its PUK2", "SIM 卡要求输入 PUK2 码"},
    {320, CMS_ILL, CMS_INNOCENT, 0, "the modem's memory has failed", "设备存储故障"},
    {321, CMS_ILL, CMS_INNOCENT, 0, "wrong place in the modem's memory", "设备存储位置有误"},
    {322, CMS_ILL, CMS_INNOCENT, 0, "the modem's memory is full", "设备存储已满"},
    {330, CMS_ILL, CMS_INNOCENT, 0, "the message centre's number is unknown", "短信中心号码未知"},
    {331, CMS_ILL, CMS_INNOCENT, 0, "no network", "没有网络"},
    {332, CMS_DOUBT, CMS_INNOCENT, 0, "the network didn't answer the modem", "网络没有应答设备"},
    {340, CMS_LATER, CMS_INNOCENT, SECOND, "the modem expected no acknowledgement",
     "设备不需要确认"},
    {500, CMS_VAGUE, CMS_INNOCENT, 10 * SECOND, "unknown error", "未知错误"},
    {512, CMS_VAGUE, CMS_INNOCENT, 10 * SECOND, "error of this make of modem",
     "此型号设备自定义的错误"},
    /* The one of the makers' numbers on which several agree: "please wait", "device busy". */
    {515, CMS_BUSY, CMS_INNOCENT, SECOND, "the modem is busy", "设备忙"},
};

static const struct cms_error cms_unheard = {
    -1, CMS_VAGUE, CMS_INNOCENT, 10 * SECOND, "error without meaning", "含义不明的错误"};

/* By ranges, in order; each ends where the next begins. Values that are reserved, and those that a
 * message centre gives its own meaning, have texts of their own. */
static const struct cms_status {
    int from;
    enum report_kind kind;
    const char *english, *chinese;
} cms_statuses[] = {
    {0x00, REPORT_DELIVERED, "delivered", "已送达"},
    {0x01, REPORT_DELIVERED, "passed on, delivery can't be confirmed", "已转发，无法确认送达"},
    {0x02, REPORT_DELIVERED, "replaced by a newer message", "已被新短信替换"},
    {0x03, REPORT_FAILED, "failed, reserved status", "失败（保留状态码）"},
    {0x10, REPORT_DELIVERED, "done, in the message centre's own words",
     "已完成（短信中心自定义状态）"},
    {0x20, REPORT_PENDING, "still trying: congestion", "仍在尝试：网络拥塞"},
    {0x21, REPORT_PENDING, "still trying: the phone is busy", "仍在尝试：对方手机忙"},
    {0x22, REPORT_PENDING, "still trying: the phone doesn't answer", "仍在尝试：对方手机无响应"},
    {0x23, REPORT_PENDING, "still trying: service rejected", "仍在尝试：服务被拒绝"},
    {0x24, REPORT_PENDING, "still trying: quality of service not available",
     "仍在尝试：服务质量不满足"},
    {0x25, REPORT_PENDING, "still trying: error in the phone", "仍在尝试：对方手机出错"},
    {0x26, REPORT_FAILED, "failed, reserved status", "失败（保留状态码）"},
    {0x30, REPORT_PENDING, "still trying, in the message centre's own words",
     "仍在尝试（短信中心自定义状态）"},
    {0x40, REPORT_FAILED, "failed for good: remote procedure error", "永久失败：远端过程错误"},
    {0x41, REPORT_FAILED, "failed for good: incompatible destination", "永久失败：目的终端不兼容"},
    {0x42, REPORT_FAILED, "failed for good: the phone refused it", "永久失败：对方手机拒绝接收"},
    {0x43, REPORT_FAILED, "failed for good: the number can't be obtained",
     "永久失败：号码无法接通"},
    {0x44, REPORT_FAILED, "failed for good: quality of service not available",
     "永久失败：服务质量不满足"},
    {0x45, REPORT_FAILED, "failed for good: no way between the networks", "永久失败：网间无法互通"},
    {0x46, REPORT_FAILED, "failed for good: its time was over before it was delivered",
     "永久失败：有效期内未能送达"},
    {0x47, REPORT_FAILED, "failed for good: deleted by the sender", "永久失败：已被发送方删除"},
    {0x48, REPORT_FAILED, "failed for good: deleted by the message centre",
     "永久失败：已被短信中心删除"},
    {0x49, REPORT_FAILED, "failed for good: the message doesn't exist", "永久失败：短信不存在"},
    {0x4A, REPORT_FAILED, "failed for good, reserved status", "永久失败（保留状态码）"},
    {0x50, REPORT_FAILED, "failed for good, in the message centre's own words",
     "永久失败（短信中心自定义状态）"},
    {0x60, REPORT_FAILED, "given up: congestion", "已放弃：网络拥塞"},
    {0x61, REPORT_FAILED, "given up: the phone is busy", "已放弃：对方手机忙"},
    {0x62, REPORT_FAILED, "given up: the phone doesn't answer", "已放弃：对方手机无响应"},
    {0x63, REPORT_FAILED, "given up: service rejected", "已放弃：服务被拒绝"},
    {0x64, REPORT_FAILED, "given up: quality of service not available", "已放弃：服务质量不满足"},
    {0x65, REPORT_FAILED, "given up: error in the phone", "已放弃：对方手机出错"},
    {0x66, REPORT_FAILED, "given up, reserved status", "已放弃（保留状态码）"},
    {0x70, REPORT_FAILED, "given up, in the message centre's own words",
     "已放弃（短信中心自定义状态）"},
    {0x80, REPORT_FAILED, "failed, reserved status", "失败（保留状态码）"},
};

static int cms_compare(const void *a, const void *b)
{
    return *(const int *)a - ((const struct cms_error *)b)->code;
}

const struct cms_error *cms_find(int code)
{
    const struct cms_error *found = bsearch(
        &code, cms_errors, sizeof cms_errors / sizeof *cms_errors, sizeof *cms_errors, cms_compare);

    return found ? found : &cms_unheard;
}

static enum outcome_kind cms_kind(enum cms_class class, int64_t after_ms)
{
    switch (class) {
    case CMS_RECIPIENT:
        return OUTCOME_REJECTED;
    case CMS_LATER:
    case CMS_BUSY:
        return OUTCOME_DEFERRED;
    case CMS_BARRED:
    case CMS_ILL:
        return after_ms < 0 ? OUTCOME_RETURNED : OUTCOME_DEFERRED;
    case CMS_DOUBT:
        return OUTCOME_UNKNOWN;
    case CMS_VAGUE:
        break;
    }
    return after_ms < CMS_LATE_MS ? OUTCOME_DEFERRED : OUTCOME_UNKNOWN;
}

void cms_outcome(int code, int64_t after_ms, struct outcome *outcome)
{
    const struct cms_error *error = cms_find(code);
    bool modem = error->class == CMS_ILL || error->class == CMS_BARRED;

    memset(outcome, 0, sizeof *outcome);
    outcome->kind = cms_kind(error->class, after_ms);
    outcome->code = code < 0 ? -1 : code;
    if (outcome->kind == OUTCOME_DEFERRED)
        outcome->wait_ms = modem ? CMS_ILL_WAIT_MS : error->wait_ms;
    if (code < 0)
        snprintf(outcome->detail, sizeof outcome->detail, "the modem says ERROR, without a number");
    else
        snprintf(outcome->detail, sizeof outcome->detail, "error %d: %s", code, error->text);
}

void cms_advise(struct outcome *outcome)
{
    const struct cms_error *error = cms_find(outcome->code);
    bool refused = outcome->kind == OUTCOME_DEFERRED || outcome->kind == OUTCOME_UNKNOWN;
    bool busy = refused && outcome->code > 0 && error->class == CMS_BUSY;

    outcome->advice = busy ? ADVICE_REST : ADVICE_NONE;
    outcome->rest_ms = busy ? error->wait_ms : 0;
}

const char *cms_text(int code)
{
    const struct cms_error *error = cms_find(code);

    return lang(error->text, error->chinese);
}

static const struct cms_status *cms_find_status(int status)
{
    const struct cms_status *found = &cms_statuses[sizeof cms_statuses / sizeof *cms_statuses - 1];

    if (status < 0)
        return found;
    while (found->from > status)
        found--;
    return found;
}

enum report_kind cms_report_kind(int status)
{
    return cms_find_status(status)->kind;
}

const char *cms_status_text(int status)
{
    const struct cms_status *found = cms_find_status(status);

    return lang(found->english, found->chinese);
}
