/* manpage: a manual page from its source and the program's tables. See manpage.h.
 * Runs: any. */
#include "gateway/manpage.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/adapter.h"
#include "gateway/audit.h"
#include "gateway/command.h"
#include "gateway/config/config.h"
#include "gateway/manroff.h"

#define MANPAGE_LIMIT   (1 << 20)
#define MANPAGE_REMARKS 512

struct manpage_remark {
    const char *key;
    char *text; /* its lines, in the page */
    int line;
    bool used;
};

struct manpage {
    const char *path;
    FILE *out;
    char *rest; /* what is still to be read; each line is ended where it is taken */
    int line;
    struct manpage_remark *remarks; /* of the block that is being read */
    size_t n;
};

static char *manpage_next(struct manpage *page)
{
    char *line;

    if (!page->rest || !*page->rest)
        return NULL;
    line = strsep(&page->rest, "\n");
    page->line++;
    return line;
}

static int manpage_wrong(const struct manpage *page, int line, const char *what)
{
    fprintf(stderr,
            lang("%s:%d: error: \"%s\" stands for nothing here. See gateway/manpage.h.\n",
                 "%s:%d：错误：“%s”在此处没有对应内容。请见 gateway/manpage.h。\n"),
            page->path, line, what);
    return COMMAND_REFUSED;
}

static void manpage_remark(struct manpage *page, const char *section, const char *mark,
                           const char *option)
{
    MEM_FREE_LATER char *key = mem_printf("%s%s%s", section, mark, option);

    for (size_t i = 0; i < page->n; i++) {
        struct manpage_remark *remark = &page->remarks[i];

        if (strcmp(remark->key, key) != 0)
            continue;
        MEM_FREE_LATER char *copy = mem_dup(remark->text);
        char *rest = copy, *line;

        while ((line = strsep(&rest, "\n")))
            if (rest || *line)
                manroff_put_source(page->out, line);
        remark->used = true;
    }
}

/* What a function prints, as one line of text; to be freed. */
static char *manpage_value(const struct option_def *option)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    LOG_ASSERT(out);
    fputs(lang("(", "（"), out);
    optprint_value(out, option);
    fputs(lang(")", "）"), out);
    LOG_ASSERT(fclose(out) == 0);
    return text;
}

static size_t manpage_name_length(const struct option_group *group)
{
    return strcspn(group->heading, " ");
}

static void manpage_option(struct manpage *page, const char *section,
                           const struct option_def *option)
{
    MEM_FREE_LATER char *value = manpage_value(option);

    fprintf(page->out, ".It Ic %s\n", option->name);
    manroff_put_line(page->out, value);
    fputs(".br\n", page->out);
    manroff_put_line(page->out, lang(option->help_en, option->help_zh));
    manpage_remark(page, section, ".", option->name);
}

static void manpage_table(struct manpage *page, const char *section,
                          const struct option_def *options)
{
    fputs(".Bl -tag -width Ds\n", page->out);
    for (; options->name; options++)
        manpage_option(page, section, options);
    fputs(".El\n", page->out);
    manpage_remark(page, section, "/", "");
}

/* What the table above it says of a group. */
static const struct option_def *manpage_parent(const struct option_group *groups, const char *name)
{
    for (; groups->options; groups++)
        for (const struct option_def *option = groups->options; option->name; option++)
            if (option->type == OPTION_SKIP && strcmp(option->name, name) == 0)
                return option;
    return NULL;
}

static void manpage_groups(struct manpage *page, const struct option_group *groups)
{
    for (const struct option_group *group = groups; group->options; group++) {
        const struct option_def *parent;

        if (!group->heading) {
            manpage_table(page, "", group->options);
            continue;
        }
        MEM_FREE_LATER char *name = mem_dup_n(group->heading, manpage_name_length(group));

        fprintf(page->out, ".Ss %s\n.Dl ", name);
        manroff_put_argument(page->out, group->heading);
        fputs("\n.Pp\n", page->out);
        parent = manpage_parent(groups, name);
        if (parent)
            manroff_put_line(page->out, lang(parent->help_en, parent->help_zh));
        manpage_remark(page, name, "", "");
        manpage_table(page, name, group->options);
    }
}

static void manpage_kinds(struct manpage *page)
{
    const struct option_kind *kind;

    for (size_t i = 0; (kind = adapter_board_kind(i)); i++) {
        fprintf(page->out, ".Ss %s\n", kind->name);
        manpage_remark(page, kind->name, "", "");
        manpage_table(page, kind->name, kind->options);
    }
}

static void manpage_command(struct manpage *page, const struct command *command)
{
    MEM_FREE_LATER char *usage = mem_printf("lawcast %s %s", command->name, command->usage);

    fprintf(page->out, ".Ss %s\n", command->name);
    manroff_put_literal(page->out, usage);
    fputs(".Pp\n", page->out);
    manroff_put_line(page->out, lang(command->help_en, command->help_zh));
    manpage_remark(page, command->name, "", "");
    manroff_put_text(page->out, lang(command->long_en, command->long_zh));
    manpage_remark(page, command->name, "/", "");
}

/* Calls for each command, the subcommands of audit behind it. */
static void manpage_each(struct manpage *page,
                         void (*print)(struct manpage *, const struct command *))
{
    for (size_t i = 0; commands[i]; i++) {
        print(page, commands[i]);
        for (size_t j = 0; commands[i] == &command_audit && audit_commands[j]; j++)
            print(page, audit_commands[j]);
    }
}

/* The usage on one line, however it stands in the help. Only where the section is called SYNOPSIS
 * would .Nm begin a line by itself. */
static void manpage_usage(struct manpage *page, const struct command *command)
{
    BUFFER_FREE_LATER struct buffer usage = BUFFER_NULL;

    for (const char *c = command->usage; *c; c++)
        if (*c != '\n' && (*c != ' ' || (c > command->usage && c[-1] != ' ' && c[-1] != '\n')))
            buffer_add_char(&usage, *c);
        else if (*c == '\n')
            buffer_add_char(&usage, ' ');
    fprintf(page->out, ".br\n.Nm\n.Cm %s\n", command->name);
    if (usage.length)
        manroff_put_line(page->out, buffer_text(&usage));
}

static void manpage_commands(struct manpage *page)
{
    manpage_each(page, manpage_command);
}

static void manpage_conf(struct manpage *page)
{
    manpage_groups(page, config_office_groups);
}

static void manpage_campaign(struct manpage *page)
{
    manpage_groups(page, config_campaign_groups);
}

static const struct {
    const char *mark;
    void (*print)(struct manpage *page);
} manpage_blocks[] = {
    {"@COMMANDS", manpage_commands},
    {"@OPTIONS conf", manpage_conf},
    {"@OPTIONS campaign", manpage_campaign},
    {"@OPTIONS kinds", manpage_kinds},
};

/* Reads the remarks up to @END. */
static int manpage_read_remarks(struct manpage *page, const char *mark)
{
    int line = page->line;
    char *text;

    page->n = 0;
    while ((text = manpage_next(page)) && strcmp(text, "@END") != 0) {
        struct manpage_remark *last = page->n ? &page->remarks[page->n - 1] : NULL;

        if (*text == '@' && page->n < MANPAGE_REMARKS) {
            page->remarks[page->n++] =
                (struct manpage_remark){.key = text + 1, .text = mem_dup(""), .line = page->line};
        } else if (*text == '@' || !last) {
            return manpage_wrong(page, page->line, text);
        } else {
            char *longer = mem_printf("%s%s\n", last->text, text);

            free(last->text);
            last->text = longer;
        }
    }
    return text ? COMMAND_FINE : manpage_wrong(page, line, mark);
}

static int manpage_block(struct manpage *page, const char *mark, void (*print)(struct manpage *))
{
    int result = manpage_read_remarks(page, mark);

    if (result == COMMAND_FINE)
        print(page);
    for (size_t i = 0; i < page->n; i++) {
        if (result == COMMAND_FINE && !page->remarks[i].used)
            result = manpage_wrong(page, page->remarks[i].line, page->remarks[i].key);
        free(page->remarks[i].text);
    }
    page->n = 0;
    return result;
}

static int manpage_mark(struct manpage *page, const char *mark)
{
    if (strcmp(mark, "@SYNOPSIS") == 0) {
        manpage_each(page, manpage_usage);
        return COMMAND_FINE;
    }
    for (size_t i = 0; i < sizeof manpage_blocks / sizeof *manpage_blocks; i++)
        if (strcmp(mark, manpage_blocks[i].mark) == 0)
            return manpage_block(page, mark, manpage_blocks[i].print);
    return manpage_wrong(page, page->line, mark);
}

int manpage_print(const char *path, FILE *out)
{
    BUFFER_FREE_LATER struct buffer source = BUFFER_NULL;
    struct manpage page = {.path = path, .out = out};
    int rc = buffer_read_file(&source, path, MANPAGE_LIMIT), result = COMMAND_FINE;
    char *line;

    if (rc) {
        fprintf(stderr, lang("lawcast: %s can't be read: %s.\n", "lawcast：无法读取 %s：%s。\n"),
                path, lang_error(rc));
        return rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE;
    }
    page.rest = source.data;
    page.remarks = mem_array(MANPAGE_REMARKS, struct manpage_remark);
    while (result == COMMAND_FINE && (line = manpage_next(&page)))
        if (*line == '@')
            result = manpage_mark(&page, line);
        else
            manroff_put_source(out, line);
    free(page.remarks);
    return result;
}
