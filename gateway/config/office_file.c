/* office_file: conf/lawcast.cfg into a struct office. See config.h; office_options documents it.
 * Runs: loop. */
#include "gateway/config/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/conffile.h"
#include "gateway/config/ident.h"
#include "gateway/config/idmap.h"
#include "gateway/config/office_inside.h"
#include "gateway/config/office_options.h"
#include "gateway/config/operators_file.h"

#define OFFICE_ZONEINFO "/usr/share/zoneinfo/"

static void office_read_zone(struct office_reader *reader, conf_setting group)
{
    const char *zone = reader->office->timezone;
    struct buffer path BUFFER_FREE_LATER = BUFFER_NULL;
    struct stat status;

    if (!zone)
        return;
    buffer_printf(&path, "%s%s", OFFICE_ZONEINFO, zone);
    if (!isalpha((unsigned char)*zone) || strstr(zone, "..") ||
        stat(buffer_text(&path), &status) < 0 || !S_ISREG(status.st_mode)) {
        conf_setting member = conffile_member(group, "timezone");

        conffile_error(reader->conf, member ? member : group,
                       lang("The time zone %s is not known here (no %s): write Asia/Shanghai, or "
                            "install tzdata.",
                            "不认识时区 %s（没有 %s）：请写 Asia/Shanghai，或安装 tzdata。"),
                       zone, buffer_text(&path));
        return;
    }
    setenv("TZ", zone, 1);
    tzset();
}

void office_resolve(struct office_reader *reader, char **path)
{
    char *resolved;

    if (!*path)
        return;
    resolved = conftext_beside(conffile_path(reader->conf), *path);
    free(*path);
    *path = resolved;
}

static void office_read_operators(struct office_reader *reader)
{
    struct office *office = reader->office;

    office_resolve(reader, &office->operators_file);
    office_resolve(reader, &office->ported_file);
    if (!office->operators_file && !office->ported_file)
        return;
    office->operators = operators_new();
    if (office->operators_file)
        (void)operators_file_read(office->operators_file, office->operators,
                                  conffile_diag(reader->conf));
    if (office->ported_file)
        (void)operators_file_read_ported(office->ported_file, office->operators,
                                         conffile_diag(reader->conf));
}

static void office_read_general(struct office_reader *reader, conf_setting root)
{
    struct office *office = reader->office;
    conf_setting group = conffile_group(reader->conf, root, "office");

    if (group) {
        struct office_general read = {.office = *office};
        struct conf_part part = {office_options_office, &read};

        conffile_fill(reader->conf, group, &part, 1);
        *office = read.office;
        office_read_zone(reader, group);
        office_read_times(reader, group, &read);
        conffile_release(&read.quiet);
        conffile_release(&read.holidays);
    }
    group = conffile_group(reader->conf, root, "ledger");
    if (group) {
        struct conf_part part = {office_options_ledger, office};

        conffile_fill(reader->conf, group, &part, 1);
        office_resolve(reader, &office->ledger_path);
    }
}

void office_enter(struct office_reader *reader, struct idmap *map, const char *text,
                  conf_setting place)
{
    struct conf_place earlier;
    int64_t found = idmap_add(map, text, (int64_t)reader->n_places);

    if (found < 0) {
        if (reader->n_places == reader->places_room) {
            reader->places_room = reader->places_room ? reader->places_room * 2 : 64;
            reader->places = mem_grow(reader->places, reader->places_room, sizeof *reader->places);
        }
        reader->places[reader->n_places++] = place;
        return;
    }
    earlier = conffile_place(reader->conf, reader->places[found]);
    conffile_error(reader->conf, place,
                   lang("%s stands here for the second time; the first is in %s:%d.",
                        "%s 在这里重复出现；第一次在 %s:%d。"),
                   text, earlier.file, earlier.line);
}

static void office_read_signature(struct office_reader *reader, conf_setting group,
                                  const struct unit *unit)
{
    if (unit->signature && (strstr(unit->signature, "【") || strstr(unit->signature, "】")))
        conffile_error(reader->conf, conffile_member(group, "signature"), "%s",
                       lang("Write the signature without the brackets 【】: they are added.",
                            "签名请不要写括号【】：程序会自动加上。"));
}

/* A token says which unit is calling, so no two units have the same. */
static void office_read_token(struct office_reader *reader, conf_setting group,
                              const struct unit *unit)
{
    conf_setting place = conffile_member(group, "token");
    int64_t earlier;

    if (!unit->token)
        return;
    for (const char *c = unit->token; *c; c++)
        if (*c <= ' ' || *c >= 0x7F) {
            conffile_error(
                reader->conf, place, "%s",
                lang("token may only have letters, digits and signs of ASCII: it is sent "
                     "in an HTTP header.",
                     "token 只能用英文字母、数字和半角符号：它要写在 HTTP 头里。"));
            return;
        }
    earlier = idmap_add(reader->tokens, unit->token, (int64_t)reader->office->n_units - 1);
    if (earlier >= 0)
        conffile_error(reader->conf, place,
                       lang("The unit in line %d has the same token: give each unit its own.",
                            "第 %d 行的单位已用了同样的 token：请给每个单位各写一个。"),
                       reader->office->units[earlier].line);
}

static void office_read_unit(struct office_reader *reader, conf_setting group)
{
    struct unit *unit = &reader->office->units[reader->office->n_units++];
    struct office_unit read = {.unit = {.parent = -1}};
    struct conf_part part = {office_options_unit, &read};
    conf_setting contact;
    int64_t earlier;

    conffile_fill(reader->conf, group, &part, 1);
    *unit = read.unit;
    office_enter_parent(reader, group, read.parent);
    free(read.parent);
    unit->line = conffile_main_line(reader->conf, group);
    office_read_signature(reader, group, unit);
    contact = conffile_group(reader->conf, group, "contact");
    if (contact) {
        part = (struct conf_part){office_options_contact, &unit->contact};
        conffile_fill(reader->conf, contact, &part, 1);
    }
    office_read_token(reader, group, unit);
    if (!ident_check(reader->conf, group, unit->id, OFFICE_ID_MAX))
        return;
    earlier = idmap_add(reader->units, unit->id, (int64_t)reader->office->n_units - 1);
    if (earlier >= 0)
        conffile_error(reader->conf, group,
                       lang("The unit %s stands here for the second time; the first is in line %d.",
                            "单位 %s 在这里重复出现；第一次在第 %d 行。"),
                       unit->id, reader->office->units[earlier].line);
}

static void office_read_lists(struct office_reader *reader, conf_setting root)
{
    struct office *office = reader->office;
    conf_setting list;
    size_t n;

    list = conffile_list(reader->conf, root, "units", &n);
    office->units = mem_array(n, struct unit);
    for (size_t i = 0; i < n; i++)
        office_read_unit(reader, conffile_element(list, i));
    if (list && n == 0)
        conffile_error(
            reader->conf, list, "%s",
            lang("units is empty: name at least one unit.", "units 是空的：请至少写一个单位。"));
    office_find_parents(reader, root);
    office_read_limits(reader, root);
    office_read_modems(reader, root);
    office_read_boards(reader, root);
    office_read_listen(reader, root);
    office_read_approval(reader, root);
    office_read_alarm(reader, root);
}

/* A campaign behind -c. */
static bool office_is_campaign(const struct conffile *conf)
{
    conf_setting root = conffile_root(conf);

    if (!conffile_member(root, "campaign") || conffile_member(root, "office") ||
        conffile_member(root, "units"))
        return false;
    conffile_error(
        conf, NULL, "%s",
        lang("This is a campaign file, not a configuration: name the configuration, such "
             "as conf/lawcast.cfg, behind -c.",
             "这是任务文件，不是配置文件：-c 后面请写配置文件，例如 conf/lawcast.cfg。"));
    return true;
}

int config_read_office(const char *path, option_kinds *kinds, struct diag *diag,
                       struct office **out)
{
    size_t errors = diag->errors;
    struct conf_part root;
    struct office_reader reader = {.kinds = kinds};
    struct conffile *conf;

    *out = NULL;
    if (conffile_open(path, diag, &conf) || office_is_campaign(conf)) {
        conffile_close(conf);
        return 1;
    }
    reader.conf = conf;
    reader.office = mem_new(struct office);
    reader.office->file = mem_dup(path);
    reader.units = idmap_new();
    reader.ids = idmap_new();
    reader.devices = idmap_new();
    reader.imsis = idmap_new();
    reader.groups = idmap_new();
    reader.tokens = idmap_new();
    root = (struct conf_part){office_options_root, reader.office};
    conffile_fill(conf, conffile_root(conf), &root, 1);
    office_read_general(&reader, conffile_root(conf));
    office_read_operators(&reader);
    office_read_refusals(&reader, conffile_root(conf));
    office_read_lists(&reader, conffile_root(conf));
    idmap_free(reader.units);
    idmap_free(reader.ids);
    idmap_free(reader.devices);
    idmap_free(reader.imsis);
    idmap_free(reader.groups);
    idmap_free(reader.tokens);
    free(reader.places);
    free(reader.parents);
    conffile_close(conf);
    if (diag->errors == errors) {
        *out = reader.office;
        return 0;
    }
    office_free(reader.office);
    free(reader.office);
    return 1;
}
