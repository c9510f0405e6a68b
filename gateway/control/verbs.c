/* verbs: what may be said on the control socket. See verbs.h.
 * Runs: any (pure). */
#include "gateway/control/verbs.h"

#include <string.h>

const struct control_form control_forms[CONTROL_VERBS] = {
    [CONTROL_HELLO] = {"hello", "hello", "Which protocol and program this is.",
                       "协议号和程序版本。", 1, 1},
    [CONTROL_HELP] = {"help", "help", "All that may be said.", "列出全部命令。", 1, 1},
    [CONTROL_STATUS] = {"status", "status", "How modems, boards and messages stand.",
                        "短信设备、显示屏和短信的当前情况。", 1, 1},
    [CONTROL_PAUSE] = {"pause", "pause campaign ID | unit UNIT [ID] | modem ID | board ID",
                       "Nothing new is sent or shown; what is in flight ends.",
                       "不再发送或播放新的内容；在途的发完为止。", 3, 4},
    [CONTROL_RESUME] = {"resume", "resume campaign ID | unit UNIT [ID] | modem ID | board ID",
                        "What was paused goes on.", "恢复已暂停的。", 3, 4},
    [CONTROL_CANCEL] = {"cancel", "cancel campaign ID | unit UNIT [ID] | board ID [ID]",
                        "What was not sent or shown is cancelled, for good.",
                        "尚未发送或播放的全部取消，不可恢复。", 3, 4},
    [CONTROL_EXTEND] = {"extend", "extend campaign ID TIME | unit UNIT [ID] TIME",
                        "Sending goes on until then.", "发送时段延长到指定时间。", 4, 5},
    [CONTROL_SET_RATE] = {"set-rate",
                          "set-rate campaign ID RATE | unit UNIT [ID] RATE | modem ID RATE",
                          "At most so many parts an hour from now on; 0: no rate.",
                          "自此每小时最多发送的条数；0 表示不限。", 4, 5},
    [CONTROL_BOARD] = {"board", "board ID", "How a board stands.", "某块显示屏的情况。", 2, 2},
    [CONTROL_RELEASE] = {"release", "release board ID", "A board is its owner's until take.",
                         "把屏交还屏主，直到 take。", 3, 3},
    [CONTROL_TAKE] = {"take", "take board ID", "A released board is used again.",
                      "恢复使用已交还的屏。", 3, 3},
    [CONTROL_OPTOUT] = {"optout", "optout add|lift|import NOTE NUMBERS",
                        "Numbers want no messages, or want them again.", "登记或撤销拒收号码。", 4,
                        4},
    [CONTROL_ATTACH] = {"attach", "attach CAMPAIGN UNIT TIME PLACE CONTENT PARTICIPANTS PHOTOS",
                        "What a unit hands in after the day.", "单位活动后提交的材料。", 8, 8},
    [CONTROL_APPROVE] = {"approve", "approve NOTE", "A second person's signed approval.",
                         "第二人签名的审批。", 2, 2},
    [CONTROL_RELOAD] = {"reload", "reload", "The configuration is read anew, as by SIGHUP.",
                        "重新读取配置，与 SIGHUP 相同。", 1, 1},
};

enum control_verb control_verb_find(const char *word)
{
    int verb = 0;

    while (verb < CONTROL_VERBS && strcmp(control_forms[verb].verb, word) != 0)
        verb++;
    return (enum control_verb)verb;
}
