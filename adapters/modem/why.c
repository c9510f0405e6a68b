/* why: what modems and their agents complain of, for people. See why.h.
 * Runs: any (one call at a time). */
#include "adapters/modem/why.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"

#include "adapters/modem/cms.h"

#define WHY_ROOM  512
#define WHY_HOLES 3
#define WHY_DEPTH 3 /* a sentence about a part, and the error that ended it */

/* * stands for anything, which is a sentence of this table itself or is kept as it is, and comes
 * in the same order in both languages. The first line that fits counts. */
static const struct why {
    const char *english, *chinese;
} whys[] = {
    /* the agent: its device, its modem */
    {"the device doesn't exist", "设备文件不存在"},
    {"the device doesn't exist: is it plugged in?", "设备文件不存在：设备插好了吗？"},
    {"no permission to open the device: is the user in group dialout?",
     "无权打开设备：用户是否已加入 dialout 组？"},
    {"the device is not a serial line", "不是串口设备"},
    {"another program has the device", "设备正被其他程序占用"},
    {"another modem of this gateway has the device", "设备正被本网关的另一台短信设备占用"},
    {"* doesn't exist, and without imsi it can't be found elsewhere",
     "* 不存在；未填写 imsi，无法在其他位置寻找"},
    {"the device can't be opened: another program has it, or it is no modem",
     "设备打不开：被其他程序占用，或者不是短信设备"},
    {"the device can't be written to: is the modem unplugged?", "无法向设备写入：设备被拔掉了吗？"},
    {"the modem is gone", "设备已断开"},
    {"the modem was lost before", "此前设备已断开"},
    {"the modem talks without sense and end", "设备不停地输出无意义的内容"},
    {"no answer from the modem", "设备没有应答"},
    {"no answer from the modem in time", "设备未及时应答"},
    {"the modem doesn't answer", "设备没有应答"},
    {"the modem is busy", "设备忙"},
    {"the modem doesn't take messages now", "设备目前不接收短信"},
    {"the modem doesn't support a command that is needed", "设备不支持必需的命令"},
    {"the modem says OK, and not that it took the message", "设备只回答 OK，没有确认接收短信"},
    {"the modem says that it took the message, and that it didn't",
     "设备先说已接收短信，又说没有接收"},
    {"libgammu doesn't know this kind of connection", "libgammu 不认识这种连接方式"},
    {"this libgammu can't be listened to", "此版本的 libgammu 无法监听"},
    {"this libgammu changes the character ~ and can't be told not to",
     "此版本的 libgammu 会改动字符 ~，且无法避免"},
    {"out of memory", "内存不足"},
    {"the text doesn't fit into a message", "内容超出短信长度"},
    /* the SIM */
    {"no SIM in the modem", "设备中没有 SIM 卡"},
    {"no usable SIM in the modem", "设备中没有可用的 SIM 卡"},
    {"the SIM asks for its PIN: set pin, or switch the question off",
     "SIM 卡要求输入 PIN 码：请填写 pin，或取消 PIN 码"},
    {"the SIM is locked and asks for its PUK: unlock it in a telephone",
     "SIM 卡已锁，要求输入 PUK 码：请在手机上解锁"},
    {"the modem is locked to another SIM or network", "设备已锁定到其他 SIM 卡或网络"},
    {"the SIM asks for a code: enter it or switch it off", "SIM 卡要求输入密码：请输入或取消密码"},
    {"wrong PIN: *; it is not tried again until pin has another value",
     "PIN 码错误：*；修改 pin 之前不会再试"},
    {"nobody tells the PIN", "没有得到 PIN 码"},
    {"the SIM refused it", "SIM 卡拒绝了它"},
    {"the SIM refused its PIN", "SIM 卡拒绝了 PIN 码"},
    {"the SIM is locked now", "SIM 卡现已锁定"},
    {"the modem answered with nothing of use", "设备的应答无法理解"},
    {"the SIM refused the configured PIN, which isn't tried again: correct pin",
     "SIM 卡拒绝了所填的 PIN 码，不会再试：请改正 pin"},
    {"the SIM has no message centre number: set smsc", "SIM 卡里没有短信中心号码：请填写 smsc"},
    {"the SIM is in CDMA mode, which has other messages: use a modem or SIM with GSM, WCDMA or LTE",
     "SIM 卡处于 CDMA 模式，短信格式不同：请换用支持 GSM、WCDMA 或 LTE 的设备或 SIM 卡"},
    {"the SIM is in CDMA mode, for which no message can be written: use a SIM or modem with GSM, "
     "WCDMA or LTE",
     "SIM 卡处于 CDMA 模式，无法发送短信：请换用支持 GSM、WCDMA 或 LTE 的 SIM 卡或设备"},
    /* the network */
    {"no network: *", "没有网络：*"},
    {"the modem has no network", "设备没有网络"},
    {"not registered", "未注册到网络"},
    {"not registered: the modem doesn't look for a network", "未注册到网络：设备没有在搜索网络"},
    {"not registered: the modem is searching for a network", "未注册到网络：设备正在搜索网络"},
    {"not registered: the network refuses the SIM", "未注册到网络：网络拒绝该 SIM 卡"},
    {"not registered: the modem is out of reach of its network",
     "未注册到网络：设备不在信号范围内"},
    /* errors of messages, one recipient after the other */
    {"the modem says ERROR, without a number", "设备只回答 ERROR，没有错误号"},
    {"one recipient after the other fails: *", "连续多个收件人发送失败：*"},
    {"this modem or its message centre is set up wrong: *", "该设备或其短信中心设置有误：*"},
    {"the operator refuses this SIM: ask there; *", "运营商拒绝该 SIM 卡，请向运营商查询；*"},
    {"this SIM is barred or out of credit (* numbers refused): *",
     "该 SIM 卡被限制或已欠费（* 个号码被拒绝）：*"},
    {"* of * parts were taken, then: *", "已接收 */* 条，随后：*"},
    /* who it is */
    {"the modem doesn't tell its IMSI, which has to be *", "设备没有给出 IMSI（应为 *）"},
    {"the modem doesn't tell its IMSI, which was *", "设备没有给出 IMSI（以前是 *）"},
    {"the modem doesn't tell its SIM's IMSI, as it did before: it is asked again",
     "设备没有给出 SIM 卡的 IMSI（以前有）：正在重新查询"},
    {"the modem doesn't tell its IMEI, which has to be *", "设备没有给出 IMEI（应为 *）"},
    {"the modem tells another IMSI than before: was the SIM changed?",
     "设备给出的 IMSI 与先前不同：换过 SIM 卡吗？"},
    {"the SIM is * and has to be * (with another middle): change it, or set imsi",
     "SIM 卡是 *，应为 *（中间几位不同）：请换卡或修改 imsi"},
    {"the SIM is * and has to be *: change it, or set imsi",
     "SIM 卡是 *，应为 *：请换卡或修改 imsi"},
    {"the modem's IMEI is * and has to be *: change it, or set imei",
     "设备的 IMEI 是 *，应为 *：请换设备或修改 imei"},
    {"its SIM (IMSI ...*) is in modem * already: one of the two answers for the wrong port",
     "其 SIM 卡（IMSI 尾号 *）已在设备 * 中：两者之一的端口不对"},
    /* its lane, when the gateway runs in English */
    {"starts", "正在启动"},
    {"paused by a person", "已由人工暂停"},
    {"the network is busy: rests until *", "网络繁忙，休息至 *"},
    {"pause between messages until *", "两条之间的间隔，至 *"},
    {"limit per hour reached until *, of group *", "每小时限额已满，至 *（* 组共用）"},
    {"limit per hour reached until *", "每小时限额已满，至 *"},
    {"limit per day reached until *, of group *", "每日限额已满，至 *（* 组共用）"},
    {"limit per day reached until *", "每日限额已满，至 *"},
    {"even pace until *, of group *", "匀速发送，等待至 *（* 组共用）"},
    {"even pace until *", "匀速发送，等待至 *"},
    {"rate that a person has set: waits until *", "人工限速，等待至 *"},
    /* the agent itself */
    {"the agent can't be started: *", "无法启动代理程序：*"},
    {"the agent was ended by signal *", "代理程序被信号 * 终止"},
    {"the agent ended with status *", "代理程序已退出，状态 *"},
    {"the agent didn't answer in time and was killed", "代理程序未及时应答，已强行终止"},
    {"the agent said nothing for * s and was killed", "代理程序 * 秒没有动静，已强行终止"},
    {"the agent doesn't listen and was killed", "代理程序不接收指令，已强行终止"},
    {"the agent didn't end and was killed", "代理程序未能退出，已强行终止"},
    {"the agent spoke nonsense and was killed", "代理程序输出无意义的内容，已强行终止"},
};

struct why_piece {
    const char *from;
    size_t length;
};

static bool why_translate(const char *english, size_t length, int depth, char out[static WHY_ROOM]);

static const char *why_seek(const char *text, size_t length, const char *word, size_t word_length)
{
    return memmem(text, length, word, word_length);
}

/* Does the text fit? holes: what stands for each *. */
static bool why_fits(const char *pattern, const char *text, size_t length,
                     struct why_piece holes[static WHY_HOLES])
{
    size_t head = strcspn(pattern, "*");

    if (head > length || memcmp(pattern, text, head) != 0)
        return false;
    pattern += head;
    text += head;
    length -= head;
    for (size_t i = 0; *pattern && i < WHY_HOLES; i++) {
        size_t fixed = strcspn(++pattern, "*");
        const char *end = why_seek(text, length, pattern, fixed);

        if (!pattern[fixed]) /* the end of the one is the end of the other */
            end = length >= fixed && memcmp(text + length - fixed, pattern, fixed) == 0
                      ? text + length - fixed
                      : NULL;
        if (!end)
            return false;
        holes[i] = (struct why_piece){text, (size_t)(end - text)};
        length -= holes[i].length + fixed;
        text = end + fixed;
        pattern += fixed;
    }
    return length == 0;
}

/* Whole characters, as far as there is room. */
static void why_put(char out[static WHY_ROOM], const char *text, size_t length)
{
    size_t used = strlen(out), room = WHY_ROOM - 1 - used;

    if (length > room)
        for (length = room; length > 0 && (text[length] & 0xC0) == 0x80;)
            length--;
    memcpy(out + used, text, length);
    out[used + length] = '\0';
}

static void why_put_piece(char out[static WHY_ROOM], const struct why_piece *piece, int depth)
{
    char inside[WHY_ROOM];

    if (why_translate(piece->from, piece->length, depth + 1, inside))
        why_put(out, inside, strlen(inside));
    else
        why_put(out, piece->from, piece->length);
}

/* "error 42: congestion": by the number. */
static bool why_is_error(const char *english, size_t length, char out[static WHY_ROOM])
{
    int code, n = 0;
    char head[24];

    snprintf(head, sizeof head, "%.*s", (int)(length < 23 ? length : 23), english);
    if (sscanf(head, "error %9d: %n", &code, &n) != 1 || n == 0)
        return false;
    snprintf(out, WHY_ROOM, "错误 %d：%s", code, cms_text(code));
    return true;
}

/* "/dev/ttyUSB0: the modem is gone". */
static bool why_is_about_device(const char *english, size_t length, int depth,
                                char out[static WHY_ROOM])
{
    const char *end = *english == '/' ? why_seek(english, length, ": ", 2) : NULL;
    char rest[WHY_ROOM];
    size_t device;

    if (!end)
        return false;
    device = (size_t)(end - english);
    if (!why_translate(end + 2, length - device - 2, depth + 1, rest))
        return false;
    why_put(out, english, device);
    why_put(out, "：", strlen("："));
    why_put(out, rest, strlen(rest));
    return true;
}

/* false: it is none that is known, and out says nothing. */
static bool why_translate(const char *english, size_t length, int depth, char out[static WHY_ROOM])
{
    struct why_piece holes[WHY_HOLES] = {0};
    const char *to = NULL;

    out[0] = '\0';
    if (length == 0 || depth > WHY_DEPTH)
        return false;
    for (size_t i = 0; !to && i < sizeof whys / sizeof *whys; i++)
        if (why_fits(whys[i].english, english, length, holes))
            to = whys[i].chinese;
    if (!to)
        return why_is_error(english, length, out) ||
               why_is_about_device(english, length, depth, out);
    for (size_t i = 0; *to; i++) {
        size_t fixed = strcspn(to, "*");

        why_put(out, to, fixed);
        to += fixed;
        if (*to && i < WHY_HOLES)
            why_put_piece(out, &holes[i], depth);
        to += *to != '\0';
    }
    return true;
}

const char *why_label(const char *english)
{
    /* Callers print it at once, and the signature has no room for a room of theirs. */
    static _Thread_local char told[WHY_ROOM];

    if (!lang_is_chinese() || !why_translate(english, strlen(english), 0, told))
        return english;
    return told;
}
