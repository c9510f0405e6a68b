/* health: what a modem says of itself, its SIM and its network. See health.h.
 * Runs: any (pure). */
#include "gateway/model/health.h"

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

static const struct {
    const char *name, *english, *chinese;
} health_registrations[REGISTRATIONS] = {
    [REGISTRATION_NONE] = {"none", "no network", "未入网"},
    [REGISTRATION_HOME] = {"home", "home network", "本地网络"},
    [REGISTRATION_SEARCHING] = {"searching", "searching", "搜网中"},
    [REGISTRATION_DENIED] = {"denied", "refused by the network", "网络拒绝"},
    [REGISTRATION_UNKNOWN] = {"unknown", "not known", "未知"},
    [REGISTRATION_ROAMING] = {"roaming", "roaming", "漫游"},
};

static void registration_check(enum registration registration)
{
    if ((unsigned)registration >= REGISTRATIONS)
        log_panic("no registration has the number %d", (int)registration);
}

const char *registration_name(enum registration registration)
{
    registration_check(registration);
    return health_registrations[registration].name;
}

const char *registration_label(enum registration registration)
{
    registration_check(registration);
    return lang(health_registrations[registration].english,
                health_registrations[registration].chinese);
}
