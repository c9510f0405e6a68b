/* delivery: the states of a delivery and the changes that are allowed. See delivery.h.
 * Runs: any (pure). */
#include "gateway/model/delivery.h"

#include <stdint.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

#define TO(state) (1u << DELIVERY_##state)
#define DROPPED   (TO(EXPIRED) | TO(CANCELLED) | TO(SUPPRESSED))

static const struct {
    const char *name, *english, *chinese;
    uint32_t successors;
} delivery_states[DELIVERY_STATES] = {
    [DELIVERY_PLANNED] = {"planned", "planned", "待发送", TO(DUE) | DROPPED},
    [DELIVERY_DUE] = {"due", "queued", "排队中", TO(INFLIGHT) | TO(UNKNOWN) | DROPPED},
    [DELIVERY_INFLIGHT] = {"inflight", "sending", "发送中",
                           TO(SENT) | TO(DEFERRED) | TO(REJECTED) | TO(UNKNOWN)},
    [DELIVERY_DEFERRED] = {"deferred", "will retry", "稍后重试", TO(DUE) | TO(UNKNOWN) | DROPPED},
    [DELIVERY_SENT] = {"sent", "sent, waiting for report", "已发出·等回执",
                       TO(DELIVERED) | TO(UNDELIVERED) | TO(SHOWN) | TO(WITHDRAWN)},
    [DELIVERY_DELIVERED] = {"delivered", "delivered", "已送达", 0},
    [DELIVERY_UNDELIVERED] = {"undelivered", "not delivered", "未送达", 0},
    [DELIVERY_REJECTED] = {"rejected", "rejected", "被拒绝", 0},
    [DELIVERY_UNKNOWN] = {"unknown", "in doubt", "结果不明",
                          TO(SENT) | TO(DELIVERED) | TO(UNDELIVERED) | TO(DEFERRED)},
    [DELIVERY_SUPPRESSED] = {"suppressed", "not sent (opted out)", "已拒收不发", 0},
    [DELIVERY_EXPIRED] = {"expired", "window closed", "过期未发", 0},
    [DELIVERY_CANCELLED] = {"cancelled", "cancelled", "已取消", 0},
    [DELIVERY_SHOWN] = {"shown", "showing", "播放中", TO(WITHDRAWN)},
    [DELIVERY_WITHDRAWN] = {"withdrawn", "withdrawn", "已撤下", 0},
};

static const char *const delivery_causes[DELIVERY_CAUSES] = {
    [CAUSE_PLAN] = "plan",       [CAUSE_RESERVE] = "reserve",   [CAUSE_WINDOW] = "window",
    [CAUSE_CLAIM] = "claim",     [CAUSE_OUTCOME] = "outcome",   [CAUSE_REPORT] = "report",
    [CAUSE_RESTART] = "restart", [CAUSE_RESEND] = "resend",     [CAUSE_RETRY] = "retry",
    [CAUSE_VERIFY] = "verify",   [CAUSE_WITHDRAW] = "withdraw", [CAUSE_CANCEL] = "cancel",
    [CAUSE_REFUSAL] = "refusal", [CAUSE_CLOSED] = "closed",
};

static void delivery_check(enum delivery_state state)
{
    if ((unsigned)state >= DELIVERY_STATES)
        log_panic("no delivery state has the number %d", (int)state);
}

const char *delivery_state_name(enum delivery_state state)
{
    delivery_check(state);
    return delivery_states[state].name;
}

const char *delivery_state_label(enum delivery_state state)
{
    delivery_check(state);
    return lang(delivery_states[state].english, delivery_states[state].chinese);
}

const char *delivery_cause_name(enum delivery_cause cause)
{
    if ((unsigned)cause >= DELIVERY_CAUSES)
        log_panic("no cause has the number %d", (int)cause);
    return delivery_causes[cause];
}

bool delivery_may_change(enum delivery_state from, enum delivery_state to)
{
    delivery_check(from);
    delivery_check(to);
    return delivery_states[from].successors & 1u << to;
}
