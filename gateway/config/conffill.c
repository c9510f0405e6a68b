/* conffill: one group of settings into structs, as option tables say. See conffile.h.
 * Runs: loop. */
#include "gateway/config/conffile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/optprint.h"
#include "gateway/config/timetext.h"
#include "gateway/model/window.h"

#define CONFFILL_BYTES   4096  /* of a string, when its table says nothing */
#define CONFFILL_ITEMS   10000 /* of a list of strings, same */
#define CONFFILL_OPTIONS 128   /* of all parts of a group */

/* One option of one group being filled. */
struct conf_slot {
    const struct conffile *conf;
    conf_setting setting;
    const struct option_def *option;
    void *field;
};

/* " ms", or "" : to stand behind a number. */
static const char *conffill_space(const struct option_def *option)
{
    return option->unit ? " " : "";
}

static void conffill_expects(const struct conf_slot *slot)
{
    const char *name = slot->option->name;
    bool quoted = config_setting_type(slot->setting) == CONFIG_TYPE_STRING;
    const char *what = lang("a text in quotation marks", "加引号的文字");

    if (slot->option->type == OPTION_INT)
        what = quoted ? lang("a whole number without quotation marks", "不加引号的整数")
                      : lang("a whole number", "整数");
    else if (slot->option->type == OPTION_BOOL)
        what = lang("true or false (without quotation marks)", "true 或 false（不加引号）");
    else if (slot->option->type == OPTION_STRINGS)
        what = lang("texts: [ \"...\", \"...\" ]", "若干段文字：[ \"...\", \"...\" ]");
    else if (slot->option->type == OPTION_TIME)
        what = lang("a time such as \"2026-10-31 08:30\"", "时间，例如 \"2026-10-31 08:30\"");
    conffile_error(slot->conf, slot->setting, lang("%s expects %s.", "%s 应为%s。"), name, what);
}

/* Checks a text and copies it; NULL with an error when it is not fit. at: the setting that holds
 * it. */
static char *conffill_text(const struct conf_slot *slot, conf_setting at, int64_t min, int64_t max)
{
    const char *text = config_setting_get_string(at), *name = slot->option->name;
    size_t length = strlen(text);

    if (length == 0 && min > 0)
        conffile_error(slot->conf, at, lang("%s must not be empty.", "%s 不能为空。"), name);
    else if (length < (size_t)min || length > (size_t)max)
        conffile_error(slot->conf, at,
                       lang("%s has %zu bytes; it must have %" PRId64 " to %" PRId64
                            " (a Chinese character is 3).",
                            "%s 长 %zu 字节；应为 %" PRId64 " 到 %" PRId64
                            " 字节（一个汉字占 3 字节）。"),
                       name, length, min, max);
    else if (!utf8_is_valid(text, length))
        conffile_error(
            slot->conf, at,
            lang("%s contains \\x.. escapes that make no valid UTF-8: write the characters "
                 "themselves.",
                 "%s 里的 \\x.. 不是有效的 UTF-8：请直接写字符。"),
            name);
    else
        return mem_dup_n(text, length);
    return NULL;
}

static void conffill_string(const struct conf_slot *slot)
{
    const struct option_def *option = slot->option;
    int64_t min = option->required && option->min < 1 ? 1 : option->min;
    char *text;

    if (config_setting_type(slot->setting) != CONFIG_TYPE_STRING) {
        conffill_expects(slot);
        return;
    }
    text = conffill_text(slot, slot->setting, min, option->max ? option->max : CONFFILL_BYTES);
    if (!text)
        return;
    free(*(char **)slot->field);
    *(char **)slot->field = text;
}

static int conffill_find_choice(const struct option_def *option, const char *text)
{
    for (int i = 0; option->choices && option->choices[i]; i++)
        if (strcmp(option->choices[i], text) == 0)
            return i;
    return -1;
}

/* The choices of an INT are words for its smallest values: min, min + 1, ... */
static void conffill_int(const struct conf_slot *slot)
{
    const struct option_def *option = slot->option;
    int type = config_setting_type(slot->setting);
    int64_t value;
    int word = -1;

    if (type == CONFIG_TYPE_STRING)
        word = conffill_find_choice(option, config_setting_get_string(slot->setting));
    if (word >= 0) {
        *(int64_t *)slot->field = option->min + word;
        return;
    }
    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
        conffill_expects(slot);
        return;
    }
    value = type == CONFIG_TYPE_INT ? config_setting_get_int(slot->setting)
                                    : config_setting_get_int64(slot->setting);
    if (value < option->min || value > option->max)
        conffile_error(slot->conf, slot->setting,
                       lang("%s must be between %" PRId64 " and %" PRId64 "%s%s, not %" PRId64 ".",
                            "%s 应在 %" PRId64 " 到 %" PRId64 "%s%s 之间，不能是 %" PRId64 "。"),
                       option->name, option->min, option->max, conffill_space(option),
                       optprint_unit(option), value);
    else
        *(int64_t *)slot->field = value;
}

static void conffill_bool(const struct conf_slot *slot)
{
    if (config_setting_type(slot->setting) != CONFIG_TYPE_BOOL)
        conffill_expects(slot);
    else
        *(bool *)slot->field = config_setting_get_bool(slot->setting) != 0;
}

static void conffill_choice(const struct conf_slot *slot)
{
    const struct option_def *option = slot->option;
    struct buffer list BUFFER_FREE_LATER = BUFFER_NULL;
    const char *text;
    int found;

    if (config_setting_type(slot->setting) != CONFIG_TYPE_STRING) {
        conffill_expects(slot);
        return;
    }
    text = config_setting_get_string(slot->setting);
    found = conffill_find_choice(option, text);
    if (found >= 0) {
        *(int *)slot->field = found;
        return;
    }
    for (size_t i = 0; option->choices[i]; i++)
        buffer_printf(&list, "%s\"%s\"", i ? ", " : "", option->choices[i]);
    conffile_error(
        slot->conf, slot->setting,
        lang("%s can't be \"%.60s\"; it is one of %s.", "%s 不能是 \"%.60s\"；可选：%s。"),
        option->name, text, buffer_text(&list));
}

static void conffill_strings(const struct conf_slot *slot)
{
    const struct option_def *option = slot->option;
    int64_t max = option->max ? option->max : CONFFILL_ITEMS, min = option->required ? 1 : 0;
    struct option_strings *out = slot->field;
    bool one = config_setting_type(slot->setting) == CONFIG_TYPE_STRING;
    size_t n = one ? 1 : 0;

    if (config_setting_is_array(slot->setting) || config_setting_is_list(slot->setting))
        n = (size_t)config_setting_length(slot->setting);
    else if (!one) {
        conffill_expects(slot);
        return;
    }
    min = option->min > min ? option->min : min;
    if ((int64_t)n < min || (int64_t)n > max) {
        conffile_error(slot->conf, slot->setting,
                       lang("%s has %zu texts; it must have %" PRId64 " to %" PRId64 ".",
                            "%s 有 %zu 项；应为 %" PRId64 " 到 %" PRId64 " 项。"),
                       option->name, n, min, max);
        return;
    }
    out->items = mem_array(n, char *);
    for (size_t i = 0; i < n; i++) {
        conf_setting at = one ? slot->setting : conffile_element(slot->setting, i);

        if (config_setting_type(at) != CONFIG_TYPE_STRING) {
            conffill_expects(slot);
            return;
        }
        out->items[out->n] = conffill_text(slot, at, 1, CONFFILL_BYTES);
        if (!out->items[out->n])
            out->items[out->n] = mem_dup(""); /* keeps the places of the others right */
        out->n++;
    }
}

static void conffill_time(const struct conf_slot *slot)
{
    const char *text = config_setting_get_string(slot->setting);
    struct buffer why BUFFER_FREE_LATER = BUFFER_NULL;

    if (!text) {
        conffill_expects(slot);
    } else if (window_parse_time(text, slot->field)) {
        timetext_explain(text, &why);
        conffile_error(slot->conf, slot->setting,
                       lang("%s: \"%.40s\" is not a time. %s", "%s：\"%.40s\" 不是有效时间。%s"),
                       slot->option->name, text, buffer_text(&why));
    }
}

/* How a type is read; a preset is set first, so an error leaves it. */
static void (*const conffill_types[])(const struct conf_slot *slot) = {
    [OPTION_STRING] = conffill_string,
    [OPTION_INT] = conffill_int,
    [OPTION_BOOL] = conffill_bool,
    [OPTION_CHOICE] = conffill_choice,
    [OPTION_STRINGS] = conffill_strings,
    [OPTION_TIME] = conffill_time,
    [OPTION_SKIP] = NULL,
};

/* A preset is part of the program: a bad one is a broken invariant. */
static void conffill_preset(const struct option_def *option, void *field)
{
    const char *preset = option->preset;
    char *end = NULL;

    if (!preset)
        return;
    switch (option->type) {
    case OPTION_STRING:
        *(char **)field = mem_dup(preset);
        return;
    case OPTION_INT:
        errno = 0;
        *(int64_t *)field = strtoll(preset, &end, 10);
        LOG_ASSERT(errno == 0 && *preset && !*end);
        return;
    case OPTION_BOOL:
        *(bool *)field = strcmp(preset, "true") == 0;
        LOG_ASSERT(*(bool *)field || strcmp(preset, "false") == 0);
        return;
    case OPTION_CHOICE:
        *(int *)field = conffill_find_choice(option, preset);
        LOG_ASSERT(*(int *)field >= 0);
        return;
    case OPTION_STRINGS:
    case OPTION_TIME:
    case OPTION_SKIP:
        break;
    }
    log_panic("broken invariant: option %s has a preset", option->name);
}

static void conffill_option(const struct conffile *conf, conf_setting group,
                            const struct option_def *option, void *filled)
{
    struct conf_slot slot = {conf, conffile_member(group, option->name), option,
                             (char *)filled + option->offset};

    if (option->type != OPTION_SKIP && !(option->type == OPTION_STRINGS && slot.setting))
        conffill_preset(option, slot.field);
    if (!slot.setting) {
        if (option->required)
            conffile_error(conf, group, lang("%s is missing here. %s", "这里缺少 %s。%s"),
                           option->name, lang(option->help_en, option->help_zh));
        return;
    }
    if (option->secret)
        conffile_has_secret(conf, slot.setting);
    if (conffill_types[option->type])
        conffill_types[option->type](&slot);
}

static void conffill_names(const struct conf_part *parts, size_t n, const char **names)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        for (const struct option_def *option = parts[i].options; option->name; option++) {
            LOG_ASSERT(count < CONFFILL_OPTIONS);
            names[count++] = option->name;
        }
    names[count] = NULL;
}

static void conffill_check_name(const struct conffile *conf, conf_setting member,
                                const char *const *names)
{
    const char *name = config_setting_name(member), *nearest;

    for (const char *const *known = names; *known; known++)
        if (strcmp(*known, name) == 0)
            return;
    nearest = diag_nearest(name, names);
    if (nearest)
        conffile_error(conf, member,
                       lang("%.60s is not an option here. Did you mean %s?",
                            "这里没有 %.60s 这个选项。是不是 %s？"),
                       name, nearest);
    else
        conffile_error(conf, member,
                       lang("%.60s is not an option here: correct or remove it.",
                            "这里没有 %.60s 这个选项：请改正或删除。"),
                       name);
}

void conffile_fill(const struct conffile *conf, conf_setting group, const struct conf_part *parts,
                   size_t n)
{
    const char *names[CONFFILL_OPTIONS + 1];
    int members = group ? config_setting_length(group) : 0;

    conffill_names(parts, n, names);
    for (int i = 0; i < members; i++)
        conffill_check_name(conf, conffile_element(group, (size_t)i), names);
    for (size_t i = 0; i < n; i++)
        for (const struct option_def *option = parts[i].options; option->name; option++)
            conffill_option(conf, group, option, parts[i].filled);
}

void conffile_release(struct option_strings *strings)
{
    for (size_t i = 0; i < strings->n; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct option_strings){0};
}
