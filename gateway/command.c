/* command: what all subcommands share. See command.h.
 * Runs: any. */
#include "gateway/command.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/adapter.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/rehearsed.h"
#include "gateway/config/config.h"
#include "gateway/ledger/books_age.h"
#include "gateway/ledger/place.h"
#include "gateway/ledger/books_records.h"

#define COMMANDS_MAX 32

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

const char *command_nearest(const char *word)
{
    const char *names[COMMANDS_MAX + 1] = {NULL};

    for (size_t i = 0; commands[i] && i < COMMANDS_MAX; i++)
        names[i] = commands[i]->name;
    return diag_nearest(word, names);
}

void command_print_help(const struct command *command, FILE *out)
{
    fprintf(out, lang("Usage: lawcast %s %s\n", "用法：lawcast %s %s\n"), command->name,
            command->usage);
    fprintf(out, "\n%s\n\n", lang(command->help_en, command->help_zh));
    fputs(lang(command->long_en, command->long_zh), out);
}

int command_misused(const struct command *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "lawcast %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr,
            lang("\nUsage: lawcast %s %s\nSee \"lawcast %s --help\".\n",
                 "\n用法：lawcast %s %s\n详见 lawcast %s --help。\n"),
            command->name, command->usage, command->name);
    return COMMAND_USAGE;
}

/* Which word getopt_long has just complained about: a long one, or NULL for a letter (optopt). A
 * letter that is wrong may stand in the middle of "-xq", where optind is still on that word. */
static const char *command_long_word(int argc, char **argv, int complaint,
                                     const struct option *options)
{
    const char *word = optind > 1 && optind <= argc ? argv[optind - 1] : "";
    bool is_long = strncmp(word, "--", 2) == 0;

    if (complaint == ':' || optopt == 0)
        return is_long ? word : NULL;
    /* "--quiet=3" is not the word before the wrong one: it would have been complained about. */
    for (; is_long && options->name; options++)
        if (options->val == optopt && options->has_arg == no_argument && strchr(word, '='))
            return word;
    return NULL;
}

int command_next_option(int argc, char **argv, const char *letters, const struct option *options)
{
    int option;

    opterr = 0;
    option = getopt_long(argc, argv, letters, options, NULL);
    if (option == '?' || option == ':')
        optarg = (char *)command_long_word(argc, argv, option, options);
    return option;
}

int command_bad_option(const struct command *command, int option, char **argv)
{
    char letter[] = {'-', (char)optopt, '\0'};
    const char *given = optarg ? optarg : letter;

    if (option == 'h') {
        command_print_help(command, stdout);
        return COMMAND_FINE;
    }
    if (option == ':')
        return command_misused(command, lang("The option %s needs a value.", "选项 %s 缺少取值。"),
                               given);
    if (optarg && optopt)
        return command_misused(
            command, lang("The option %s takes no value.", "选项 %s 不接受取值。"), given);
    /* A letter of several bytes is shown with its word: half of one is no text. */
    if (!optarg && !isascii(optopt))
        given = argv[optind];
    return command_misused(command, lang("The option %s is not known.", "没有选项 %s。"), given);
}

static const char *command_config_path(const char *path)
{
    static const char *const places[] = {"conf/lawcast.cfg", "/etc/lawcast/lawcast.cfg"};

    if (path)
        return path;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], F_OK) == 0)
            return places[i];
    return NULL;
}

int command_read_office(const char *path, struct diag *diag, struct office **out)
{
    const char *found = command_config_path(path);

    *out = NULL;
    if (!found) {
        diag_error(diag, NULL, 0, "%s",
                   lang("There is neither conf/lawcast.cfg here nor /etc/lawcast/lawcast.cfg. Name "
                        "the configuration with -c FILE.",
                        "当前目录没有 conf/lawcast.cfg，也没有 /etc/lawcast/lawcast.cfg。请用 -c "
                        "文件 指定配置文件。"));
        return COMMAND_REFUSED;
    }
    return config_read_office(found, adapter_board_kind, diag, out) ? COMMAND_REFUSED
                                                                    : COMMAND_FINE;
}

void command_free_office(struct office *office)
{
    if (!office)
        return;
    office_free(office);
    free(office);
}

static int command_open_books_at(const char *path, struct books **out)
{
    char why[512] = "";
    int rc = books_open(out, path, why, sizeof why);

    if (!rc)
        return COMMAND_FINE;
    fprintf(stderr, "lawcast: %s\n", why);
    return rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE;
}

void command_tell_errors(const struct diag *diag)
{
    if (diag->errors)
        diag_print(diag, stderr);
}

int command_ledger(const char *config, const char *ledger, char **path)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = COMMAND_FINE;

    *path = ledger ? place_of(ledger) : NULL;
    if (ledger)
        return COMMAND_FINE;
    result = command_read_office(config, &diag, &office);
    command_tell_errors(&diag);
    diag_free(&diag);
    if (result == COMMAND_FINE)
        *path = place_of(office->ledger_path);
    command_free_office(office);
    return result;
}

/* True: they are an older copy. What can't be read is told by whoever reads it. */
static bool command_tell_age(struct books *books, const char *path)
{
    struct books_age age;

    if (books_age(books, path, &age) < 0 || !age.older)
        return false;
    fprintf(stderr,
            lang("lawcast: %s isn't what was signed last, but an older copy: it has %lld records, "
                 "and lacks the checkpoint of %lld in %s. Put the newest books back, or go on from "
                 "this copy with lawcast restore.\n",
                 "lawcast：%s 不是最近签名的账本，而是较旧的副本：有 %lld 条记录，缺少 %lld "
                 "条记录处的检查点（见 %s）。请放回最新的账本，或用 lawcast restore "
                 "从该副本继续。\n"),
            path, (long long)age.records, (long long)age.signed_records, age.mark);
    return true;
}

static int command_open(const char *config, const char *ledger, struct books **out, bool *older)
{
    MEM_FREE_LATER char *path = NULL;
    int result = command_ledger(config, ledger, &path);

    if (result == COMMAND_FINE)
        result = command_open_books_at(path, out);
    *older = result == COMMAND_FINE && command_tell_age(*out, path);
    return result;
}

int command_open_books(const char *config, const char *ledger, struct books **out)
{
    bool older;

    return command_open(config, ledger, out, &older);
}

int command_open_newest(const char *config, const char *ledger, struct books **out)
{
    bool older;
    int result = command_open(config, ledger, out, &older);

    if (!older)
        return result;
    books_close(*out);
    *out = NULL;
    return COMMAND_MACHINE;
}

void command_tell_rehearsal(struct books *books, FILE *out)
{
    if (books_is_rehearsal(books) > 0)
        fputs(rehearsed_note(), out);
}
