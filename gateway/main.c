/* main: lawcast, the broadcast gateway for legal-education campaigns: runs the subcommand.
 * Runs: any. */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/command.h"

const struct command *const commands[] = {
    &command_check,
    &command_plan,
    &command_rehearse,
    &command_approve,
    &command_edit,
    &command_run,
    &command_status,
    &command_pause,
    &command_resume,
    &command_cancel,
    &command_extend,
    &command_set_rate,
    &command_modems,
    &command_boards,
    &command_replies,
    &command_optout,
    &command_attach,
    &command_report,
    &command_audit,
    &command_erase,
    &command_backup,
    &command_restore,
    &command_upgrade,
    &command_help,
    NULL,
};

static int main_unknown(const char *word)
{
    const char *nearest = command_nearest(word);

    fprintf(stderr, lang("lawcast: there is no command \"%s\".", "lawcast：没有“%s”这个命令。"),
            word);
    if (nearest)
        fprintf(stderr, lang(" Did you mean \"%s\"?", "是否想用 %s？"), nearest);
    fputs(lang(" See \"lawcast help\".\n", "详见 lawcast help。\n"), stderr);
    return COMMAND_USAGE;
}

static int main_run(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        fputs(lang("lawcast: a command is missing. See \"lawcast help\".\n",
                   "lawcast：缺少命令。详见 lawcast help。\n"),
              stderr);
        return COMMAND_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("lawcast " COMMAND_VERSION);
        return COMMAND_FINE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return command_help.run(1, (char *[]){argv[1], NULL});
    command = command_find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : main_unknown(argv[1]);
}

int main(int argc, char **argv)
{
    int result;

    umask(077); /* numbers of people are in most of what we write */
    setlocale(LC_CTYPE, "");
    log_open();
    lang_open();
    result = main_run(argc, argv);
    /* A report that a full disk has cut must not look like a whole one. */
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(
            stderr,
            lang("lawcast: the output can't be written: %s.\n", "lawcast：无法写出结果：%s。\n"),
            strerror(errno));
        return COMMAND_MACHINE;
    }
    return result;
}
