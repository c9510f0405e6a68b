/* office_modems: banks of modems, their SIMs and their limits. See office_inside.h.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/devices.h"
#include "gateway/config/ident.h"
#include "gateway/config/office_inside.h"
#include "gateway/config/office_options.h"
#include "gateway/model/operators.h"

#define OFFICE_MODEMS_MAX 4096
#define OFFICE_DEVICES    "devices"
#define OFFICE_SPARES     "spare_devices"

/* A bank that is being read. */
struct office_bank_read {
    size_t errors; /* that were there before */
    struct office_reader *reader;
    conf_setting group;
    struct office_bank bank;
    int64_t limits; /* index into office->groups, or -1 */
    int64_t price;  /* in OFFICE_PRICE_UNIT */
    const struct option_strings *spares;
};

static const char *office_devices_reason(int error)
{
    switch (error) {
    case DEVICES_PATTERN:
        return lang("write one range such as /dev/ttyUSB[0-63]",
                    "请写成一个范围，例如 /dev/ttyUSB[0-63]");
    case DEVICES_RELATIVE:
        return lang("write the whole path, beginning with /", "请写完整路径，以 / 开头");
    case DEVICES_DOWNWARD:
        return lang("the range runs downward", "范围的起点大于终点");
    default:
        return lang("an office has at most 4096 modems", "一个办公室最多 4096 台短信设备");
    }
}

/* Adds the paths that the patterns of an option (devices or spare_devices) stand for. */
static void office_expand(const struct office_bank_read *read, const char *option,
                          const struct option_strings *patterns, size_t limit,
                          struct option_strings *paths)
{
    for (size_t i = 0; i < patterns->n; i++) {
        conf_setting place = conffile_item(read->group, option, i);
        int error = devices_expand(patterns->items[i], limit, paths);

        if (error)
            conffile_error(read->reader->conf, place,
                           lang("%s: %s can't be used: %s.", "%s：%s 不能用：%s。"), option,
                           patterns->items[i], office_devices_reason(error));
        else if (devices_looks_like_range(patterns->items[i]))
            conffile_warning(read->reader->conf, place,
                             lang("%s: %s is taken as the name of one device. For several "
                                  "write the range in brackets, such as /dev/ttyUSB[0-4].",
                                  "%s：%s 按一台设备处理。多台请用方括号写范围，例如 "
                                  "/dev/ttyUSB[0-4]。"),
                             option, patterns->items[i]);
    }
}

static void office_add_modem(const struct office_bank_read *read, char *device, size_t number)
{
    const struct office_bank *bank = &read->bank;
    struct office *office = read->reader->office;

    office->modems[office->n_modems++] =
        (struct modem){.id = mem_printf("%s/%zu", bank->id, number),
                       .bank = mem_dup(bank->id),
                       .device = device,
                       .connection = mem_dup(office_connections[bank->connection]),
                       .smsc = mem_dup(bank->smsc),
                       .grace_ms = bank->grace_ms,
                       .timeout_ms = bank->timeout_ms,
                       .gap_ms = bank->gap_ms,
                       .air_ms = bank->air_ms,
                       .price = read->price,
                       .limits = {bank->per_hour, bank->per_day},
                       .group = read->limits,
                       .network = bank->network == OPERATOR_UNKNOWN ? -1 : bank->network,
                       .pin = mem_dup(bank->pin),
                       .imsi = number < bank->imsi.n ? mem_dup(bank->imsi.items[number]) : NULL,
                       .imei = number < bank->imei.n ? mem_dup(bank->imei.items[number]) : NULL,
                       .spares = read->spares,
                       .line = conffile_main_line(read->reader->conf, read->group)};
}

/* The same SIM can't be in two modems. IMEIs may repeat: cheap modems share theirs. */
static void office_enter_sim(const struct office_bank_read *read, size_t number)
{
    struct office *office = read->reader->office;
    const char *imsi = office->modems[office->n_modems - 1].imsi;

    if (imsi && *imsi)
        office_enter(read->reader, read->reader->imsis, imsi,
                     conffile_item(read->group, "imsi", number));
}

/* Is there one for each modem, or none at all? */
static void office_check_count(const struct office_bank_read *read, const char *option,
                               const struct option_strings *ids, size_t modems)
{
    if (ids->n > 0 && ids->n != modems)
        conffile_error(read->reader->conf, conffile_member(read->group, option),
                       lang("%s has %zu entries, but the bank has %zu modems: write one for each, "
                            "in the order of the devices.",
                            "%s 有 %zu 项，而这组设备有 %zu 台：请按设备顺序每台写一项。"),
                       option, ids->n, modems);
}

static void office_expand_bank(struct office_bank_read *read)
{
    struct office *office = read->reader->office;
    struct bank *bank = &office->banks[office->n_banks++];
    struct option_strings paths = {0};

    office_expand(read, OFFICE_SPARES, &read->bank.spare_devices, OFFICE_MODEMS_MAX, &bank->spares);
    bank->id = mem_dup(read->bank.id);
    read->spares = &bank->spares;
    office_expand(read, OFFICE_DEVICES, &read->bank.devices, OFFICE_MODEMS_MAX - office->n_modems,
                  &paths);
    office_check_count(read, "imsi", &read->bank.imsi, paths.n);
    office_check_count(read, "imei", &read->bank.imei, paths.n);
    office->modems = mem_grow(office->modems, office->n_modems + paths.n, sizeof *office->modems);
    for (size_t i = 0; i < paths.n; i++) {
        office_enter(read->reader, read->reader->devices, paths.items[i], read->group);
        office_add_modem(read, paths.items[i], i);
        office_enter_sim(read, i);
    }
    free(paths.items);
}

static void office_check_smsc(const struct office_bank_read *read)
{
    const char *smsc = read->bank.smsc;
    size_t digits;

    if (!smsc)
        return;
    smsc += *smsc == '+';
    digits = strspn(smsc, "0123456789");
    if (smsc[digits] || digits < 5 || digits > 20)
        conffile_error(read->reader->conf, conffile_member(read->group, "smsc"), "%s",
                       lang("smsc expects a number of 5 to 20 digits such as \"+8613800000000\".",
                            "smsc 应为 5 到 20 位号码，例如 \"+8613800000000\"。"));
}

static void office_check_ids(const struct office_bank_read *read, const char *option,
                             const struct option_strings *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        const char *text = ids->items[i];
        size_t digits = strspn(text, "0123456789");

        if (*text && (text[digits] || digits < 14 || digits > 15))
            conffile_error(read->reader->conf, conffile_item(read->group, option, i),
                           lang("%s: \"%.40s\" is none: it has 14 or 15 digits and nothing else.",
                                "%s：“%.40s”不对：应为 14 或 15 位数字，不含其他字符。"),
                           option, text);
    }
}

/* The PIN itself is never told. */
static void office_check_pin(const struct office_bank_read *read)
{
    const struct conffile *conf = read->reader->conf;
    conf_setting place = conffile_member(read->group, "pin");
    const char *pin = read->bank.pin;

    if (pin && pin[strspn(pin, "0123456789")])
        conffile_error(conf, place, "%s",
                       lang("pin expects 4 to 8 digits and nothing else.",
                            "pin 应为 4 到 8 位数字，不含其他字符。"));
}

/* "0.045": digits, a point, at most four more. */
static bool office_parse_price(const char *text, int64_t *price)
{
    size_t whole = strspn(text, "0123456789");
    int64_t unit = OFFICE_PRICE_UNIT;

    if (whole == 0 || whole > 4)
        return false;
    *price = strtoll(text, NULL, 10) * OFFICE_PRICE_UNIT;
    text += whole;
    if (!*text)
        return true;
    if (*text++ != '.' || !*text)
        return false;
    for (; *text >= '0' && *text <= '9' && unit > 1; text++)
        *price += (*text - '0') * (unit /= 10);
    return !*text;
}

static void office_check_price(struct office_bank_read *read)
{
    if (read->bank.price && !office_parse_price(read->bank.price, &read->price))
        conffile_error(read->reader->conf, conffile_member(read->group, "price"),
                       lang("price: \"%.20s\" is no price: write it as \"0.045\", at most 9999, "
                            "with four digits behind the point at most.",
                            "price：“%.20s”不是价格：请写成 \"0.045\"，不超过 9999，小数最多四位"
                            "。"),
                       read->bank.price);
}

/* A SIM whose IMSI says another network than the bank. */
static void office_check_networks(const struct office_bank_read *read)
{
    enum phone_operator network = (enum phone_operator)read->bank.network;

    if (network == OPERATOR_UNKNOWN)
        return;
    for (size_t i = 0; i < read->bank.imsi.n; i++) {
        enum phone_operator own = operators_of_imsi(read->bank.imsi.items[i]);

        if (own != OPERATOR_UNKNOWN && own != network)
            conffile_warning(read->reader->conf, conffile_item(read->group, "imsi", i),
                             lang("This IMSI is one of %s, but operator says %s: correct one of "
                                  "them, or write operator = \"auto\".",
                                  "这个 IMSI 属于%s，但 operator 写的是%s：请改正，或写 operator = "
                                  "\"auto\"。"),
                             phone_operator_label(own), phone_operator_label(network));
    }
    if (!read->reader->office->operators)
        conffile_warning(read->reader->conf, conffile_member(read->group, "operator"), "%s",
                         lang("operator has no effect yet: without a table of prefixes no number's "
                              "network is known. Add operators = \"operators.csv\".",
                              "operator 尚不起作用：没有号段表，无法判断号码属于哪个网络。请填写 "
                              "operators = \"operators.csv\"。"));
}

/* place: the group that has the limits. */
static void office_check_day(const struct office_reader *reader, conf_setting place,
                             const struct meter_limits *limits)
{
    if (limits->per_day > 0 && limits->per_day < limits->per_hour)
        conffile_warning(reader->conf, conffile_member(place, "per_hour"), "%s",
                         lang("per_hour is more than per_day: is one of them wrong?",
                              "per_hour 大于 per_day：是否写错？"));
}

static void office_find_limits(struct office_bank_read *read)
{
    const struct office_bank *bank = &read->bank;
    struct office_reader *reader = read->reader;

    office_check_day(reader, read->group, &(struct meter_limits){bank->per_hour, bank->per_day});
    read->limits = bank->limits ? idmap_find(reader->groups, bank->limits) : -1;
    if (bank->limits && read->limits < 0)
        ident_unknown(reader->conf, conffile_member(read->group, "limits"), reader->groups,
                      bank->limits);
    if (!bank->limits && bank->per_hour == 0 && bank->per_day == 0 &&
        conffile_diag(reader->conf)->errors == read->errors)
        conffile_warning(
            reader->conf, read->group, "%s",
            lang("These modems have no limits: operators bar SIMs that send too much. "
                 "Write per_hour and per_day, such as per_hour = 200; per_day = 1000.",
                 "这组短信设备没有限额：发送过多的 SIM 卡会被运营商停用。请填写 per_hour "
                 "和 per_day，例如 per_hour = 200; per_day = 1000。"));
}

static void office_read_bank(struct office_reader *reader, conf_setting group)
{
    struct office_bank_read read = {
        .reader = reader, .group = group, .errors = conffile_diag(reader->conf)->errors};
    struct conf_part part = {office_options_modem, &read.bank};

    conffile_fill(reader->conf, group, &part, 1);
    office_check_smsc(&read);
    office_check_ids(&read, "imsi", &read.bank.imsi);
    office_check_ids(&read, "imei", &read.bank.imei);
    office_check_pin(&read);
    office_check_networks(&read);
    office_check_price(&read);
    office_find_limits(&read);
    if (ident_check(reader->conf, group, read.bank.id, OFFICE_ID_MAX)) {
        office_enter(reader, reader->ids, conffile_peek(group, "id"), group);
        office_expand_bank(&read);
    }
    option_release(office_options_modem, &read.bank);
}

/* Modems lend from their bank: the array is never moved. */
void office_read_modems(struct office_reader *reader, conf_setting root)
{
    size_t n;
    conf_setting list = conffile_list(reader->conf, root, "modems", &n);

    reader->office->banks = mem_array(n, struct bank);
    for (size_t i = 0; i < n; i++)
        office_read_bank(reader, conffile_element(list, i));
}

static void office_read_group(struct office_reader *reader, conf_setting place)
{
    struct office *office = reader->office;
    struct limit_group *group = &office->groups[office->n_groups++];
    struct conf_part part = {office_options_limits, group};
    size_t errors = conffile_diag(reader->conf)->errors;
    int64_t earlier;

    conffile_fill(reader->conf, place, &part, 1);
    group->line = conffile_main_line(reader->conf, place);
    office_check_day(reader, place, &group->limits);
    if (group->limits.per_hour == 0 && group->limits.per_day == 0 &&
        conffile_diag(reader->conf)->errors == errors)
        conffile_warning(reader->conf, place, "%s",
                         lang("This group limits nothing: write per_hour, per_day or both.",
                              "这一组没有限额：请填写 per_hour、per_day 或两者。"));
    if (!ident_check(reader->conf, place, group->id, OFFICE_ID_MAX))
        return;
    earlier = idmap_add(reader->groups, group->id, (int64_t)office->n_groups - 1);
    if (earlier >= 0)
        conffile_error(reader->conf, place,
                       lang("The group %s stands here for the second time; the first is in line "
                            "%d.",
                            "限额组 %s 在这里重复出现；第一次在第 %d 行。"),
                       group->id, office->groups[earlier].line);
}

void office_read_limits(struct office_reader *reader, conf_setting root)
{
    size_t n;
    conf_setting list = conffile_list(reader->conf, root, "limits", &n);

    reader->office->groups = mem_array(n, struct limit_group);
    for (size_t i = 0; i < n; i++)
        office_read_group(reader, conffile_element(list, i));
}
