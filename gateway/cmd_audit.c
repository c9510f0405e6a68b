/* cmd_audit: lawcast audit: what proves that the books are whole.
 * Runs: any. */
#include <string.h>

#include "gateway/audit.h"
#include "gateway/base/lang.h"

#define AUDIT_COMMANDS_MAX 16

/* In the order of help. */
const struct command *const audit_commands[] = {
    &audit_verify, &audit_prove,   &audit_check, &audit_checkpoint, &audit_cosign, &audit_key,
    &audit_export, &audit_compare, NULL,
};

/* "verify" of "audit verify". */
static const char *audit_word(const struct command *command)
{
    return strchr(command->name, ' ') + 1;
}

static const struct command *audit_find(const char *word)
{
    for (size_t i = 0; audit_commands[i]; i++)
        if (strcmp(audit_word(audit_commands[i]), word) == 0)
            return audit_commands[i];
    return NULL;
}

static int audit_unknown(const char *word)
{
    const char *names[AUDIT_COMMANDS_MAX + 1] = {NULL}, *nearest;

    for (size_t i = 0; audit_commands[i] && i < AUDIT_COMMANDS_MAX; i++)
        names[i] = audit_word(audit_commands[i]);
    nearest = diag_nearest(word, names);
    fprintf(stderr,
            lang("lawcast audit: there is no subcommand \"%s\".",
                 "lawcast audit：没有“%s”这个子命令。"),
            word);
    if (nearest)
        fprintf(stderr, lang(" Did you mean \"%s\"?", "是否想用 %s？"), nearest);
    fputs(lang(" See \"lawcast audit\".\n", "详见 lawcast audit。\n"), stderr);
    return COMMAND_USAGE;
}

static int audit_list(void)
{
    command_print_help(&command_audit, stdout);
    for (size_t i = 0; audit_commands[i]; i++)
        printf("  %-12s%s\n", audit_word(audit_commands[i]),
               lang(audit_commands[i]->help_en, audit_commands[i]->help_zh));
    fputs(lang("\n\"lawcast audit SUBCOMMAND --help\" tells the rest.\n",
               "\n详见 lawcast audit 子命令 --help。\n"),
          stdout);
    return COMMAND_FINE;
}

static int audit_run(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return audit_list();
    if (argv[1][0] == '-')
        return command_misused(&command_audit,
                               lang("A subcommand is missing before %s.", "%s 之前缺少子命令。"),
                               argv[1]);
    command = audit_find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : audit_unknown(argv[1]);
}

const struct command command_audit = {
    .name = "audit",
    .help_en = "Prove that the books are whole, to anybody.",
    .help_zh = "向任何人证明账本完整、未被改动。",
    .usage = "SUBCOMMAND ...",
    .long_en =
        "Every change of every message is a record of a log that can only grow, and that the\n"
        "gateway signs again and again. These subcommands check, prove and hand out that log.\n"
        "Exit codes: 0 whole; 1 no such file, or errors in the configuration; 2 wrong usage;\n"
        "4 the books can't be read, or something in them was altered.\n\n",
    .long_zh =
        "每条短信的每次变动都是账本中的一条记录，账本只能追加，并由网关反复签名。以下子命令用于\n"
        "检查、证明和导出该账本。退出码：0 完整；1 文件不存在或配置有错误；2 用法错误；\n"
        "4 账本无法读取，或其中有内容被改动。\n\n",
    .run = audit_run,
};
