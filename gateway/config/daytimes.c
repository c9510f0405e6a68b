/* daytimes: options that name times of the day, or days. See daytimes.h.
 * Runs: loop. */
#include "gateway/config/daytimes.h"

#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/timetext.h"

#define DAYTIMES_SPAN_MOST 366

bool daytimes_read(const struct conffile *conf, conf_setting group, const char *name,
                   const struct option_strings *texts, struct quiet *quiet)
{
    bool good = true;

    for (size_t i = 0; i < texts->n; i++) {
        const char *text = texts->items[i];
        bool fits = *text && quiet_add(quiet, text) == 0;

        if (*text && !fits) /* an empty one has its error already */
            conffile_error(conf, conffile_item(group, name, i),
                           lang("%s: \"%.60s\" is not a time of day: write \"07:00-08:30\" or, "
                                "with days, \"mon-fri 07:00-08:30\".",
                                "%s：“%.60s”不是时段：请写 \"07:00-08:30\"，或加上星期，例如 "
                                "\"mon-fri 07:00-08:30\"（周一至周五）。"),
                           name, text);
        good = good && fits;
    }
    return good;
}

/* One bound of a span. */
static bool daytimes_day(const struct conffile *conf, conf_setting place, const char *name,
                         const char *text, int64_t *day)
{
    BUFFER_FREE_LATER struct buffer why = BUFFER_NULL;

    if (calendar_parse_date(text, day) == 0)
        return true;
    timetext_explain_date(text, &why);
    conffile_error(conf, place, lang("%s: \"%.40s\" is not a date. %s", "%s：“%.40s”不是日期。%s"),
                   name, text, buffer_text(&why));
    return false;
}

static bool daytimes_span(const struct conffile *conf, conf_setting place, const char *name,
                          const char *text, struct calendar *days)
{
    const char *dots = strstr(text, "..");
    MEM_FREE_LATER char *first = dots ? mem_dup_n(text, (size_t)(dots - text)) : mem_dup(text);
    int64_t from, to;

    if (!daytimes_day(conf, place, name, first, &from) ||
        !daytimes_day(conf, place, name, dots ? dots + 2 : text, &to))
        return false;
    if (to < from || to - from >= DAYTIMES_SPAN_MOST) {
        conffile_error(
            conf, place,
            to < from ? lang("%s: \"%.40s\" ends before it begins.", "%s：“%.40s”的结束早于开始。")
                      : lang("%s: \"%.40s\" is longer than a year: is one wrong?",
                             "%s：“%.40s”超过一年：年份是否写错？"),
            name, text);
        return false;
    }
    calendar_add_days(days, from, to);
    return true;
}

bool daytimes_read_days(const struct conffile *conf, conf_setting group, const char *name,
                        const struct option_strings *texts, struct calendar *days)
{
    bool good = true;

    for (size_t i = 0; i < texts->n; i++)
        if (!*texts->items[i] ||
            !daytimes_span(conf, conffile_item(group, name, i), name, texts->items[i], days))
            good = false;
    calendar_merge(days);
    return good;
}
