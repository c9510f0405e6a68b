/* office_rules: quiet times, holidays, who approves campaigns, who is told of a shortfall, which
 * unit belongs to which. See office_inside.h.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/config/daytimes.h"
#include "gateway/config/ident.h"
#include "gateway/config/office_inside.h"
#include "gateway/config/office_options.h"
#include "gateway/model/approval.h"

#define OFFICE_APPROVERS_MAX 100
#define OFFICE_DAY_MIN       1440

/* Does it cover the whole week? Then nothing could ever be sent. */
static bool office_is_always_quiet(const struct quiet *quiet)
{
    unsigned days = 0;

    for (size_t i = 0; i < quiet->n; i++)
        if (quiet->spans[i].to_min - quiet->spans[i].from_min == OFFICE_DAY_MIN ||
            (quiet->spans[i].to_min == quiet->spans[i].from_min))
            days |= quiet->spans[i].days;
    return days == 0x7F;
}

void office_read_times(struct office_reader *reader, conf_setting group,
                       const struct office_general *read)
{
    struct office *office = reader->office;
    struct calendar days = {0};

    (void)daytimes_read(reader->conf, group, "quiet", &read->quiet, &office->quiet);
    (void)daytimes_read_days(reader->conf, group, "holidays", &read->holidays, &days);
    office->holidays = days.items;
    office->n_holidays = days.n;
    if (office_is_always_quiet(&office->quiet))
        conffile_error(reader->conf, conffile_member(group, "quiet"), "%s",
                       lang("quiet takes up all days: no message could ever be sent.",
                            "quiet 占满了每一天：永远无法发送短信。"));
}

/* ---- approval ---- */

static void office_check_approver(struct office_reader *reader, conf_setting group, size_t at)
{
    const struct approver *approver = &reader->office->approvers[at];
    struct sign_public key, other;

    if (approver->name && !approval_is_name(approver->name))
        conffile_error(reader->conf, conffile_member(group, "name"), "%s",
                       lang("name expects a person's name, without blanks at its ends and control "
                            "characters.",
                            "name 应为姓名，首尾没有空格，不含控制字符。"));
    if (approver->key && sign_public_parse(approver->key, &key)) {
        conffile_error(reader->conf, conffile_member(group, "key"), "%s",
                       lang("key is no public key: copy the whole line that lawcast approve "
                            "--new-key FILE has printed.",
                            "key 不是公钥：请完整抄录 lawcast approve --new-key 文件 输出的那一行"
                            "。"));
        return;
    }
    for (size_t i = 0; i < at && approver->key && approver->name; i++) {
        const struct approver *earlier = &reader->office->approvers[i];

        if (!earlier->key || !earlier->name || sign_public_parse(earlier->key, &other))
            continue;
        if (memcmp(other.bytes, key.bytes, sizeof key.bytes) == 0 ||
            approval_is_same(earlier->name, approver->name))
            conffile_error(reader->conf, group,
                           lang("The approver in line %d has the same name or the same key: each "
                                "has one of his or her own.",
                                "第 %d 行的审批人与此姓名或公钥相同：每人一条，公钥各不相同。"),
                           earlier->line);
    }
}

static void office_read_approvers(struct office_reader *reader, conf_setting group)
{
    struct office *office = reader->office;
    size_t n;
    conf_setting list = conffile_list(reader->conf, group, "approvers", &n);

    if (n > OFFICE_APPROVERS_MAX) {
        conffile_error(
            reader->conf, conffile_element(list, OFFICE_APPROVERS_MAX),
            lang("There are %zu approvers; %d are the most.", "审批人有 %zu 人；最多 %d 人。"), n,
            OFFICE_APPROVERS_MAX);
        return;
    }
    office->approvers = mem_array(n, struct approver);
    for (size_t i = 0; i < n; i++) {
        conf_setting element = conffile_element(list, i);
        struct conf_part part = {office_options_approver, &office->approvers[i]};

        conffile_fill(reader->conf, element, &part, 1);
        office->approvers[i].line = conffile_main_line(reader->conf, element);
        office->n_approvers++;
        office_check_approver(reader, element, i);
    }
}

void office_read_approval(struct office_reader *reader, conf_setting root)
{
    conf_setting group = conffile_group(reader->conf, root, "approval");
    struct conf_part part = {office_options_approval, reader->office};

    if (!group)
        return;
    conffile_fill(reader->conf, group, &part, 1);
    office_read_approvers(reader, group);
}

/* ---- alarm ---- */

/* Queries are allowed: chat services put their key there. */
static bool office_alarm_is_valid(const char *url)
{
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;

    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F)
            return false;
    return scheme && url[scheme] && !strchr("/?#:", url[scheme]);
}

void office_read_alarm(struct office_reader *reader, conf_setting root)
{
    conf_setting group = conffile_group(reader->conf, root, "alarm");
    struct conf_part part = {office_options_alarm, reader->office};
    const char *url;

    if (!group)
        return;
    conffile_fill(reader->conf, group, &part, 1);
    url = reader->office->alarm_url;
    if (url && !office_alarm_is_valid(url)) /* not told: there may be a key in it */
        conffile_error(reader->conf, conffile_member(group, "url"), "%s",
                       lang("url expects an address such as \"https://192.0.2.30/alarm\", without "
                            "spaces and Chinese characters.",
                            "url 应为地址，例如 \"https://192.0.2.30/alarm\"，不含空格和中文。"));
}

/* ---- units inside units ---- */

void office_enter_parent(struct office_reader *reader, conf_setting group, const char *parent)
{
    struct unit *unit = &reader->office->units[reader->office->n_units - 1];

    unit->parent = -1;
    if (!parent)
        return;
    reader->parents = mem_grow(reader->parents, reader->n_parents + 1, sizeof *reader->parents);
    reader->parents[reader->n_parents++] =
        (struct office_parent){conffile_member(group, "parent"), reader->office->n_units - 1};
}

/* Does the way up from the unit come back to it? So many steps are the longest way. */
static bool office_is_circle(const struct office *office, size_t unit)
{
    int64_t at = office->units[unit].parent;

    for (size_t i = 0; i < office->n_units && at >= 0; i++) {
        if ((size_t)at == unit)
            return true;
        at = office->units[at].parent;
    }
    return false;
}

void office_find_parents(struct office_reader *reader, conf_setting root)
{
    struct office *office = reader->office;
    size_t n;
    conf_setting list = conffile_list(reader->conf, root, "units", &n);

    for (size_t i = 0; i < reader->n_parents; i++) {
        const struct office_parent *one = &reader->parents[i];
        const char *name = conffile_peek(conffile_element(list, one->unit), "parent");
        struct unit *unit = &office->units[one->unit];

        unit->parent = idmap_find(reader->units, name);
        if (unit->parent < 0) {
            ident_unknown(reader->conf, one->place, reader->units, name);
        } else if (office_is_circle(office, one->unit)) {
            conffile_error(reader->conf, one->place, "%s",
                           lang("parent: this unit would belong to itself: name the unit above it, "
                                "and none below.",
                                "parent：这样该单位就隶属于自己：请写上级单位，不要写下级单位。"));
            unit->parent = -1;
        }
    }
}
