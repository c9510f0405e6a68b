/* steer_why: see steer_why.h.
 * Runs: any (pure). */
#include "gateway/steer_why.h"

#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/command.h"

static const struct {
    const char *reason;
    int code;
    const char *english, *chinese;
} steer_whys[STEER_WHYS] = {
    [STEER_WHY_NONE] = {"none", COMMAND_REFUSED,
                        "there is no such thing here. A campaign is known once \"lawcast run\" has "
                        "taken it up, and \"lawcast status\" lists it then; units, modems and "
                        "boards are those of the configuration",
                        "没有此对象。任务须先用 lawcast run 启动过，可用 lawcast status "
                        "查看；单位、短信设备和显示屏以配置文件为准"},
    [STEER_WHY_IDLE] = {"idle", COMMAND_REFUSED,
                        "no campaign that runs now has to do with it: name the campaign that is "
                        "meant",
                        "当前没有相关任务在运行：请写明任务代号"},
    [STEER_WHY_CANCELLED] = {"cancelled", COMMAND_SHORT,
                             "it was cancelled, for good: nothing can be changed any more. What is "
                             "still to go out needs a campaign of its own",
                             "已经取消，不可恢复，不能再作更改；仍需发送的请另建任务"},
    [STEER_WHY_OVER] = {"over", COMMAND_SHORT,
                        "it is over, or the gateway is ending: nothing of it can be changed now. "
                        "See \"lawcast status\"; after the gateway's end, say it again for the "
                        "next run",
                        "任务已经结束，或网关正在退出，现在不能更改。请用 lawcast status "
                        "查看；网关退出后可再次执行，下次运行生效"},
    [STEER_WHY_EARLY] = {"early", COMMAND_SHORT,
                         "the time has to be later than now, and than the end as it is: name a "
                         "later one, or pause or cancel instead",
                         "时间必须晚于当前时间，也晚于现定的结束时间：请写更晚的时间，"
                         "或改用 pause、cancel"},
    [STEER_WHY_FAR] = {"far", COMMAND_SHORT,
                       "an extension reaches at most 7 days past the end as it is (past now when "
                       "the campaign isn't part of this run): name an earlier time, or change the "
                       "windows in the campaign file",
                       "延长最多到现定结束时间之后 7 天（任务不在本次运行中时，从现在算起）："
                       "请写较早的时间，或修改任务文件中的时段"},
    [STEER_WHY_APPROVAL] = {"approval", COMMAND_SHORT,
                            "the times were approved: change the window in the file, have it "
                            "approved, then say \"lawcast edit CAMPAIGN --apply\"",
                            "时段已经审批：请修改任务文件中的时段，重新审批，再执行 lawcast edit "
                            "任务 --apply"},
    [STEER_WHY_UNWRITTEN] = {"unwritten", COMMAND_MACHINE,
                             "the books can't be written: a pause or a cancellation holds until "
                             "the gateway ends, and is forgotten then. Make room on the disk, and "
                             "say it again",
                             "账本无法写入：暂停或取消只在网关本次运行期间有效。请清理磁盘后重试"},
};

const char *steer_why_reason(enum steer_why why)
{
    LOG_ASSERT((unsigned)why < STEER_WHYS);
    return steer_whys[why].reason;
}

const char *steer_why_sentence(enum steer_why why)
{
    LOG_ASSERT((unsigned)why < STEER_WHYS);
    return lang(steer_whys[why].english, steer_whys[why].chinese);
}

int steer_why_code(enum steer_why why)
{
    LOG_ASSERT((unsigned)why < STEER_WHYS);
    return steer_whys[why].code;
}

enum steer_why steer_why_find(const char *reason)
{
    int why = 0;

    while (why < STEER_WHYS && strcmp(steer_whys[why].reason, reason) != 0)
        why++;
    return (enum steer_why)why;
}

bool steer_needs_approval(const struct office *office, const struct steer *steer)
{
    return steer->verb == STEER_EXTEND && office->approval;
}
