/* conffile: a configuration file and its settings. See conffile.h.
 * Runs: loop. */
#include "gateway/config/conffile.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libconfig.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/idmap.h"

struct conffile {
    struct diag *diag;
    struct conftext *text;
    config_t parsed;
    char *path;
    struct idmap *confidential; /* files with a secret whose rights were looked at */
};

static void conffile_syntax_error(const struct conffile *conf)
{
    const char *why = config_error_text(&conf->parsed);
    struct conf_place place = conftext_place(conf->text, config_error_line(&conf->parsed));

    if (why && strcmp(why, "syntax error") == 0)
        diag_error(conf->diag, place.file, place.line, "%s",
                   lang("This can't be read. Look here and in the line before for a missing ; , = "
                        "quotation mark or bracket.",
                        "语法错误：请检查本行和上一行是否缺少分号、逗号、等号、引号或括号。"));
    else if (why && strcmp(why, "duplicate setting name") == 0)
        diag_error(conf->diag, place.file, place.line, "%s",
                   lang("This name stands here for the second time: remove one of the two.",
                        "这个名称重复出现：请删除其中一个。"));
    else
        diag_error(conf->diag, place.file, place.line,
                   lang("This can't be read: %s.", "无法读取这里的内容：%s。"), why ? why : "?");
}

int conffile_open(const char *path, struct diag *diag, struct conffile **out)
{
    struct conffile *conf;
    struct conftext *text;

    *out = NULL;
    if (conftext_read(path, diag, &text))
        return 1;
    conf = mem_new(struct conffile);
    conf->diag = diag;
    conf->text = text;
    conf->path = mem_dup(path);
    conf->confidential = idmap_new();
    config_init(&conf->parsed);
    if (!config_read_string(&conf->parsed, conftext_clean(text))) {
        conffile_syntax_error(conf);
        conffile_close(conf);
        return 1;
    }
    *out = conf;
    return 0;
}

void conffile_close(struct conffile *conf)
{
    if (!conf)
        return;
    config_destroy(&conf->parsed);
    idmap_free(conf->confidential);
    conftext_free(conf->text);
    free(conf->path);
    free(conf);
}

const char *conffile_path(const struct conffile *conf)
{
    return conf->path;
}

const char *conffile_source(const struct conffile *conf)
{
    return conftext_source(conf->text);
}

struct diag *conffile_diag(const struct conffile *conf)
{
    return conf->diag;
}

conf_setting conffile_root(const struct conffile *conf)
{
    return config_root_setting(&conf->parsed);
}

static int conffile_line(conf_setting setting)
{
    unsigned line = setting->line; /* config_setting_source_line says unsigned short */

    return line <= INT_MAX ? (int)line : INT_MAX;
}

struct conf_place conffile_place(const struct conffile *conf, conf_setting setting)
{
    if (!setting || config_setting_is_root(setting))
        return (struct conf_place){conf->path, 0};
    return conftext_place(conf->text, conffile_line(setting));
}

int conffile_main_line(const struct conffile *conf, conf_setting setting)
{
    return setting ? conftext_main_line(conf->text, conffile_line(setting)) : 0;
}

void conffile_has_secret(const struct conffile *conf, conf_setting setting)
{
    struct conf_place place = conffile_place(conf, setting);
    struct stat status;

    if (idmap_add(conf->confidential, place.file, 0) < 0 && stat(place.file, &status) == 0 &&
        S_ISREG(status.st_mode) && (status.st_mode & S_IROTH))
        conffile_warning(conf, setting,
                         lang("Everybody on this machine can read this file, and here is a "
                              "password in it: chmod o-r %s",
                              "本机任何人都能读取此文件，而这里写有密码：请执行 chmod o-r %s"),
                         place.file);
}

conf_setting conffile_member(conf_setting group, const char *name)
{
    return group ? config_setting_get_member(group, name) : NULL;
}

conf_setting conffile_group(const struct conffile *conf, conf_setting parent, const char *name)
{
    conf_setting member = conffile_member(parent, name);

    if (member && !config_setting_is_group(member)) {
        conffile_error(conf, member,
                       lang("%s expects a group: %s = { ... };", "%s 应为一组设置：%s = { ... };"),
                       name, name);
        return NULL;
    }
    return member;
}

conf_setting conffile_list(const struct conffile *conf, conf_setting parent, const char *name,
                           size_t *n)
{
    conf_setting member = conffile_member(parent, name);
    bool groups = member && config_setting_is_list(member);
    size_t count = groups ? (size_t)config_setting_length(member) : 0;

    *n = 0;
    if (!member)
        return NULL;
    for (size_t i = 0; i < count && groups; i++)
        groups = config_setting_is_group(conffile_element(member, i));
    if (!groups) {
        conffile_error(conf, member,
                       lang("%s expects a list of groups: %s = ( { ... }, { ... } );",
                            "%s 应为若干组设置：%s = ( { ... }, { ... } );"),
                       name, name);
        return NULL;
    }
    *n = count;
    return member;
}

conf_setting conffile_element(conf_setting list, size_t i)
{
    return config_setting_get_elem(list, (unsigned)i);
}

conf_setting conffile_item(conf_setting group, const char *name, size_t i)
{
    conf_setting member = conffile_member(group, name);

    if (!member || !config_setting_is_aggregate(member))
        return member;
    return config_setting_get_elem(member, (unsigned)i);
}

const char *conffile_peek(conf_setting group, const char *name)
{
    conf_setting member = conffile_member(group, name);

    return member ? config_setting_get_string(member) : NULL;
}
