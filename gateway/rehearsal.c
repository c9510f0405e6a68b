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
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/model/rehearsed.h"
#include "gateway/ledger/store_keys.h"
#include "gateway/rehearsal_clock.h"
#include "gateway/rehearsal_inside.h"
#include "gateway/scribe.h"
#include "gateway/simulator.h"

struct rehearsal {
    const struct rehearsal_setup *setup;
    struct simulator *simulator;
    struct dispatch *dispatch;
    struct rehearsal_clock *clock; /* while the loop runs */
    bool lost, deaf;
};

char *rehearsal_books(const char *folder)
{
    return mem_printf("%s/rehearsal.db", folder);
}

char *rehearsal_log(const char *folder)
{
    return mem_printf("%s/simulator.log", folder);
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
        office->modems[i].gap_ms = 0;   /* the simulator keeps it, on the rehearsal's clock */
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
    rehearsal_clock_stop(rehearsal->clock);
    dispatch_stop(rehearsal->dispatch);
    dispatch_stop(rehearsal->dispatch);
}

static void rehearsal_started(void *ctx, uv_loop_t *loop, struct dispatch *dispatch)
{
    struct rehearsal *rehearsal = ctx;

    rehearsal->dispatch = dispatch;
    rehearsal->clock = rehearsal_clock_open(&(struct rehearsal_clock_setup){
        .loop = loop,
        .dispatch = dispatch,
        .simulator = rehearsal->simulator,
        .campaign = rehearsal->setup->campaign,
        .grid_ms = rehearsal_grid_ms(rehearsal->setup),
        .speed = rehearsal->setup->speed,
    });
    simulator_attach(rehearsal->simulator, loop, rehearsal_lost, rehearsal);
}

static void rehearsal_ended(void *ctx)
{
    struct rehearsal *rehearsal = ctx;

    rehearsal->deaf = rehearsal_clock_is_deaf(rehearsal->clock);
    rehearsal_clock_close(rehearsal->clock);
    rehearsal->clock = NULL;
    simulator_detach(rehearsal->simulator);
}

static void rehearsal_watch(void *ctx)
{
    struct rehearsal *rehearsal = ctx;

    if (rehearsal->clock)
        rehearsal_clock_watch(rehearsal->clock);
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
                path, lang_error(rc));
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

    clock_freeze();
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

int rehearsal_run(const struct rehearsal_setup *setup, struct rehearsal_result *result)
{
    struct rehearsal rehearsal = {.setup = setup};
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
                spec, lang_error(rc));
    if (rc)
        return rc;
    rc = simulator_start(&rehearsal.simulator, setup->program, spec, why, sizeof why);
    if (rc) {
        fprintf(stderr, "lawcast: %s\n", why);
        return rc;
    }
    rc = rehearsal_carry_out(&rehearsal, &result->gateway);
    result->lossy = rehearsal.deaf;
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
