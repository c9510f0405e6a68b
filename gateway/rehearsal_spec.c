/* rehearsal_spec: what the simulator is told of the office's modems and boards. See rehearsal.h.
 * Runs: loop. */
#include "gateway/rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/forecast.h"
#include "gateway/rehearsal_inside.h"

static const void *rehearsal_option(const struct board *board, const char *prefix, const char *name,
                                    const struct option_def **found)
{
    MEM_FREE_LATER char *full = mem_printf("%s%s", prefix, name);

    for (const struct option_def *def = board->kind->options; def->name; def++) {
        if (strcmp(def->name, full) == 0) {
            *found = def;
            return (const char *)board->options + def->offset;
        }
    }
    log_panic("boards of kind %s have no option %s", board->kind->name, full);
}

static const char *rehearsal_text(const struct board *board, const char *prefix, const char *name)
{
    const struct option_def *def;
    const void *field = rehearsal_option(board, prefix, name, &def);
    const char *text;

    if (def->type == OPTION_CHOICE) {
        int choice;

        memcpy(&choice, field, sizeof choice);
        return def->choices[choice];
    }
    memcpy(&text, field, sizeof text);
    return text;
}

static int64_t rehearsal_number(const struct board *board, const char *prefix, const char *name)
{
    const struct option_def *def;
    int64_t number;

    memcpy(&number, rehearsal_option(board, prefix, name, &def), sizeof number);
    return number;
}

/* A document in which pointer leads to the string equals: what the success rule of a board asks
 * for. */
static char *rehearsal_reply(const char *pointer, const char *equals)
{
    struct buffer text = BUFFER_NULL;
    struct jv *value = jv_string(equals ? equals : "");
    MEM_FREE_LATER char *path = mem_dup(pointer ? pointer : "");
    char *slash;

    while ((slash = strrchr(path, '/'))) {
        bool index = slash[1] && strspn(slash + 1, "0123456789") == strlen(slash + 1);
        struct jv *outer = index ? jv_array() : jv_object();

        if (index)
            jv_push(outer, value);
        else
            jv_put(outer, slash + 1, value);
        value = outer;
        *slash = '\0';
    }
    jv_write(value, false, &text);
    jv_free(value);
    return buffer_take(&text);
}

static struct jv *rehearsal_webhook_verb(const struct board *board, const char *prefix)
{
    struct jv *verb = jv_object();
    MEM_FREE_LATER char *reply = rehearsal_reply(rehearsal_text(board, prefix, "pointer"),
                                                 rehearsal_text(board, prefix, "equals"));

    jv_put(verb, "method", jv_string(rehearsal_text(board, prefix, "method")));
    jv_put(verb, "status", jv_int(rehearsal_number(board, prefix, "status")));
    jv_put(verb, "body", jv_string(reply));
    return verb;
}

/* An option's value as it would be written; NULL: none, or a list. */
static struct jv *rehearsal_value(const struct option_def *def, const void *field)
{
    char number[24];
    int64_t integer;
    const char *text;
    bool yes;
    int choice;

    switch (def->type) {
    case OPTION_STRING:
        memcpy(&text, field, sizeof text);
        return text ? jv_string(text) : NULL;
    case OPTION_INT:
        memcpy(&integer, field, sizeof integer);
        snprintf(number, sizeof number, "%lld", (long long)integer);
        return jv_string(number);
    case OPTION_BOOL:
        memcpy(&yes, field, sizeof yes);
        return jv_string(yes ? "true" : "false");
    case OPTION_CHOICE:
        memcpy(&choice, field, sizeof choice);
        return jv_string(def->choices[choice]);
    case OPTION_STRINGS:
    case OPTION_TIME:
    case OPTION_SKIP:
        return NULL;
    }
    return NULL;
}

static struct jv *rehearsal_options(const struct board *board)
{
    struct jv *options = jv_object();

    for (const struct option_def *def = board->kind->options; def->name; def++) {
        struct jv *value = rehearsal_value(def, (const char *)board->options + def->offset);

        if (value)
            jv_put(options, def->name, value);
    }
    return options;
}

static struct jv *rehearsal_board(const struct board *board)
{
    struct jv *spec = jv_object();

    jv_put(spec, "id", jv_string(board->id));
    jv_put(spec, "kind", jv_string(board->kind->name));
    jv_put(spec, "width", jv_int(board->width));
    jv_put(spec, "height", jv_int(board->height));
    jv_put(spec, "options", rehearsal_options(board));
    if (strcmp(board->kind->name, "webhook") == 0) {
        jv_put(spec, "publish", rehearsal_webhook_verb(board, "publish_"));
        jv_put(spec, "withdraw", rehearsal_webhook_verb(board, "withdraw_"));
        jv_put(spec, "verify", rehearsal_webhook_verb(board, "verify_"));
    }
    return spec;
}

/* A SIM of the modem's network, unless the configuration names one. */
static struct jv *rehearsal_imsi(const struct modem *modem, size_t index)
{
    static const char *const networks[PHONE_OPERATORS] = {
        [OPERATOR_UNKNOWN] = "46000", [OPERATOR_MOBILE] = "46000",   [OPERATOR_UNICOM] = "46001",
        [OPERATOR_TELECOM] = "46011", [OPERATOR_BROADNET] = "46015",
    };
    MEM_FREE_LATER char *made = mem_printf(
        "%s%010zu", networks[modem->network < 0 ? OPERATOR_MOBILE : modem->network], index);

    return jv_string(modem->imsi ? modem->imsi : made);
}

static int64_t rehearsal_air_ms(const struct rehearsal_setup *setup, const struct modem *modem)
{
    if (modem->air_ms > 0)
        return modem->air_ms;
    return setup->air_ms >= 0 ? setup->air_ms : FORECAST_PART_MS;
}

/* splitmix64, as the simulator draws the numbers' fates. */
static uint64_t rehearsal_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* When modem index stops for good: any instant of the windows is as likely as any other. 0: never.
 */
static int64_t rehearsal_lost_ms(const struct rehearsal_setup *setup, size_t index)
{
    const struct campaign *campaign = setup->campaign;
    uint64_t drawn = rehearsal_mix(rehearsal_mix((uint64_t)setup->seed) ^ (index + 1));
    int64_t open_ms = 0, at_ms;

    for (size_t i = 0; i < campaign->n_windows; i++)
        open_ms += campaign->windows[i].to_ms - campaign->windows[i].from_ms;
    if ((int64_t)(drawn % 1000) >= setup->lost_permille || open_ms <= 0)
        return 0;
    at_ms = (int64_t)(rehearsal_mix(drawn) % (uint64_t)open_ms);
    for (size_t i = 0; i < campaign->n_windows; i++) {
        int64_t length_ms = campaign->windows[i].to_ms - campaign->windows[i].from_ms;

        if (at_ms < length_ms)
            return campaign->windows[i].from_ms + at_ms;
        at_ms -= length_ms;
    }
    return 0;
}

int64_t rehearsal_count_lost(const struct rehearsal_setup *setup, int64_t until_ms)
{
    int64_t n = 0;

    for (size_t i = 0; i < setup->office->n_modems; i++) {
        int64_t lost_ms = rehearsal_lost_ms(setup, i);

        n += lost_ms && lost_ms <= until_ms;
    }
    return n;
}

static struct jv *rehearsal_modem(const struct rehearsal_setup *setup, size_t index)
{
    const struct modem *modem = &setup->office->modems[index];
    struct jv *spec = jv_object();

    jv_put(spec, "index", jv_int((int64_t)index));
    jv_put(spec, "imsi", rehearsal_imsi(modem, index));
    jv_put(spec, "air_ms", jv_int(rehearsal_air_ms(setup, modem)));
    jv_put(spec, "gap_ms", jv_int(modem->gap_ms));
    jv_put(spec, "lost_ms", jv_int(rehearsal_lost_ms(setup, index)));
    if (modem->imei)
        jv_put(spec, "imei", jv_string(modem->imei));
    if (modem->pin)
        jv_put(spec, "pin", jv_string(modem->pin));
    return spec;
}

int64_t rehearsal_grid_ms(const struct rehearsal_setup *setup)
{
    static const struct {
        int64_t messages, grid_ms;
    } grids[] = {{50000, 2000}, {10000, 1000}, {1000, 500}, {0, 100}};
    int64_t messages = 0;
    size_t i = 0;

    for (size_t k = 0; k < setup->campaign->n_orders; k++)
        messages += setup->campaign->orders[k].quota;
    while (messages < grids[i].messages)
        i++;
    return grids[i].grid_ms;
}

static struct jv *rehearsal_spec(const struct rehearsal_setup *setup)
{
    const struct office *office = setup->office;
    MEM_FREE_LATER char *dir = mem_printf("%s/modems", setup->folder);
    MEM_FREE_LATER char *log = rehearsal_log(setup->folder);
    struct jv *spec = jv_object(), *faults = jv_object();
    struct jv *modems = jv_array(), *boards = jv_array();

    jv_put(spec, "modems", jv_int((int64_t)office->n_modems));
    jv_put(spec, "dir", jv_string(dir));
    jv_put(spec, "log", jv_string(log));
    jv_put(spec, "clock_ms", jv_int(setup->campaign->windows[0].from_ms));
    jv_put(spec, "frozen", jv_bool(true));
    jv_put(spec, "grid_ms", jv_int(rehearsal_grid_ms(setup)));
    jv_put(spec, "seed", jv_int(setup->seed));
    jv_put(faults, "undelivered_permille", jv_int(setup->undelivered_permille));
    jv_put(faults, "rejected_permille", jv_int(setup->rejected_permille));
    jv_put(faults, "busy_permille", jv_int(setup->busy_permille));
    jv_put(spec, "faults", faults);
    for (size_t i = 0; i < office->n_modems; i++)
        jv_push(modems, rehearsal_modem(setup, i));
    jv_put(spec, "modem_specs", modems);
    for (size_t i = 0; i < office->n_boards; i++)
        jv_push(boards, rehearsal_board(&office->boards[i]));
    jv_put(spec, "boards", boards);
    return spec;
}

int rehearsal_write_spec(const struct rehearsal_setup *setup, const char *path)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *spec = rehearsal_spec(setup);
    FILE *file;
    int fd, rc = 0;

    /* The boards' passwords are in it. */
    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    file = fd >= 0 ? fdopen(fd, "w") : NULL;

    jv_write(spec, true, &text);
    jv_free(spec);
    if (!file)
        return -errno;
    if (fwrite(text.data, 1, text.length, file) != text.length)
        rc = -EIO;
    if (fclose(file))
        rc = -EIO;
    return rc;
}
