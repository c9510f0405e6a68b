/* optprint: option tables as text for people. See optprint.h.
 * Runs: any. */
#include "gateway/config/optprint.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/lang.h"

static void optprint_choices(FILE *out, const char *const *choices)
{
    for (size_t i = 0; choices[i]; i++)
        fprintf(out, "%s\"%s\"", i ? " | " : "", choices[i]);
}

static const struct {
    const char *unit, *chinese;
} optprint_units[] = {
    {"parts", "计费条"}, {"messages", "条"},  {"px", "像素"},  {"ms", "毫秒"}, {"s", "秒"},
    {"h", "小时"},       {"px/s", "像素/秒"}, {"min", "分钟"}, {"days", "天"},
};

const char *optprint_unit(const struct option_def *option)
{
    if (!option->unit)
        return "";
    for (size_t i = 0; i < sizeof optprint_units / sizeof *optprint_units; i++)
        if (strcmp(option->unit, optprint_units[i].unit) == 0)
            return lang(option->unit, optprint_units[i].chinese);
    return option->unit;
}

static void optprint_type(FILE *out, const struct option_def *option)
{
    switch (option->type) {
    case OPTION_STRING:
        fputs(lang("text", "文字"), out);
        return;
    case OPTION_INT:
        fprintf(out, "%" PRId64 "..%" PRId64, option->min, option->max);
        if (option->unit)
            fprintf(out, " %s", optprint_unit(option));
        if (option->choices) {
            fputs(" | ", out);
            optprint_choices(out, option->choices);
        }
        return;
    case OPTION_BOOL:
        fputs("true | false", out);
        return;
    case OPTION_CHOICE:
        optprint_choices(out, option->choices);
        return;
    case OPTION_STRINGS:
        fputs(lang("[ \"text\", ... ]", "[ \"文字\", ... ]"), out);
        return;
    case OPTION_TIME:
        fputs(lang("time \"YYYY-MM-DD HH:MM\"", "时间 \"年-月-日 时:分\""), out);
        return;
    case OPTION_SKIP:
        fputs(lang("see below", "见下"), out);
        return;
    }
}

/* As the file would have it: " and \ inside a text are escaped. */
static void optprint_preset(FILE *out, const struct option_def *option)
{
    bool quoted = option->type == OPTION_STRING || option->type == OPTION_CHOICE;

    fputs(quoted ? "\"" : "", out);
    for (const char *c = option->preset; *c; c++)
        fprintf(out, "%s%c", quoted && (*c == '"' || *c == '\\') ? "\\" : "", *c);
    fputs(quoted ? "\"" : "", out);
}

static void optprint_default(FILE *out, const struct option_def *option)
{
    if (option->required) {
        fputs(lang(", required", "，必填"), out);
    } else if (option->preset) {
        fputs(lang(", default ", "，默认 "), out);
        optprint_preset(out, option);
    } else {
        fputs(lang(", optional", "，可不填"), out);
    }
    if (option->secret)
        fputs(lang(", secret (never shown)", "，保密（从不显示）"), out);
}

void optprint_value(FILE *out, const struct option_def *option)
{
    optprint_type(out, option);
    optprint_default(out, option);
}

void optprint_table(FILE *out, const char *heading, const struct option_def *options)
{
    fprintf(out, "%s\n", heading);
    for (; options->name; options++) {
        fprintf(out, "  %-16s ", options->name);
        optprint_value(out, options);
        fprintf(out, "\n  %-16s %s\n", "", lang(options->help_en, options->help_zh));
    }
    fputc('\n', out);
}

void optprint_groups(FILE *out, const struct option_group *groups)
{
    for (; groups->options; groups++)
        optprint_table(out,
                       groups->heading ? groups->heading : lang("The file holds:", "文件内容："),
                       groups->options);
}
