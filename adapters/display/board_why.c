/* board_why: why a board is down, a slogan refused or a reading failed, for people. See
 * board_why.h.
 * Runs: any (one call at a time). */
#include "adapters/display/board_why.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"

#define BOARD_WHY_ROOM  512
#define BOARD_WHY_HOLES 3
#define BOARD_WHY_DEPTH 4 /* step, sentence, the error in it */

struct board_why {
    const char *english, *chinese;
};

/* What a dialogue is about: "login: no reply in time". "" says nothing that helps. */
static const struct board_why board_why_steps[] = {
    {"begin", ""},
    {"area", "动态区"},
    {"bulletin", "公告"},
    {"call", "回调"},
    {"cancellation", "取消插播"},
    {"clock", "时钟"},
    {"contents", "屏上内容"},
    {"deletion", "删除"},
    {"device properties", "设备属性"},
    {"device status", "设备状态"},
    {"dimensions", "屏幕尺寸"},
    {"emergency page", "紧急插播页"},
    {"end of the picture", "关闭截图通道"},
    {"info", "设备信息"},
    {"list of bulletins", "公告列表"},
    {"list of devices", "设备列表"},
    {"list of programs", "节目列表"},
    {"login", "登录"},
    {"picture", "图片"},
    {"picture's contents", "截图内容"},
    {"picture's file", "截图文件"},
    {"play log", "播放日志"},
    {"player", "播放器"},
    {"power", "电源状态"},
    {"program", "节目"},
    {"properties", "设备属性"},
    {"publication", "发布"},
    {"removal", "撤下"},
    {"request", "请求"},
    {"running status", "运行状态"},
    {"schedule", "排期"},
    {"screen capture", "截屏"},
    {"screen size", "屏幕尺寸"},
    {"screen state", "屏幕状态"},
    {"screen's power", "屏幕电源"},
    {"screenshot", "截屏"},
    {"start", "开始播放"},
    {"status", "状态"},
    {"verification code", "验证码"},
    {"way for the picture", "截图通道"},
    {"what is playing", "正在播放的内容"},
    {"writing the schedule", "写入排期"},
};

/* * stands for anything, which is a sentence of this table itself or is kept as it is, and comes
 * in the same order in both languages. The first line that fits counts. */
static const struct board_why board_whys[] = {
    /* the screen */
    {"released to its owner", "已交还屏主"},
    {"paused by a person", "已由人工暂停"},
    {"quiet time of its owner", "屏主专用时段"},
    {"isn't there: *", "不在屏上：*"},
    {"the publication failed: *", "发布失败：*"},
    {"can't be started: *", "无法启动：*"},
    {"the board was not ready", "显示屏尚未就绪"},
    {"no picture of this slogan could be drawn", "无法把此标语画成图片"},
    /* any board */
    {"the board refuses our password or key (status *)",
     "显示屏不接受我们的密码或密钥（状态码 *）"},
    {"the board sends us elsewhere (status *): correct its url",
     "显示屏让我们访问别的地址（状态码 *）：请改正 url"},
    {"the board refuses it with status *", "显示屏拒收，状态码 *"},
    {"the board answers with status *", "显示屏应答状态码 *"},
    {"the board refuses a session that it has just given", "显示屏不接受它刚给出的会话"},
    {"* requests and no end", "已请求 * 次仍未完成"},
    {"broken off before the board was asked", "尚未询问显示屏即已中断"},
    {"broken off while the board was asked", "询问显示屏时中断"},
    {"stopped before the board was asked", "尚未询问显示屏即已停止"},
    {"stopped while the board was asked", "询问显示屏时停止"},
    {"not there", "没有"},
    {"not documented", "文档未说明"},
    {"no reason given", "未说明原因"},
    /* on the way to it */
    {"the host name was not resolved in time", "主机名未能及时解析"},
    {"the address is not tcp://host:port", "地址不是 tcp://主机:端口 的形式"},
    {"the address is not an http:// or https:// URL", "地址不是 http:// 或 https:// 开头的 URL"},
    {"the reply is larger than * KiB", "应答超过 * KiB"},
    {"the reply is too large", "应答过大"},
    {"no reply in time", "未及时应答"},
    {"no connection in time", "未能及时连上"},
    {"the connection ended before the reply was complete", "应答未收完连接就断了"},
    {"Timeout was reached", "超时未应答"},
    {"Couldn't connect to server", "连不上：请检查电源、网线和 url"},
    {"Couldn't resolve host name", "主机名无法解析"},
    {"Server returned nothing (no headers, no data)", "对方没有返回任何内容"},
    {"Weird server reply", "应答不是正常的 HTTP"},
    {"Failed sending data to the peer", "发送数据失败"},
    {"Failure when receiving data from the peer", "接收数据失败"},
    {"Transferred a partial file", "应答没有收完"},
    {"Error in the HTTP2 framing layer", "HTTP/2 帧错误"},
    {"Stream error in the HTTP/2 framing layer", "HTTP/2 流错误"},
    {"Unrecognized or bad HTTP Content or Transfer-Encoding", "应答的编码方式无法识别"},
    {"Failed writing received data to disk/application", "应答无法接收"},
    {"SSL connect error", "TLS 连接失败"},
    {"SSL peer certificate or SSH remote key was not OK",
     "TLS 证书不可信：请核对证书，或填写 ca_file"},
    {"Problem with the SSL CA cert (path? access rights?)", "ca_file 读不出来（路径？读取权限？）"},
    {"Couldn't use specified SSL cipher", "TLS 加密套件不可用"},
    {"Issuer check against peer certificate failed", "TLS 证书的签发者不符"},
    {"Unsupported protocol", "不支持的协议"},
    {"URL using bad/illegal format or missing URL", "URL 格式不对"},
    {"Out of memory", "内存不足"},
    {"out of memory", "内存不足"},
    {"not enough memory", "内存不足"},
    {"connection refused", "连接被拒绝：请检查端口"},
    {"connection reset by peer", "连接被对方重置"},
    {"connection timed out", "连接超时"},
    {"software caused connection abort", "连接被中止"},
    {"broken pipe", "连接已断开"},
    {"socket is not connected", "尚未连接"},
    {"host is unreachable", "主机不可达"},
    {"host is down", "主机已关机"},
    {"network is unreachable", "网络不可达"},
    {"network is down", "网络已断开"},
    {"machine is not on the network", "本机未联网"},
    {"address not available", "地址不可用"},
    {"address family not supported", "不支持这类地址"},
    {"nobody knows this host name", "主机名不存在"},
    {"the name servers don't answer", "域名服务器没有应答"},
    {"DNS server claims query was misformatted", "域名服务器说查询格式不对"},
    {"DNS server returned general failure", "域名服务器出错"},
    {"DNS server does not implement requested operation", "域名服务器不支持此查询"},
    {"DNS server refused query", "域名服务器拒绝查询"},
    {"Misformatted DNS query", "域名查询格式不对"},
    {"Misformatted domain name", "主机名格式不对"},
    {"Unsupported address family", "不支持这类地址"},
    {"Misformatted DNS reply", "域名服务器的应答格式不对"},
    {"DNS query cancelled", "域名查询已取消"},
    {"unknown node or service", "主机名不存在"},
    {"no address", "主机名没有地址"},
    {"temporary failure", "域名解析暂时失败"},
    {"permanent failure", "域名解析失败"},
    {"name too long", "名称过长"},
    {"invalid argument", "参数无效"},
    {"invalid Unicode character", "含有无效的 Unicode 字符"},
    {"permission denied", "没有权限"},
    {"operation not permitted", "不允许此操作"},
    {"operation canceled", "操作已取消"},
    {"request canceled", "请求已取消"},
    {"too many open files", "打开的文件过多"},
    {"file table overflow", "系统打开的文件过多"},
    {"no buffer space available", "缓冲区不足"},
    {"i/o error", "读写出错"},
    {"protocol error", "协议错误"},
    {"unknown error", "未知错误"},
    /* colorlight, huidu */
    {"the reply is not JSON", "应答不是 JSON"},
    {"the reply has no list of programs", "应答中没有节目列表"},
    {"the reply is no schedule", "应答不是排期"},
    {"the player's list doesn't have it", "播放器的列表中没有它"},
    {"the player says that it deleted the program, and still has it",
     "播放器说已删除节目，但节目仍在"},
    {"the player's schedule has no free priority (0 to 100)",
     "播放器的排期没有空闲的优先级（0 至 100）"},
    {"the player answers with code *", "播放器应答代码 *"},
    {"the controller answers: *", "控制卡应答：*"},
    {"the controller names no device of its own", "控制卡没有给出自己的设备编号"},
    {"there are several devices behind this URL: set the option device to one, such as *",
     "此 url 后面有多台设备：请把 device 填成其中一台，例如 *"},
    {"the controller's list doesn't have it", "控制卡的列表中没有它"},
    {"it is in the list, but not known for which day", "已在列表中，但不知道是哪一天的"},
    {"its time on the controller ended at midnight", "它在控制卡上的时段已于零点结束"},
    {"the controller says that it removed the program, and still lists it",
     "控制卡说已撤下节目，但列表中仍有"},
    {"the reply is not in the controller's form", "应答不符合控制卡的格式"},
    /* novacloud */
    {"not known to be up; the platform has no list of such pages",
     "不知道是否在屏上；平台没有此类页面的列表"},
    {"the platform doesn't know our player", "平台不认识我们的播放器"},
    {"the player is not connected to the platform", "播放器未连接平台"},
    {"the platform could not hand it to the player", "平台未能交给播放器"},
    {"the answer doesn't name our player", "应答中没有我们的播放器"},
    {"the platform refuses the request", "平台拒绝此请求"},
    {"AppKey or AppSecret is wrong, or our clock is", "AppKey 或 AppSecret 有误，或本机时钟不准"},
    {"our AppKey has no permission for this", "我们的 AppKey 没有此项权限"},
    {"the platform refuses the content", "平台拒绝此内容"},
    {"too many requests for our AppKey", "对我们的 AppKey 来说请求过多"},
    {"the platform fails", "平台出错"},
    /* onbon */
    {"the card has no font for the character at byte *", "控制卡没有第 * 字节处那个字的字体"},
    {"the text takes * bytes, the card has room for *", "文字需要 * 字节，控制卡只能容纳 * 字节"},
    {"dynamic area * is in use, and not known to be ours", "动态区 * 正被使用，且不能确定是我们的"},
    {"its area is not in the card's list", "控制卡的列表中没有它的动态区"},
    {"its area carries another slogan of ours", "它的动态区上是我们的另一条标语"},
    {"the answer is no status", "应答不是状态"},
    {"still there after its deletion", "删除后仍在"},
    {"still there after its removal", "撤下后仍在"},
    {"the answer can't be read: *", "应答无法读取：*"},
    {"it is too short", "过短"},
    {"it is neither yes nor no", "既不是肯定也不是否定"},
    {"its length is wrong", "长度不对"},
    {"its checksum is wrong", "校验和不对"},
    {"it is no frame", "不是数据帧"},
    {"it is not escaped", "没有转义"},
    {"the card gave no verification code", "控制卡没有给出验证码"},
    {"the card gave no session", "控制卡没有给出会话"},
    {"all * places on the card carry other bulletins", "控制卡的 * 个位置都被其他公告占用"},
    {"the answer is no list of bulletins", "应答不是公告列表"},
    {"not in the card's list", "控制卡的列表中没有它"},
    {"not JSON", "不是 JSON"},
    {"no remotefunction", "没有 remotefunction"},
    {"an error without contents", "没有内容的错误"},
    {"an answer to something else", "答非所问"},
    {"error *, * (*)", "错误 *：*（*）"},
    {"error *, * (*", "错误 *：*（*"}, /* its end was cut */
    {"error *, *", "错误 *：*"},
    {"no error", "没有错误"},
    {"no such group of commands", "没有这组命令"},
    {"no such command", "没有此命令"},
    {"busy", "忙"},
    {"wrong checksum", "校验和不对"},
    {"no such file", "没有此文件"},
    {"its memory can't be written", "存储器无法写入"},
    {"the file did not come through", "文件没有传到"},
    {"wrong file name", "文件名不对"},
    {"wrong kind of file", "文件类型不对"},
    {"wrong checksum of a file", "文件校验和不对"},
    {"it doesn't have the font", "没有这种字体"},
    {"meant for another type of card", "适用于其他型号的控制卡"},
    {"wrong time", "时间不对"},
    {"the file exists", "文件已存在"},
    {"wrong number of a block", "数据块编号不对"},
    {"empty request", "请求为空"},
    {"wrong method", "方法不对"},
    {"request not understood", "请求无法理解"},
    {"wrong protocol", "协议不对"},
    {"wrong protocol version", "协议版本不对"},
    {"wrong controller id", "控制卡编号不对"},
    {"wrong bar code", "条码不对"},
    {"unknown key in the request", "请求中有未知的键"},
    {"its configuration is damaged", "配置已损坏"},
    {"not permitted", "没有权限"},
    {"the session is over", "会话已结束"},
    {"access refused", "拒绝访问"},
    {"reading or writing failed", "读写失败"},
    {"unknown parameter", "未知参数"},
    {"the call failed", "调用失败"},
    {"processing failed", "处理失败"},
    {"empty parameter", "参数为空"},
    {"a system command failed", "系统命令失败"},
    {"wrong value of a parameter", "参数值不对"},
    {"no such user", "没有此用户"},
    {"wrong password", "密码不对"},
    {"no storage", "没有存储设备"},
    {"wrong file path", "文件路径不对"},
    {"wrong hardware address", "硬件地址不对"},
    {"forwarding failed", "转发失败"},
    {"wrong verification code", "验证码不对"},
    {"no firmware", "没有固件"},
    {"no working folder", "没有工作目录"},
    {"the player failed", "播放器出错"},
    {"no list of wireless networks", "没有无线网络列表"},
    {"the wireless network does not answer", "无线网络没有应答"},
    {"no such wireless network", "没有此无线网络"},
    {"wrong wireless password", "无线密码不对"},
    {"its network is restarting", "网络正在重启"},
    {"an inner command failed", "内部命令失败"},
    {"it is looking for sensors", "正在搜索传感器"},
    {"unknown language", "未知语言"},
    {"its database does not answer", "数据库没有应答"},
    {"unknown kind of database", "未知的数据库类型"},
    {"another error", "其他错误"},
    /* xixun */
    {"the urgent text is not base64", "紧急文字不是 base64"},
    {"the board carries its owner's urgent text", "屏上是屏主的紧急文字"},
    {"the owner's urgent text is over it", "它被屏主的紧急文字盖住"},
    {"neither yes nor no: *", "既不是肯定也不是否定：*"},
    {"not on the card any more", "已不在控制卡上"},
    {"the card's answer is no list of programs", "控制卡的应答不是节目列表"},
    {"the answer is no JSON object", "应答不是 JSON 对象"},
    {"the gateway has never seen the card: check its id and its realtime address",
     "其网关从未见过此控制卡：请核对卡号和卡上的 realtime 地址"},
    {"the card is not connected to its gateway", "控制卡未连接其网关"},
    {"the card does not answer its gateway", "控制卡没有应答其网关"},
    {"the card's firmware is too old (*)", "控制卡固件过旧（*）"},
    {"our user or password is refused (HTTP status *)", "用户名或密码不被接受（HTTP 状态码 *）"},
    {"refused: *", "被拒绝：*"},
    {"HTTP status *", "HTTP 状态码 *"},
    /* webhook */
    {"the platform does not know it", "平台没有它"},
    {"the platform has closed this target for good (status 410)",
     "平台已永久关闭此接口（状态码 410）"},
    {"the platform has nothing at this address (status *): correct url and *_path",
     "平台在此地址上没有接口（状态码 *）：请改正 url 和 *_path"},
    {"the platform refuses with status *", "平台拒收，状态码 *"},
    {"the platform refuses the question: *", "平台拒绝查询：*"},
    {"the platform refuses our password, key or signature (status *)",
     "平台不接受我们的密码、密钥或签名（状态码 *）"},
    {"the platform answers with status *", "平台应答状态码 *"},
    {"the platform redirects (*): correct its url", "平台要求转到别处（*）：请改正 url"},
    {"the platform answers *, *_status is *", "平台应答 *，而 *_status 为 *"},
    {"the platform did not call within * s", "平台未在 * 秒内回调"},
    {"the platform is not done yet", "平台尚未完成"},
    {"the reply is not JSON with *", "应答不是含有 * 的 JSON"},
    {"the platform says no: * is *", "平台表示否：*：*"},
    {"GBK does not have the character \"*\"", "GBK 中没有“*”字"},
    {"the platform's id of it is not known any more", "已不知道平台给它的编号"},
    {"not configured", "未配置"},
    {"the platform says that it failed", "平台说播放失败"},
    {"a list or an object", "列表或对象"},
    {"a list without it", "不含它的列表"},
    /* last: any sentence may stand in it */
    {"* (status *)", "*（状态码 *）"},
};

struct board_why_piece {
    const char *from;
    size_t length;
};

static bool board_why_translate(struct board_why_piece english, int depth,
                                char out[static BOARD_WHY_ROOM]);

/* Whole characters, as far as there is room. */
static void board_why_put(char out[static BOARD_WHY_ROOM], const char *text, size_t length)
{
    size_t used = strlen(out), room = BOARD_WHY_ROOM - 1 - used;

    if (length > room)
        for (length = room; length > 0 && (text[length] & 0xC0) == 0x80;)
            length--;
    memcpy(out + used, text, length);
    out[used + length] = '\0';
}

/* Where the next hole ends: before its fixed text, which ends the sentence if it ends the pattern.
 */
static const char *board_why_end(const char *fixed, size_t n, struct board_why_piece rest)
{
    if (fixed[n])
        return memmem(rest.from, rest.length, fixed, n);
    if (rest.length < n || memcmp(rest.from + rest.length - n, fixed, n) != 0)
        return NULL;
    return rest.from + rest.length - n;
}

/* Does the sentence fit? holes: what stands for each *. */
static bool board_why_fits(const char *pattern, struct board_why_piece rest,
                           struct board_why_piece holes[static BOARD_WHY_HOLES])
{
    size_t head = strcspn(pattern, "*");

    if (head > rest.length || memcmp(pattern, rest.from, head) != 0)
        return false;
    pattern += head;
    rest.from += head;
    rest.length -= head;
    for (size_t i = 0; *pattern && i < BOARD_WHY_HOLES; i++) {
        size_t fixed = strcspn(++pattern, "*");
        const char *end = board_why_end(pattern, fixed, rest);

        if (!end)
            return false;
        holes[i] = (struct board_why_piece){rest.from, (size_t)(end - rest.from)};
        rest.length -= holes[i].length + fixed;
        rest.from = end + fixed;
        pattern += fixed;
    }
    return rest.length == 0;
}

static void board_why_put_piece(char out[static BOARD_WHY_ROOM], struct board_why_piece piece,
                                int depth)
{
    char inside[BOARD_WHY_ROOM];

    if (board_why_translate(piece, depth + 1, inside))
        board_why_put(out, inside, strlen(inside));
    else
        board_why_put(out, piece.from, piece.length);
}

static void board_why_fill(const char *chinese,
                           const struct board_why_piece holes[static BOARD_WHY_HOLES], int depth,
                           char out[static BOARD_WHY_ROOM])
{
    for (size_t i = 0; *chinese; i++) {
        size_t fixed = strcspn(chinese, "*");

        board_why_put(out, chinese, fixed);
        chinese += fixed;
        if (*chinese && i < BOARD_WHY_HOLES)
            board_why_put_piece(out, holes[i], depth);
        chinese += *chinese != '\0';
    }
}

/* Takes "login: " off the front; NULL: there is no step. */
static const struct board_why *board_why_take_step(struct board_why_piece *rest)
{
    const struct board_why *step = board_why_steps;

    for (size_t i = 0; i < sizeof board_why_steps / sizeof *board_why_steps; i++, step++) {
        size_t n = strlen(step->english);

        if (rest->length < n + 2 || memcmp(rest->from, step->english, n) != 0 ||
            memcmp(rest->from + n, ": ", 2) != 0)
            continue;
        rest->from += n + 2;
        rest->length -= n + 2;
        return step;
    }
    return NULL;
}

/* Some kinds name the step as well: it is told once. */
static bool board_why_take_steps(struct board_why_piece *rest, char out[static BOARD_WHY_ROOM])
{
    const struct board_why *told = NULL, *step;
    bool any = false;

    while ((step = board_why_take_step(rest))) {
        any = true;
        if (step == told || !*step->chinese)
            continue;
        board_why_put(out, step->chinese, strlen(step->chinese));
        board_why_put(out, "：", strlen("："));
        told = step;
    }
    return any;
}

/* false: it is none that is known, and out says nothing. */
static bool board_why_translate(struct board_why_piece english, int depth,
                                char out[static BOARD_WHY_ROOM])
{
    struct board_why_piece holes[BOARD_WHY_HOLES] = {0};

    out[0] = '\0';
    if (english.length == 0 || depth > BOARD_WHY_DEPTH)
        return false;
    if (board_why_take_steps(&english, out)) {
        board_why_put_piece(out, english, depth);
        return *out != '\0';
    }
    for (size_t i = 0; i < sizeof board_whys / sizeof *board_whys; i++)
        if (board_why_fits(board_whys[i].english, english, holes)) {
            board_why_fill(board_whys[i].chinese, holes, depth, out);
            return true;
        }
    return false;
}

const char *board_why_label(const char *english)
{
    /* Callers print it at once, and the signature has no room for a room of theirs. */
    static _Thread_local char told[BOARD_WHY_ROOM];
    struct board_why_piece whole = {english, strlen(english)};

    if (!lang_is_chinese() || !board_why_translate(whole, 0, told))
        return english;
    return told;
}
