/* campaign_file: a campaign file into a struct campaign. See config.h and campaign_options.
 * Runs: loop. */
#include "gateway/config/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/campaign_hint.h"
#include "gateway/config/campaign_inside.h"
#include "gateway/config/campaign_lists.h"
#include "gateway/config/campaign_options.h"
#include "gateway/config/ident.h"
#include "gateway/model/approval.h"

#define CAMPAIGN_FILE "campaign.cfg" /* in a campaign's directory */

void campaign_check_number(const struct campaign_reader *reader, conf_setting list, size_t n,
                           size_t most)
{
    if (n > most)
        conffile_error(reader->conf, conffile_element(list, most),
                       lang("That are %zu, and %zu at most fit into the books. Make several "
                            "campaigns of them.",
                            "共 %zu 项，账本最多容纳 %zu 项。请分成几个任务。"),
                       n, most);
}

/* A hint that asks for an answer which doesn't count breaks its promise to every recipient. */
static void campaign_check_hint(struct campaign_reader *reader, conf_setting sms)
{
    const char *hint = reader->campaign->sms.refusal;

    if (hint && *hint && !campaign_hint_is_known(hint, &reader->office->refusal_words))
        conffile_warning(reader->conf, conffile_member(sms, "refusal"),
                         lang("\"%.60s\" names no answer that counts as a refusal: name R, T, TD, "
                              "退订, 拒收 or STOP, or add the word to refusals in %s.",
                              "“%.60s”里没有可识别的拒收回复：请写 R、T、TD、退订、拒收 或 "
                              "STOP，或在 %s 的 refusals 里添加该词。"),
                         hint, reader->office->file);
}

/* Only by the table of prefixes is a number's network known. */
static void campaign_check_routing(struct campaign_reader *reader, conf_setting sms)
{
    if (reader->campaign->sms.routing == ROUTING_OWN && !reader->office->operators)
        conffile_warning(
            reader->conf, conffile_member(sms, "routing"),
            lang("routing has no effect: without a table of prefixes no number's "
                 "network is known. Add operators = \"operators.csv\" in %s.",
                 "routing 不起作用：没有号段表，无法判断号码属于哪个网络。请在 %s 填写 "
                 "operators = \"operators.csv\"。"),
            reader->office->file);
}

/* A run that ends before then leaves the closing to the next one. */
static void campaign_check_closing(struct campaign_reader *reader, conf_setting sms)
{
    const struct campaign *campaign = reader->campaign;
    long long hours = campaign->sms.report_close_h, wait_s = campaign->sms.report_wait_s;

    if (hours > 0 && campaign->sms.report && hours * 3600 > wait_s)
        conffile_warning(
            reader->conf, conffile_member(sms, "report_close"),
            lang("report_close is %lld h, but a run waits only %lld s for reports after the last "
                 "message (report_wait): what is missing then is closed by the next run of this "
                 "campaign, %lld h after it was sent or later.",
                 "report_close 为 %lld 小时，而最后一条发出后只等待回执 %lld "
                 "秒（report_wait）：届时仍缺的回执，要到发出 %lld "
                 "小时之后再次运行本任务时才结清。"),
            hours, wait_s, hours);
}

/* Without a group sms the presets hold: an empty group says the same. */
static void campaign_read_sms(struct campaign_reader *reader, conf_setting group)
{
    conf_setting sms = conffile_group(reader->conf, group, "sms");
    struct conf_part part = {campaign_options_sms, reader->campaign};

    if (sms) {
        reader->text = conffile_member(sms, "text");
        campaign_times_read(reader, sms, &reader->sms_times);
    }
    conffile_fill(reader->conf, sms, &part, 1);
    campaign_check_hint(reader, sms);
    campaign_check_routing(reader, sms);
    campaign_check_closing(reader, sms);
}

/* A path in the file becomes one that can be opened. */
static void campaign_find_file(struct campaign_reader *reader, char **path)
{
    char *resolved;

    if (!*path)
        return;
    resolved = conftext_beside(conffile_path(reader->conf), *path);
    free(*path);
    *path = resolved;
}

static void campaign_order_unit(struct campaign_reader *reader, conf_setting group, size_t at,
                                const char *name)
{
    struct order *order = &reader->campaign->orders[at];
    int64_t found = idmap_find(reader->units, name);
    const struct unit *unit;

    if (found < 0) {
        ident_unknown(reader->conf, conffile_member(group, "unit"), reader->units, name);
        return;
    }
    order->unit = (size_t)found;
    unit = &reader->office->units[found];
    reader->places[at].unit = unit;
    if (reader->unit_places[found]) {
        struct conf_place earlier = conffile_place(reader->conf, reader->unit_places[found]);

        conffile_error(reader->conf, group,
                       lang("The unit %s has two orders; the first is in %s:%d. Make them one.",
                            "单位 %s 有两个发送单位条目；第一个在 %s:%d。请合并。"),
                       name, earlier.file, earlier.line);
        return;
    }
    reader->unit_places[found] = group;
    if (!unit->signature)
        conffile_error(reader->conf, group,
                       lang("The unit %s has no signature: every message must name its sender. Add "
                            "signature in %s:%d.",
                            "单位 %s 没有签名：每条短信都要署名。请在 %s:%d 填写 signature。"),
                       name, reader->office->file, unit->line);
}

static void campaign_order_text(struct campaign_reader *reader, conf_setting group, size_t at)
{
    struct order *order = &reader->campaign->orders[at];
    conf_setting text = conffile_member(group, "text");

    if (!text && !order->text) {
        text = reader->text;
        order->text = mem_dup(reader->campaign->sms.text);
    }
    if (!text)
        conffile_error(reader->conf, group, "%s",
                       lang("This order has no text: write text here or in sms.",
                            "这个发送单位条目没有短信内容：请在这里或 sms 里写 text。"));
    reader->places[at] = (struct campaign_places){group, text, NULL};
    order->line = conffile_main_line(reader->conf, group);
    order->text_line = conffile_main_line(reader->conf, text);
}

static void campaign_order_windows(struct campaign_reader *reader, conf_setting group, size_t at)
{
    struct campaign_open open = {.use = CAMPAIGN_MESSAGES};
    struct campaign_times own;

    campaign_times_read(reader, group, &own);
    campaign_take_windows(reader, group, &own, &open);
    campaign_times_free(&own);
    reader->campaign->orders[at].windows = open.windows;
    reader->campaign->orders[at].n_windows = open.n;
}

static void campaign_read_orders(struct campaign_reader *reader, conf_setting group)
{
    struct campaign *campaign = reader->campaign;
    size_t n;
    conf_setting list = conffile_list(reader->conf, group, "orders", &n);

    if (n > 0 && reader->office->n_modems == 0)
        conffile_error(reader->conf, conffile_element(list, 0),
                       lang("No modems in %s: no message could be sent. Add modems there.",
                            "%s 里没有 modems：无法发送短信。请在其中填写 modems。"),
                       reader->office->file);
    campaign->orders = mem_array(n, struct order);
    reader->places = mem_array(n, struct campaign_places);
    for (size_t i = 0; i < n; i++) {
        conf_setting element = conffile_element(list, i);
        struct campaign_order read = {0};
        struct conf_part part = {campaign_options_order, &read};

        conffile_fill(reader->conf, element, &part, 1);
        campaign->orders[i] = read.order;
        campaign->n_orders++;
        campaign_find_file(reader, &campaign->orders[i].recipients);
        campaign_find_file(reader, &campaign->orders[i].reserve);
        campaign_order_text(reader, element, i);
        campaign_order_windows(reader, element, i);
        if (read.unit)
            campaign_order_unit(reader, element, i, read.unit);
        free(read.unit);
    }
}

/* The name stands in the approval that somebody else signs. */
static void campaign_check_prepared(struct campaign_reader *reader, conf_setting group)
{
    const char *name = reader->campaign->prepared_by;

    if (name && !approval_is_name(name))
        conffile_error(reader->conf, conffile_member(group, "prepared_by"), "%s",
                       lang("prepared_by expects a person's name, without blanks at its ends and "
                            "control characters.",
                            "prepared_by 应为姓名，首尾没有空格，不含控制字符。"));
}

static void campaign_read(struct campaign_reader *reader, conf_setting root)
{
    struct campaign *campaign = reader->campaign;
    struct conf_part part = {campaign_options_root, campaign};
    conf_setting group;

    conffile_fill(reader->conf, root, &part, 1);
    group = conffile_group(reader->conf, root, "campaign");
    if (!group)
        return;
    part.options = campaign_options_campaign;
    conffile_fill(reader->conf, group, &part, 1);
    (void)ident_check(reader->conf, group, campaign->id, CAMPAIGN_ID_MAX);
    campaign_check_prepared(reader, group);
    campaign_times_read(reader, group, &reader->times);
    campaign_read_sms(reader, group);
    campaign_read_orders(reader, group);
    campaign_read_displays(reader, group);
    campaign_join_windows(reader, group);
    campaign_read_targets(reader, group);
    if (campaign->n_orders + campaign->n_displays == 0)
        conffile_error(reader->conf, group, "%s",
                       lang("The campaign has nothing to do: write orders, displays or both.",
                            "任务没有任何内容：请写 orders 或 displays。"));
    campaign_texts_check(reader->conf, reader->office, campaign, reader->places);
}

/* The office's configuration in place of a campaign would give an error for each of its lines. */
static bool campaign_is_office(const struct conffile *conf)
{
    conf_setting root = conffile_root(conf);

    if (conffile_member(root, "campaign") ||
        !(conffile_member(root, "office") || conffile_member(root, "units")))
        return false;
    conffile_error(conf, NULL, "%s",
                   lang("This is a configuration, not a campaign: name it behind -c, and a file "
                        "with campaign = { ... } here.",
                        "这是配置文件，不是任务文件：请写在 -c 后面；这里应为含 campaign = { ... } "
                        "的文件。"));
    return true;
}

static void campaign_index_office(struct campaign_reader *reader)
{
    const struct office *office = reader->office;

    reader->units = idmap_new();
    reader->boards = idmap_new();
    reader->board_places = mem_array(office->n_boards, conf_setting);
    reader->unit_places = mem_array(office->n_units, conf_setting);
    for (size_t i = 0; i < office->n_units; i++)
        (void)idmap_add(reader->units, office->units[i].id, (int64_t)i);
    for (size_t i = 0; i < office->n_boards; i++)
        (void)idmap_add(reader->boards, office->boards[i].id, (int64_t)i);
}

static char *campaign_path(const char *path)
{
    size_t length = strlen(path);
    struct stat status;

    if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
        return mem_dup(path);
    return mem_printf("%s%s" CAMPAIGN_FILE, path, length && path[length - 1] == '/' ? "" : "/");
}

int config_read_campaign(const char *path, const struct office *office, struct diag *diag,
                         struct campaign **out)
{
    size_t errors = diag->errors, from = diag->n;
    struct campaign_reader reader = {.office = office};
    struct conffile *conf;
    char *file = campaign_path(path);

    *out = NULL;
    if (conffile_open(file, diag, &conf) || campaign_is_office(conf)) {
        conffile_close(conf);
        free(file);
        return 1;
    }
    reader.conf = conf;
    reader.campaign = mem_new(struct campaign);
    reader.campaign->file = file;
    reader.campaign->source = mem_dup(conffile_source(conf));
    campaign_index_office(&reader);
    campaign_read(&reader, conffile_root(conf));
    campaign_lists_read(reader.campaign, diag, from);
    campaign_times_free(&reader.times);
    campaign_times_free(&reader.sms_times);
    idmap_free(reader.units);
    idmap_free(reader.boards);
    free(reader.board_places);
    free(reader.unit_places);
    free(reader.places);
    conffile_close(conf);
    if (diag->errors == errors) {
        *out = reader.campaign;
        return 0;
    }
    campaign_free(reader.campaign);
    free(reader.campaign);
    return 1;
}
