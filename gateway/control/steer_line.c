/* steer_line: a person's word in the words of the control socket. See steer_line.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/control/steer_line.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/model/window.h"

#define STEER_TIME_MOST 20 /* "2026-10-31T11:40:15" */

static bool steer_line_has_value(enum steer_verb verb)
{
    return verb == STEER_EXTEND || verb == STEER_RATE;
}

/* May a campaign stand behind the name? */
static bool steer_line_takes_campaign(const struct steer *steer)
{
    return steer->scope == STEER_UNIT ||
           (steer->scope == STEER_BOARD && steer->verb == STEER_CANCEL);
}

/* Letters, digits, "_", "-"; in a modem's id also "/". */
static enum steer_line_fault steer_line_name(const char *word, bool slash, char *out, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/";
    size_t length = strspn(word, letters);

    if (!length || word[length] || length >= size || (!slash && strchr(word, '/')))
        return STEER_LINE_NAME;
    snprintf(out, size, "%s", word);
    return STEER_LINE_FINE;
}

static enum steer_line_fault steer_line_time(const char *word, int64_t *wall_ms)
{
    char text[STEER_TIME_MOST];
    const char *day_end = strchr(word, 'T');

    if (!day_end || strchr(word, ' ') || strlen(word) >= sizeof text)
        return STEER_LINE_TIME;
    snprintf(text, sizeof text, "%s", word);
    text[day_end - word] = ' ';
    return window_parse_time(text, wall_ms) || *wall_ms < 0 ? STEER_LINE_TIME : STEER_LINE_FINE;
}

static enum steer_line_fault steer_line_rate(const char *word, int64_t *rate)
{
    size_t digits = strspn(word, "0123456789");

    *rate = 0;
    if (!digits || word[digits] || digits > 8)
        return STEER_LINE_RATE;
    for (const char *c = word; *c; c++)
        *rate = 10 * *rate + (*c - '0');
    return *rate <= STEER_RATE_MOST ? STEER_LINE_FINE : STEER_LINE_RATE;
}

static enum steer_line_fault steer_line_value(const char *word, struct steer *out)
{
    if (out->verb == STEER_EXTEND)
        return steer_line_time(word, &out->value);
    return steer_line_rate(word, &out->value);
}

/* What the word is about: n words. */
static enum steer_line_fault steer_line_object(size_t n, char *const *words, struct steer *out)
{
    enum steer_line_fault fault;

    if (n < 1 || n > 1U + steer_line_takes_campaign(out))
        return STEER_LINE_WORDS;
    if (out->scope == STEER_CAMPAIGN)
        return steer_line_name(words[0], false, out->campaign, sizeof out->campaign);
    fault = steer_line_name(words[0], out->scope == STEER_MODEM, out->name, sizeof out->name);
    if (fault || n == 1)
        return fault;
    return steer_line_name(words[1], false, out->campaign, sizeof out->campaign);
}

enum steer_line_fault steer_line_read(size_t n, char *const *words, struct steer *out)
{
    size_t values;
    enum steer_line_fault fault;

    *out = (struct steer){.verb = steer_verb_find(words[0])};
    if (!out->verb)
        return STEER_LINE_VERB;
    if (n > 1)
        out->scope = steer_scope_find(words[1]);
    if (!steer_is_possible(out->scope, out->verb))
        return STEER_LINE_SCOPE;
    values = steer_line_has_value(out->verb);
    if (n < 3 + values)
        return STEER_LINE_WORDS;
    fault = steer_line_object(n - 2 - values, words + 2, out);
    return fault || !values ? fault : steer_line_value(words[n - 1], out);
}

const char *steer_line_label(enum steer_line_fault fault)
{
    static const struct {
        const char *english, *chinese;
    } labels[STEER_LINE_FAULTS] = {
        [STEER_LINE_FINE] = {"", ""},
        [STEER_LINE_VERB] = {"this is not pause, resume, cancel, extend or set-rate",
                             "不是 pause、resume、cancel、extend 或 set-rate"},
        [STEER_LINE_SCOPE] =
            {"this can't be said of that: name a campaign, unit, modem or board as "
             "\"help\" shows",
             "该操作不适用于此对象：请按 help 所列写明任务、单位、短信设备或显示屏"},
        [STEER_LINE_WORDS] = {"there are too few or too many words: \"help\" shows the form",
                              "词数不对：用 help 查看格式"},
        [STEER_LINE_NAME] =
            {"this is no id: write it as the configuration or the campaign file does, in letters, "
             "digits, \"-\" and \"_\"",
             "代号格式不对：请按配置文件或任务文件中的写法，只用字母、数字、- 和 _"},
        [STEER_LINE_TIME] = {"there is no such time: write it as 2026-10-31T11:40",
                             "没有这个时间：请写成 2026-10-31T11:40"},
        [STEER_LINE_RATE] = {"the rate is a whole number of parts an hour, 0 to 10000000",
                             "速率应为每小时条数，0 到 10000000 的整数"},
    };

    LOG_ASSERT((unsigned)fault < STEER_LINE_FAULTS);
    return lang(labels[fault].english, labels[fault].chinese);
}

void steer_line_write(const struct steer *steer, struct buffer *line)
{
    bool whole = steer->scope == STEER_CAMPAIGN;
    char time[STEER_TIME_MOST];

    buffer_clear(line);
    buffer_printf(line, "%s %s %s", steer_verb_name(steer->verb), steer_scope_name(steer->scope),
                  whole ? steer->campaign : steer->name);
    if (!whole && *steer->campaign)
        buffer_printf(line, " %s", steer->campaign);
    if (steer->verb == STEER_RATE)
        buffer_printf(line, " %lld", (long long)steer->value);
    if (steer->verb != STEER_EXTEND)
        return;
    clock_format(steer->value, time);
    *strchr(time, ' ') = 'T';
    buffer_printf(line, " %s", time);
}
