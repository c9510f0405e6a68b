/* test_languages: messages in a third language, by a gettext catalogue. Runs: any. From the root of
 * the project; needs make pot's tools (package gettext). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "gateway/base/catalog.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"

#define MARK "\302\253" /* the pseudo language: every text with this in front */

struct world {
    struct stage stage;
    char program[512];
    char *pot;    /* every message */
    char *pseudo; /* a catalogue that has a translation of each */
};

/* Runs a command of the shell; what it printed, to be freed. */
static char *shell(int code, const char *command)
{
    BUFFER_FREE_LATER struct buffer said = BUFFER_NULL;
    FILE *out = popen(command, "r");
    char bytes[4096];
    size_t n;
    int status;

    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof bytes, out)) > 0)
        buffer_add(&said, bytes, n);
    status = pclose(out);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("%s: %d instead of %d\n%s", command, WEXITSTATUS(status), code,
                 buffer_text(&said));
    return buffer_take(&said);
}

/* lawcast in an environment that has only this and the stage's catalogues. */
static char *speak(const struct world *world, const char *environment, int code,
                   const char *arguments)
{
    MEM_FREE_LATER char *command =
        mem_printf("cd %s && env -i LAWCAST_LOCALE_DIR=%s/locale %s %s %s 2>&1", world->stage.dir,
                   world->stage.dir, environment, world->program, arguments);

    return shell(code, command);
}

static void expect(const struct world *world, const char *environment, const char *arguments,
                   const char *says)
{
    MEM_FREE_LATER char *said =
        speak(world, environment, strncmp(arguments, "check", 5) == 0 ? 1 : 0, arguments);

    if (!strstr(said, says))
        fail_msg("%s lawcast %s: no \"%s\" in\n%s", environment, arguments, says, said);
}

/* Makes the catalogue of a language of a .po file's text (with % for itself). */
static void make_catalog(const struct world *world, const char *language, const char *po)
{
    MEM_FREE_LATER char *name = mem_printf("%s.po", language);
    MEM_FREE_LATER char *command =
        mem_printf("cd %s && mkdir -p locale/%s/LC_MESSAGES && msgfmt -o "
                   "locale/%s/LC_MESSAGES/lawcast.mo %s.po 2>&1",
                   world->stage.dir, language, language, language);

    stage_write(&world->stage, name,
                "msgid \"\"\nmsgstr \"Content-Type: text/plain; "
                "charset=UTF-8\\n\"\n%s",
                po);
    free(shell(0, command));
}

static int open_world(void **state)
{
    struct world *world = mem_new(struct world);
    MEM_FREE_LATER char *pot = NULL;
    MEM_FREE_LATER char *pseudo = NULL;

    stage_open(&world->stage);
    stage_program("lawcast", world->program, sizeof world->program);
    pot = mem_printf("env -u MAKEFLAGS -u MAKELEVEL make -s pot BUILD=%s 2>&1", world->stage.dir);
    free(shell(0, pot));
    /* A text that begins with a line break has to in every language. */
    pseudo = mem_printf("cd %s && msgen lawcast.pot 2>/dev/null | sed -e '/^msgstr \"\"$/{n;"
                        "s/^\"\\(\\\\n\\)\\{0,1\\}/&" MARK "/;}' -e '/^msgstr \"[^\"]/"
                        "s/^msgstr \"\\(\\\\n\\)\\{0,1\\}/&" MARK "/' >xx.po && "
                        "mkdir -p locale/xx/LC_MESSAGES && "
                        "msgfmt -o locale/xx/LC_MESSAGES/lawcast.mo xx.po 2>&1",
                        world->stage.dir);
    free(shell(0, pseudo));
    world->pot = mem_printf("%s/lawcast.pot", world->stage.dir);
    world->pseudo = mem_printf("%s/locale/xx/LC_MESSAGES/lawcast.mo", world->stage.dir);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    stage_close(&world->stage);
    free(world->pot);
    free(world->pseudo);
    free(world);
    return 0;
}

/* It is what msginit makes a new translation of. */
static void a_translation_can_begin(void **state)
{
    const struct world *world = *state;
    MEM_FREE_LATER char *command = mem_printf(
        "cd %s && msginit --no-translator -l ug -i lawcast.pot -o new.po 2>&1 && msgfmt --check -o "
        "/dev/null new.po 2>&1",
        world->stage.dir);

    free(shell(0, command));
}

static void expect_options(const struct catalog *catalog, const char *place,
                           const struct option_def *options)
{
    for (; options->name; options++)
        if (!catalog_find(catalog, options->help_en))
            fail_msg("%s: %s can't be translated", place, options->name);
}

static void every_option_can_be_translated(void **state)
{
    const struct world *world = *state;
    const struct option_kind *kind;
    struct catalog *catalog;

    assert_int_equal(catalog_read(&catalog, world->pseudo), CATALOG_FINE);
    assert_int_equal(catalog_refused(catalog), 0);
    for (const struct option_group *group = config_office_groups; group->options; group++)
        expect_options(catalog, "conf", group->options);
    for (const struct option_group *group = config_campaign_groups; group->options; group++)
        expect_options(catalog, "campaign", group->options);
    for (size_t i = 0; (kind = adapter_board_kind(i)); i++)
        expect_options(catalog, kind->name, kind->options);
    catalog_free(catalog);
}

/* Every line of the list, and both texts of each command. */
static void every_command_can_be_translated(void **state)
{
    const struct world *world = *state;
    MEM_FREE_LATER char *list = speak(world, "LANGUAGE=xx", 0, "help");
    char *rest = list, *line;
    size_t commands = 0;

    while ((line = strsep(&rest, "\n"))) {
        char name[32];

        if (strncmp(line, "  ", 2) != 0 || sscanf(line + 2, "%31[a-z-] ", name) != 1)
            continue;
        MEM_FREE_LATER char *arguments = mem_printf("help %s", name);
        MEM_FREE_LATER char *help = speak(world, "LANGUAGE=xx", 0, arguments);

        assert_non_null(strstr(line, MARK));
        if (strncmp(help, MARK, 2) != 0 || !strstr(help, "\n\n" MARK) ||
            !strstr(strstr(help, "\n\n" MARK) + 3, "\n\n" MARK))
            fail_msg("%s:\n%s", arguments, help);
        commands++;
    }
    assert_true(commands > 10);
}

static const char uyghur[] =
    "msgid \"Find every error in the configuration and in campaign files.\"\n"
    "msgstr \"خاتالىقلارنى تاپىدۇ\"\n"
    "msgid \"Usage: lawcast %s %s\\n\"\n"
    "msgstr \"%2$s <- lawcast %1$s\\n\"\n"
    "msgid \"The option %s is not known.\"\n"
    "msgstr \"%d %s %n\"\n"
    "msgid \"error\"\n"
    "msgstr \"خاتالىق\"\n";

static void a_third_language_is_spoken(void **state)
{
    const struct world *world = *state;

    make_catalog(world, "ug", uyghur);
    stage_write(&world->stage, "bad.cfg", "office = ;\n");
    expect(world, "LANGUAGE=ug", "help", "خاتالىقلارنى تاپىدۇ");
    expect(world, "LANG=ug_CN.UTF-8", "help", "خاتالىقلارنى تاپىدۇ");
    expect(world, "LC_ALL=ug LANG=en_US", "help", "خاتالىقلارنى تاپىدۇ");
    expect(world, "LANG=C.UTF-8 LANGUAGE=bo:ug", "help", "خاتالىقلارنى تاپىدۇ");
    expect(world, "LANGUAGE=ug", "help check", "[-c FILE] [CAMPAIGN...] <- lawcast check");
    expect(world, "LANGUAGE=ug", "check -c bad.cfg", "bad.cfg:1: خاتالىق");
    /* What it lacks is told in a language that is built in. */
    expect(world, "LANGUAGE=ug", "help", "Explain the commands");
    expect(world, "LANG=C LANGUAGE=ug", "help", "Find every error");
    expect(world, "LANGUAGE=ug:zh_CN", "help", "用法：lawcast");
    expect(world, "LANGUAGE=ug LANG=zh_CN.UTF-8", "help", "用法：lawcast");
}

static void wrong_directives_are_not_used(void **state)
{
    const struct world *world = *state;
    MEM_FREE_LATER char *said = speak(world, "LANGUAGE=ug", 2, "check --nothing");

    assert_non_null(strstr(said, "The option --nothing is not known."));
    assert_non_null(strstr(said, "refused=1"));
}

/* An office may correct a word without another program. */
static void built_in_words_can_be_corrected(void **state)
{
    const struct world *world = *state;

    make_catalog(world, "zh_CN",
                 "msgid \"Find every error in the configuration and in campaign files.\"\n"
                 "msgstr \"查错\"\n");
    expect(world, "LANG=zh_CN.UTF-8", "help", "查错");
    expect(world, "LANG=zh_CN.UTF-8", "help", "用法：lawcast");
    expect(world, "LANG=zh_TW.UTF-8", "help", "检查配置文件");
}

static void damaged_catalogs_do_no_harm(void **state)
{
    const struct world *world = *state;

    make_catalog(world, "bo", "");
    stage_write(&world->stage, "locale/bo/LC_MESSAGES/lawcast.mo", "no catalogue");
    expect(world, "LANGUAGE=bo", "help", "Find every error");
    expect(world, "LANGUAGE=bo", "help", "damaged");
    expect(world, "LANGUAGE=../../etc:/etc", "help", "Find every error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_translation_can_begin),
        cmocka_unit_test(every_option_can_be_translated),
        cmocka_unit_test(every_command_can_be_translated),
        cmocka_unit_test(a_third_language_is_spoken),
        cmocka_unit_test(wrong_directives_are_not_used),
        cmocka_unit_test(built_in_words_can_be_corrected),
        cmocka_unit_test(damaged_catalogs_do_no_harm),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
