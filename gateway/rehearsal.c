/* rehearsal: a whole campaign against simulated modems and boards. See rehearsal.h.
 * Runs: loop. */
#include "gateway/rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/model/rehearsed.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/scribe.h"
#include "gateway/simulator.h"

/* The clock stands by for so long after the last sign of life: while reports are awaited, and while
 * some modem or board is not ready. */
#define REHEARSAL_REPORTS_MS 2000
#define REHEARSAL_DEVICES_MS 30000
struct rehearsal {
    const struct rehearsal_setup *setup;
    struct simulator *simulator;
    struct dispatch *dispatch;
    bool jumping, lost;
    int64_t progress, progress_mono_ms; /* outcomes and reports so far, and since when */
};

char *rehearsal_books(const char *folder)
{
    return mem_printf("%s/rehearsal.db", folder);
}

char *rehearsal_log(const char *folder)
{
    return mem_printf("%s/simulator.log", folder);
}

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

static struct jv *rehearsal_modem(const struct modem *modem, size_t index)
{
    struct jv *spec = jv_object();

    jv_put(spec, "index", jv_int((int64_t)index));
    jv_put(spec, "imsi", rehearsal_imsi(modem, index));
    if (modem->imei)
        jv_put(spec, "imei", jv_string(modem->imei));
    if (modem->pin)
        jv_put(spec, "pin", jv_string(modem->pin));
    return spec;
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
    jv_put(spec, "air_ms", jv_int(setup->air_ms));
    jv_put(spec, "clock_ms", jv_int(setup->campaign->windows[0].from_ms));
    jv_put(faults, "undelivered_permille", jv_int(setup->undelivered_permille));
    jv_put(faults, "rejected_permille", jv_int(setup->rejected_permille));
    jv_put(spec, "faults", faults);
    for (size_t i = 0; i < office->n_modems; i++)
        jv_push(modems, rehearsal_modem(&office->modems[i], i));
    jv_put(spec, "modem_specs", modems);
    for (size_t i = 0; i < office->n_boards; i++)
        jv_push(boards, rehearsal_board(&office->boards[i]));
    jv_put(spec, "boards", boards);
    return spec;
}

static int rehearsal_write_spec(const struct rehearsal_setup *setup, const char *path)
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

/* Every device that could lead outside is replaced, or the rehearsal doesn't take place. */
static bool rehearsal_turn_office(struct office *office, const struct jv *ready)
{
    for (size_t i = 0; i < office->n_modems; i++) {
        const char *device = jv_text(jv_element(jv_at(ready, "/modems"), i));

        if (!device)
            return false;
        free(office->modems[i].device);
        office->modems[i].device = mem_dup(device);
        office->modems[i].spares = NULL;
        office->modems[i].grace_ms = 0; /* a simulated line has no bytes on their way */
        office->modems[i].gap_ms = 0;   /* nor an operator who counts the seconds */
    }
    if (office->listen.address) { /* callbacks stay on this machine, too */
        free(office->listen.address);
        free(office->listen.url);
        office->listen.address = mem_dup("127.0.0.1");
        office->listen.url = NULL;
        office->listen.port = 0;
    }
    for (size_t i = 0; i < office->n_boards; i++) {
        const char *url = jv_text(jv_member(jv_at(ready, "/boards"), office->boards[i].id));

        if (!url)
            return false;
        free(office->boards[i].url);
        office->boards[i].url = mem_dup(url);
    }
    return true;
}

/* Without its world a rehearsal can only end: modems and boards are gone, so nothing is waited for.
 */
static void rehearsal_lost(void *ctx)
{
    struct rehearsal *rehearsal = ctx;

    rehearsal->lost = true;
    dispatch_stop(rehearsal->dispatch);
    dispatch_stop(rehearsal->dispatch);
}

static void rehearsal_started(void *ctx, uv_loop_t *loop, struct dispatch *dispatch)
{
    struct rehearsal *rehearsal = ctx;

    rehearsal->dispatch = dispatch;
    simulator_attach(rehearsal->simulator, loop, rehearsal_lost, rehearsal);
}

static void rehearsal_ended(void *ctx)
{
    struct rehearsal *rehearsal = ctx;

    simulator_detach(rehearsal->simulator);
}

static void rehearsal_jumped(void *ctx, int64_t wall_ms)
{
    struct rehearsal *rehearsal = ctx;

    rehearsal->jumping = false;
    clock_set(wall_ms);
    dispatch_tick(rehearsal->dispatch);
}

static bool rehearsal_is_waiting(struct rehearsal *rehearsal)
{
    struct dispatch_view view;
    int64_t silent_ms;

    dispatch_view(rehearsal->dispatch, &view);
    if (view.settled + view.reported != rehearsal->progress) {
        rehearsal->progress = view.settled + view.reported;
        rehearsal->progress_mono_ms = clock_mono_ms();
    }
    silent_ms = clock_mono_ms() - rehearsal->progress_mono_ms;
    if (view.modems_ready + view.modems_paused + view.modems_throttled < view.modems ||
        view.boards_ready + view.boards_paused < view.boards)
        return silent_ms < REHEARSAL_DEVICES_MS;
    /* While there is more to send, the reports come by the way. */
    return view.awaiting && !view.open && silent_ms < REHEARSAL_REPORTS_MS;
}

static void rehearsal_watch(void *ctx)
{
    struct rehearsal *rehearsal = ctx;
    int64_t next;

    if (rehearsal->jumping || rehearsal->lost || !dispatch_is_idle(rehearsal->dispatch) ||
        rehearsal_is_waiting(rehearsal))
        return;
    /* What is idle may only be waiting for the next tick to see that it is finished. */
    dispatch_tick(rehearsal->dispatch);
    if (!dispatch_is_idle(rehearsal->dispatch))
        return;
    next = dispatch_next_ms(rehearsal->dispatch);
    if (next == INT64_MAX || next <= clock_wall_ms())
        return;
    rehearsal->jumping = true;
    simulator_set_clock(rehearsal->simulator, next, rehearsal_jumped);
}

static void rehearsal_remove_old(const char *folder)
{
    static const char *const names[] = {"rehearsal.db",     "rehearsal.db-wal",
                                        "rehearsal.db-shm", "rehearsal.db.key",
                                        "simulator.log",    "rehearsal.db.key.checkpoint"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, names[i]);

        unlink(path);
    }
}

/* Books that are made beside a key sign under its name: every checkpoint and receipt of these says
 * what they are. */
static int rehearsal_make_key(const char *books)
{
    MEM_FREE_LATER char *path = store_key_path(books);
    struct sign_key *key = sign_key_make_under(REHEARSED_PREFIX);
    int rc = sign_key_save(key, path);

    sign_key_free(key);
    if (rc)
        fprintf(stderr, lang("lawcast: %s can't be written: %s\n", "lawcast：%s 无法写入：%s\n"),
                path, strerror(-rc));
    return rc;
}

/* Old rehearsals are thrown away; the office's books never are, whatever they are called. */
static bool rehearsal_would_touch_books(const struct rehearsal_setup *setup)
{
    MEM_FREE_LATER char *path = rehearsal_books(setup->folder);
    struct stat ours, theirs;

    return stat(path, &ours) == 0 && stat(setup->office->ledger_path, &theirs) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* New books that refuse whom the office's refuse, so that a rehearsal shows what the day will. */
static int rehearsal_make_books(const struct rehearsal_setup *setup, const char *path)
{
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = setup->refusals,
                                      .n = setup->n_refusals,
                                      .source = REFUSAL_IMPORT,
                                      .note = lang("from the office's books", "取自正式账本")}};
    struct scribe *scribe;
    int rc = rehearsal_make_key(path);

    clock_set(setup->campaign->windows[0].from_ms);
    if (rc || !setup->n_refusals)
        return rc;
    rc = scribe_open(&scribe, "rehearse", path);
    if (rc)
        return rc;
    rc = scribe_write(scribe, &op);
    scribe_close(scribe);
    return rc;
}

static int rehearsal_carry_out(struct rehearsal *rehearsal, struct gateway_result *result)
{
    const struct rehearsal_setup *setup = rehearsal->setup;
    MEM_FREE_LATER char *books = rehearsal_books(setup->folder);
    MEM_FREE_LATER char *agent = gateway_program("lawcast-modem");
    int rc;

    if (!rehearsal_turn_office(setup->office, simulator_ready(rehearsal->simulator))) {
        fputs(lang("lawcast: the simulator does not have all modems and boards\n",
                   "lawcast：模拟器缺少部分短信设备或显示屏\n"),
              stderr);
        return -ENODEV;
    }
    rc = rehearsal_make_books(setup, books);
    if (rc)
        return rc;
    return gateway_run(&(struct gateway_setup){.office = setup->office,
                                               .campaigns = &setup->campaign,
                                               .n_campaigns = 1,
                                               .ledger_path = books,
                                               .agent_path = agent,
                                               .refused_dir = setup->folder,
                                               .out = setup->out,
                                               .started = rehearsal_started,
                                               .watch = rehearsal_watch,
                                               .ended = rehearsal_ended,
                                               .ctx = rehearsal},
                       result);
}

int rehearsal_run(const struct rehearsal_setup *setup, struct gateway_result *result)
{
    struct rehearsal rehearsal = {.setup = setup, .progress_mono_ms = clock_mono_ms()};
    MEM_FREE_LATER char *spec = mem_printf("%s/simulator.json", setup->folder);
    char why[256] = "";
    int rc, status;

    if (rehearsal_would_touch_books(setup)) {
        fprintf(
            stderr,
            lang("lawcast: %s/rehearsal.db are the office's books. Rehearse in another folder.\n",
                 "lawcast：%s/rehearsal.db 是正式账本。请换一个目录演练。\n"),
            setup->folder);
        return -EEXIST;
    }
    rehearsal_remove_old(setup->folder);
    rc = rehearsal_write_spec(setup, spec);
    if (rc)
        fprintf(stderr, lang("lawcast: %s can't be written: %s\n", "lawcast：%s 无法写入：%s\n"),
                spec, strerror(-rc));
    if (rc)
        return rc;
    rc = simulator_start(&rehearsal.simulator, setup->program, spec, why, sizeof why);
    if (rc) {
        fprintf(stderr, "lawcast: %s\n", why);
        return rc;
    }
    rc = rehearsal_carry_out(&rehearsal, result);
    status = simulator_end(rehearsal.simulator);
    if ((status || rehearsal.lost) && !rc) {
        fprintf(stderr,
                lang("lawcast: the simulator ended with status %d; see %s/simulator.log\n",
                     "lawcast：模拟器异常结束（%d），见 %s/simulator.log\n"),
                status, setup->folder);
        rc = -EPROTO;
    }
    return rc;
}
