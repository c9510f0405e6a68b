/* bank: all modems and the network. See bank.h.
 * Runs: loop. */
#include "tests/sim/bank.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/sim/due.h"

struct bank {
    struct modem_env env;
    int64_t report_ms;
    struct modem **modems;
    size_t n;
    struct due due;
    uv_timer_t timer;
    bool made_dir;
};

static void bank_arm(struct bank *bank);

static void bank_on_due(uv_timer_t *timer)
{
    struct bank *bank = timer->data;
    int64_t now = clock_steady_ms();
    const struct report *front;

    while ((front = due_front(&bank->due)) && front->due_ms <= now) {
        struct report report = *front;

        due_pop(&bank->due);
        modem_report(bank->modems[report.modem], &report);
    }
    bank_arm(bank);
}

/* For the next one that is due. */
static void bank_arm(struct bank *bank)
{
    const struct report *front = due_front(&bank->due);
    int64_t wait;

    if (!front || clock_is_frozen())
        return;
    wait = front->due_ms - clock_steady_ms();
    uv_timer_start(&bank->timer, bank_on_due, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* On a frozen clock the network reports on the grid. */
static int64_t bank_on_grid(const struct bank *bank, int64_t after_ms)
{
    int64_t grid_ms = bank->env.grid_ms, late_ms;

    if (!clock_is_frozen())
        return after_ms;
    late_ms = (clock_wall_ms() + after_ms) % grid_ms;
    return late_ms ? after_ms + grid_ms - late_ms : after_ms;
}

/* Even without a delay the report comes by the timer, never from inside the modem's own turn. */
static void bank_promise(void *ctx, const struct report *report)
{
    struct bank *bank = ctx;
    struct report due = *report;

    due.due_ms = clock_steady_ms() +
                 bank_on_grid(bank, report->due_ms < 0 ? bank->report_ms : report->due_ms);
    due_push(&bank->due, &due);
    if (due_front(&bank->due)->due_ms == due.due_ms || !uv_is_active((uv_handle_t *)&bank->timer))
        bank_arm(bank);
}

void bank_advance(struct bank *bank)
{
    for (size_t i = 0; i < bank->n && clock_is_frozen(); i++)
        modem_advance(bank->modems[i], clock_wall_ms());
    bank_on_due(&bank->timer);
}

int64_t bank_next_ms(const struct bank *bank)
{
    const struct report *front = due_front(&bank->due);
    int64_t next = front ? front->due_ms - clock_steady_ms() + clock_wall_ms() : INT64_MAX;

    for (size_t i = 0; i < bank->n; i++) {
        int64_t at = modem_next_ms(bank->modems[i]);

        next = at < next ? at : next;
    }
    return next;
}

struct bank_view bank_view(const struct bank *bank)
{
    struct bank_view view = {0};

    for (size_t i = 0; i < bank->n; i++) {
        view.air += modem_is_in_air(bank->modems[i]);
        view.said += (int64_t)modem_said(bank->modems[i]);
        view.gone += !modem_is_plugged(bank->modems[i]);
    }
    return view;
}

struct bank *bank_new(uv_loop_t *loop, struct sim_log *log, const struct sim_spec *spec)
{
    struct bank *bank = mem_new(struct bank);

    bank->env = (struct modem_env){.loop = loop,
                                   .log = log,
                                   .fates = fates_new((uint64_t)spec->seed, &spec->odds),
                                   .dir = spec->dir,
                                   .grid_ms = spec->grid_ms > 0 ? spec->grid_ms : 1,
                                   .promise = bank_promise,
                                   .ctx = bank};
    bank->report_ms = spec->report_ms;
    bank->n = (size_t)spec->modems;
    bank->modems = mem_array(bank->n, struct modem *);
    for (size_t i = 0; i < bank->n; i++) {
        struct modem_spec each = spec_modem(spec, (int64_t)i);

        bank->modems[i] = modem_new(&bank->env, &each);
    }
    uv_timer_init(loop, &bank->timer);
    bank->timer.data = bank;
    return bank;
}

int bank_start(struct bank *bank)
{
    if (bank->n == 0)
        return 0;
    bank->made_dir = mkdir(bank->env.dir, 0700) == 0;
    if (!bank->made_dir && errno != EEXIST)
        return -errno;
    for (size_t i = 0; i < bank->n; i++) {
        int rc = modem_plug(bank->modems[i], NULL);

        if (rc)
            return rc;
    }
    return 0;
}

void bank_close(struct bank *bank)
{
    for (size_t i = 0; i < bank->n; i++)
        modem_close(bank->modems[i]);
    uv_close((uv_handle_t *)&bank->timer, NULL);
    if (bank->made_dir)
        rmdir(bank->env.dir);
}

void bank_free(struct bank *bank)
{
    for (size_t i = 0; i < bank->n; i++)
        modem_free(bank->modems[i]);
    free(bank->modems);
    fates_free(bank->env.fates);
    due_free(&bank->due);
    free(bank);
}

size_t bank_size(const struct bank *bank)
{
    return bank->n;
}

struct modem *bank_modem(struct bank *bank, size_t index)
{
    return index < bank->n ? bank->modems[index] : NULL;
}

bool bank_has_link(const struct bank *bank, const char *path)
{
    for (size_t i = 0; i < bank->n; i++)
        if (strcmp(modem_link(bank->modems[i]), path) == 0)
            return true;
    return false;
}

const char *bank_dir(const struct bank *bank)
{
    return bank->env.dir;
}

struct fates *bank_fates(struct bank *bank)
{
    return bank->env.fates;
}

size_t bank_reports_pending(const struct bank *bank)
{
    size_t n = bank->due.n;

    for (size_t i = 0; i < bank->n; i++)
        n += modem_reports_waiting(bank->modems[i]);
    return n;
}
