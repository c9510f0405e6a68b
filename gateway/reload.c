/* reload: the configuration read anew while the gateway runs. See reload.h.
 * Runs: loop. */
#include "gateway/reload.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/dispatch/dispatch_reload.h"
#include "gateway/reload_diff.h"

/* One that was in force, and what it lends from the first. */
struct reload_kept {
    struct reload_kept *next;
    struct office *office;
    bool units;
};

struct reload {
    const struct office *first, *office;
    struct reload_kept *kept;
};

struct reload *reload_new(const struct office *first)
{
    struct reload *reload = mem_new(struct reload);

    reload->first = reload->office = first;
    return reload;
}

void reload_free(struct reload *reload)
{
    while (reload && reload->kept) {
        struct reload_kept *kept = reload->kept;

        reload->kept = kept->next;
        kept->office->boards = NULL;
        kept->office->n_boards = 0;
        if (kept->units) {
            kept->office->units = NULL;
            kept->office->n_units = 0;
        }
        command_free_office(kept->office);
        free(kept);
    }
    free(reload);
}

const struct office *reload_office(const struct reload *reload)
{
    return reload->office;
}

/* Frees what the new one has of its own, for office_free takes whole ones. */
static void reload_drop(struct office *part)
{
    office_free(part);
    free(part);
}

/* Screens and campaigns know boards by their address and their place: they stay the first ones. */
static void reload_lend(struct reload *reload, struct office *next, bool units)
{
    struct reload_kept *kept = mem_new(struct reload_kept);
    struct office *spare = mem_new(struct office);

    spare->boards = next->boards;
    spare->n_boards = next->n_boards;
    next->boards = reload->office->boards;
    next->n_boards = reload->office->n_boards;
    if (units) {
        spare->units = next->units;
        spare->n_units = next->n_units;
        next->units = reload->office->units;
        next->n_units = reload->office->n_units;
    }
    reload_drop(spare);
    *kept = (struct reload_kept){.next = reload->kept, .office = next, .units = units};
    reload->kept = kept;
}

static void reload_log(struct jv *list, const char *kind)
{
    for (size_t i = 0; i < jv_size(list); i++)
        log_info("reload=%s what=\"%s\"", kind, jv_text(jv_element(list, i)));
}

static void reload_refuse(const struct diag *diag, struct jv *answer)
{
    struct jv *errors = jv_array();

    for (size_t i = 0; i < diag->n; i++) {
        const struct diag_entry *entry = &diag->entries[i];
        MEM_FREE_LATER char *text =
            mem_printf("%s:%d: %s", entry->file ? entry->file : "", entry->line, entry->message);

        if (entry->kind != DIAG_ERROR)
            continue;
        log_error("reload: %s", text);
        jv_push(errors, jv_string(text));
    }
    jv_put(answer, "error",
           jv_string(lang("the configuration has errors: nothing has changed",
                          "配置文件有错误：没有作任何改动")));
    jv_put(answer, "errors", errors);
}

/* Reading a configuration sets the process's time zone. */
static void reload_keep_zone(const struct reload *reload)
{
    setenv("TZ", reload->first->timezone, 1);
    tzset();
}

static void reload_apply(struct reload *reload, struct dispatch *dispatch, struct outside *outside,
                         struct office *next, const struct reload_diff *diff)
{
    reload_lend(reload, next, diff->units);
    reload->office = next;
    dispatch_reload(dispatch, next);
    if (!diff->listen)
        outside_adopt(outside, next);
}

void reload_now(struct reload *reload, struct dispatch *dispatch, struct outside *outside,
                struct jv *answer)
{
    struct reload_diff diff = {.changes = jv_array(), .later = jv_array()};
    struct diag problems = DIAG_NULL;
    struct office *next = NULL;

    if (command_read_office(reload->first->file, &problems, &next) == COMMAND_FINE) {
        reload_compare(reload->first, reload->office, next, &diff);
        reload_log(diff.changes, "change");
        reload_log(diff.later, "after-restart");
        log_info("reload=done changes=%zu after_restart=%zu", diff.n_changes, diff.n_later);
        jv_put(answer, "ok", jv_string("reload"));
        reload_apply(reload, dispatch, outside, next, &diff);
        jv_put(answer, "changes", diff.changes);
        jv_put(answer, "later", diff.later);
    } else {
        reload_refuse(&problems, answer);
        jv_free(diff.changes);
        jv_free(diff.later);
    }
    reload_keep_zone(reload);
    diag_free(&problems);
}

static void reload_say_list(const struct jv *answer, const char *member, const char *before,
                            struct outlet *voice)
{
    const struct jv *list = jv_member(answer, member);

    for (size_t i = 0; i < jv_size(list); i++) {
        MEM_FREE_LATER char *line = mem_printf("%s%s\n", before, jv_text(jv_element(list, i)));

        outlet_write(voice, line, strlen(line));
    }
}

void reload_say(const struct jv *answer, struct outlet *voice)
{
    const struct jv *error = jv_member(answer, "error");
    MEM_FREE_LATER char *line = mem_printf(
        "%s\n",
        error ? jv_text(error) : lang("The configuration was read anew.", "已重新读取配置文件。"));

    outlet_write(voice, line, strlen(line));
    reload_say_list(answer, "errors", "  ", voice);
    reload_say_list(answer, "changes", "  ", voice);
    reload_say_list(answer, "later", lang("  after a restart: ", "  重启后生效："), voice);
}
