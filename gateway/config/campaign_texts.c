/* campaign_texts: are the templates of a campaign fit for its files? See campaign_texts.h.
 * Runs: loop. */
#include "gateway/config/campaign_texts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/recipients.h"
#include "gateway/model/template.h"

/* One file of one order under check. */
struct campaign_check {
    const struct conffile *conf;
    const struct office *office;
    const struct campaign *campaign;
    const struct order *order;
    struct campaign_places places;
};

static void campaign_texts_unknown(const struct campaign_check *check, const char *file,
                                   const struct option_strings *columns, const char *word)
{
    struct buffer list BUFFER_FREE_LATER = BUFFER_NULL;
    const char **names = mem_array(columns->n + 1, const char *);
    const char *nearest;

    for (size_t i = 0; i < columns->n; i++) {
        names[i] = columns->items[i];
        buffer_printf(&list, "%s{%s}", i ? " " : "", columns->items[i]);
    }
    nearest = diag_nearest(word, names);
    free(names);
    if (nearest)
        conffile_error(
            check->conf, check->places.text,
            lang("{%.60s} is not a column of %s. Did you mean {%s}? Its columns: %.400s.",
                 "{%.60s} 不是 %s 的列。是不是 {%s}？它的列有：%.400s。"),
            word, file, nearest, buffer_text(&list));
    else
        conffile_error(check->conf, check->places.text,
                       lang("{%.60s} is not a column of %s. Its columns: %.400s.",
                            "{%.60s} 不是 %s 的列。它的列有：%.400s。"),
                       word, file, buffer_text(&list));
}

static const char *campaign_texts_reason(int error)
{
    switch (error) {
    case TEMPLATE_UNCLOSED:
        return lang("The text has a { without its }: close it, or write {{ for a brace.",
                    "短信内容里有 { 没有对应的 }：请补上，花括号本身写作 {{。");
    case TEMPLATE_STRAY_BRACE:
        return lang("The text has a } without its {: remove it, or write }} for a brace.",
                    "短信内容里有多余的 }：请删除，花括号本身写作 }}。");
    default:
        return lang("The text has {} without a name: write a column between the braces.",
                    "短信内容里的 {} 没有写列名：请在花括号中写列名。");
    }
}

/* Chinese input methods write these; they would go out as they are, in place of the field. */
static int campaign_texts_wide_braces(const struct campaign_check *check)
{
    if (!strstr(check->order->text, "｛") && !strstr(check->order->text, "｝"))
        return 0;
    conffile_error(
        check->conf, check->places.text, "%s",
        lang("The text has full-width braces ｛ ｝, which would be sent as they are: write "
             "half-width { } around a column's name.",
             "短信内容里有全角花括号 ｛ ｝，会原样发出：列名请写在半角花括号 { } 里。"));
    return 1;
}

static int64_t campaign_texts_less(int64_t limit, int64_t other)
{
    return other > 0 && other < limit ? other : limit;
}

/* The most parts that a modem may send at once. */
static int64_t campaign_texts_limit(const struct office *office, const struct modem *modem)
{
    int64_t limit = INT64_MAX;

    limit = campaign_texts_less(limit, modem->limits.per_hour);
    limit = campaign_texts_less(limit, modem->limits.per_day);
    if (modem->group >= 0) {
        limit = campaign_texts_less(limit, office->groups[modem->group].limits.per_hour);
        limit = campaign_texts_less(limit, office->groups[modem->group].limits.per_day);
    }
    return limit;
}

/* A message is never split over hours: a limit that is smaller lets it wait for ever. */
static void campaign_texts_limits(const struct campaign_check *check, int64_t parts)
{
    const struct office *office = check->office;
    size_t unfit = 0, first = 0;

    for (size_t i = office->n_modems; i-- > 0;)
        if (campaign_texts_limit(office, &office->modems[i]) < parts) {
            unfit++;
            first = i;
        }
    if (unfit > 0 && unfit == office->n_modems)
        conffile_error(check->conf, check->places.text,
                       lang("The message of unit %s takes at least %" PRId64
                            " parts, which is more than the limits of any modem allow: shorten it, "
                            "or raise per_hour and per_day.",
                            "单位 %s 的短信至少占 %" PRId64
                            " 条计费短信，超过所有短信设备的限额：请缩短，或调大 per_hour 和 "
                            "per_day。"),
                       check->places.unit->id, parts);
    else if (unfit > 0)
        conffile_warning(
            check->conf, check->places.text,
            lang("The message of unit %s takes at least %" PRId64
                 " parts; the limits of %zu modems (%s and others) are smaller, and "
                 "these will never send it.",
                 "单位 %s 的短信至少占 %" PRId64
                 " 条计费短信；有 %zu 台短信设备（%s 等）的限额比这还小，不会发送它。"),
            check->places.unit->id, parts, unfit, office->modems[first].id);
}

/* The message with all fields empty: no message of the order can be shorter. */
static void campaign_texts_measure(const struct campaign_check *check,
                                   const struct template *template, size_t columns)
{
    const char **values = mem_array(columns, const char *);
    size_t *lengths = mem_array(columns, size_t);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    size_t max = (size_t)check->campaign->sms.max_parts;
    struct sms_layout layout;
    int rc;

    for (size_t i = 0; i < columns; i++)
        values[i] = "";
    template_render(template, values, lengths, &text);
    free(values);
    free(lengths);
    rc = sms_text_layout(buffer_text(&text), text.length, max, &layout);
    if (rc == 0 && layout.n_parts > 0)
        campaign_texts_limits(check, (int64_t)layout.n_parts);
    if (rc == SMS_TEXT_TOO_LONG)
        conffile_error(
            check->conf, check->places.text,
            lang("The message of unit %s needs more than %zu parts: shorten it, or raise "
                 "sms.max_parts.",
                 "单位 %s 的短信超过 %zu 条计费短信：请缩短，或调大 sms.max_parts。"),
            check->places.unit->id, max);
    else if (rc)
        conffile_error(check->conf, check->places.text,
                       lang("The message of unit %s contains control characters: remove them.",
                            "单位 %s 的短信含有控制字符：请删除。"),
                       check->places.unit->id);
    else if (layout.n_parts > 1)
        conffile_warning(
            check->conf, check->places.text,
            lang("The message of unit %s takes at least %zu parts (%zu characters with "
                 "signature and refusal hint): each is billed.",
                 "单位 %s 的短信至少占 %zu 条计费短信（连签名和拒收提示共 %zu 字）。"),
            check->places.unit->id, layout.n_parts, layout.units);
}

/* 0, or 1 when the template itself is broken: then all files of all its orders would say the same.
 */
static int campaign_texts_template(const struct campaign_check *check, const char *file,
                                   const struct option_strings *columns, bool measure)
{
    MEM_FREE_LATER char *word = NULL;
    struct template *template = NULL;
    int rc;

    if (campaign_texts_wide_braces(check))
        return 1;
    rc = template_parse(check->order->text, check->places.unit->signature,
                        check->campaign->sms.refusal, (const char *const *)columns->items,
                        columns->n, &template, &word);
    if (rc == TEMPLATE_UNKNOWN_FIELD) {
        campaign_texts_unknown(check, file, columns, word);
        return 0;
    }
    if (rc) {
        conffile_error(check->conf, check->places.text, "%s", campaign_texts_reason(rc));
        return 1;
    }
    if (measure)
        campaign_texts_measure(check, template, columns->n);
    template_free(template);
    return 0;
}

/* Can the file be read at all? Else the error stands at the order. */
static int campaign_texts_open(const struct campaign_check *check, const char *file)
{
    struct stat status;

    if (stat(file, &status) < 0 || access(file, R_OK) < 0)
        conffile_error(check->conf, check->places.order,
                       lang("%s can't be read (%s): check its name and its rights.",
                            "无法读取 %s（%s）：请检查文件名和权限。"),
                       file, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        conffile_error(check->conf, check->places.order,
                       lang("%s is a directory or a device: name a CSV file.",
                            "%s 是目录或设备：请写 CSV 文件。"),
                       file);
    else
        return 0;
    return 1;
}

static int campaign_texts_file(const struct campaign_check *check, const char *file, bool measure)
{
    struct option_strings columns = {0};
    int rc = 0;

    if (campaign_texts_open(check, file))
        return 0;
    if (recipients_read_header(file, conffile_diag(check->conf), &columns) == 0 &&
        check->order->text && check->places.unit && check->places.unit->signature)
        rc = campaign_texts_template(check, file, &columns, measure);
    for (size_t i = 0; i < columns.n; i++)
        free(columns.items[i]);
    free(columns.items);
    return rc;
}

void campaign_texts_check(const struct conffile *conf, const struct office *office,
                          const struct campaign *campaign, const struct campaign_places *places)
{
    conf_setting broken = NULL;

    for (size_t i = 0; i < campaign->n_orders; i++) {
        const struct order *order = &campaign->orders[i];
        struct campaign_check check = {conf, office, campaign, order, places[i]};

        if (places[i].text && places[i].text == broken)
            continue;
        if (order->recipients && campaign_texts_file(&check, order->recipients, true))
            broken = places[i].text;
        else if (order->reserve)
            (void)campaign_texts_file(&check, order->reserve, false);
    }
}
