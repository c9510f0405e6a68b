/* forecast_label: what stands in the way, in words.
 * Runs: any (pure). */
#include "gateway/model/forecast.h"

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

const char *forecast_bound_label(enum forecast_bound bound)
{
    switch (bound) {
    case FORECAST_FITS:
        return lang("it fits", "可以完成");
    case FORECAST_AIR:
        return lang("the modems' speed", "短信设备的发送速度");
    case FORECAST_HOUR:
        return lang("the SIMs' hourly limits", "SIM 卡每小时限额");
    case FORECAST_DAY:
        return lang("the SIMs' daily limits", "SIM 卡每天限额");
    case FORECAST_ROUTE:
        return lang("no SIM may carry this network's messages", "没有可发送该网络号码的 SIM 卡");
    case FORECAST_RATE:
        return lang("the rate that a person has set", "人工设定的发送速率");
    case FORECAST_PAUSED:
        return lang("a pause", "已暂停");
    case FORECAST_WINDOW:
        return lang("there is no window left", "没有剩余的时间窗");
    case FORECAST_LISTS:
        return lang("the lists have too few numbers", "名单号码不足");
    }
    log_panic("no such bound: %d", (int)bound);
}

const char *forecast_bound_name(enum forecast_bound bound)
{
    static const char *const names[] = {
        [FORECAST_FITS] = "fits",     [FORECAST_AIR] = "air",       [FORECAST_HOUR] = "hour",
        [FORECAST_DAY] = "day",       [FORECAST_ROUTE] = "route",   [FORECAST_RATE] = "rate",
        [FORECAST_PAUSED] = "paused", [FORECAST_WINDOW] = "window", [FORECAST_LISTS] = "lists",
    };

    LOG_ASSERT((size_t)bound < sizeof names / sizeof *names);
    return names[bound];
}
