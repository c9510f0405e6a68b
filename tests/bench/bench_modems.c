/* bench_modems: the whole gateway (lawcast run, its agents, its books) on simulated modems; and
 * what else is installed of SMS gateways, on the same simulator in the same run.
 *
 *   bench=modems modems= air_ms= messages= parts_per_s= modem_use= cpu_s_per_1000= rss_mib=
 *       agent_private_mib= ready_s=
 *       aim_use= aim_rate= aim_cpu= aim_ready= aim_private= (met or missed; what there is an aim
 * for) bench=modems peer=smstools modems= ... ratio_rate=ours/theirs ratio_cpu=theirs/ours
 *
 * How use, rate and processor time are taken: figures.h. The processor time is that of lawcast and
 * its agents, without the simulator; rss_mib is the sum of what is proportionally each process's
 * own (PSS), agent_private_mib the mean of the agents, both in the middle of the run. The messages
 * are of one part of UCS-2, lawcast asks for a status report of each and its books are durable; the
 * peers (peer.h) are asked for none, and are given their messages before the clock runs, so that
 * what their own queueing costs isn't counted.
 *
 *   bench_modems                  64 modems at 1 s of air time and at 0
 *   bench_modems all              64, 128, 256 at 1 s, 3 s and 0; peers at 64: about 8 minutes
 *   bench_modems MODEMS AIR_MS    one case, with the peers */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "tests/bench/figures.h"
#include "tests/bench/peer.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define BENCH_PEER_MS 25000

static struct sim_client *bench_start_sim(const struct figures_case *which)
{
    char program[512], modems[16], air[16];
    const char *const options[] = {"--modems", modems, "--air-ms", air, "--report-ms", "50", NULL};
    struct sim_client *sim;

    snprintf(modems, sizeof modems, "%d", which->modems);
    snprintf(air, sizeof air, "%d", which->air_ms);
    sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(sim);
    return sim;
}

static void bench_write(const struct stage *stage, const struct sim_client *sim,
                        const struct figures_case *which)
{
    const struct stage_bank bank = {.first_modem = sim_client_modem(sim, 0),
                                    .modems = which->modems,
                                    .options = which->air_ms ? "grace_ms = 5;" : "grace_ms = 0;"};

    stage_write_office(stage, &bank);
    stage_write_campaign(stage, -3600, 7200,
                         "text = \"弘扬宪法精神，共建文明城市\"; report_wait = 5;",
                         which->messages);
}

static void bench_print_case(const char *peer, const struct figures_case *which,
                             const struct figures *figures)
{
    printf("bench=modems");
    if (peer)
        printf(" peer=%s", peer);
    printf(" modems=%d air_ms=%d messages=%lld parts_per_s=%.1f", which->modems, which->air_ms,
           (long long)figures->accepted, figures->rate);
    if (figures->busy < which->modems)
        printf(" modems_at_work=%d", figures->busy);
    if (which->air_ms)
        printf(" modem_use=%.3f", figures->use);
    printf(" cpu_s_per_1000=%.2f rss_mib=%.0f", figures->cpu_s, figures->memory.pss_mib);
}

/* What the figures are held against; a bench that misses one says so and goes on. */
#define AIM_USE         0.99
#define AIM_RATE        5000 /* parts a second */
#define AIM_CPU_S       0.6  /* of 1,000 parts on 64 modems with 1 s of air time */
#define AIM_READY_S     3    /* 256 modems */
#define AIM_PRIVATE_MIB 1    /* each agent */

static void bench_print_aim(const char *name, bool met)
{
    printf(" aim_%s=%s", name, met ? "met" : "missed");
}

static void bench_print_aims(const struct figures_case *which, const struct figures *figures)
{
    if (which->air_ms >= 1000)
        bench_print_aim("use", figures->use >= AIM_USE);
    if (which->air_ms == 0 && which->modems == 64)
        bench_print_aim("rate", figures->rate >= AIM_RATE);
    if (which->air_ms == 1000 && which->modems == 64)
        bench_print_aim("cpu", figures->cpu_s <= AIM_CPU_S);
    if (which->modems == 256)
        bench_print_aim("ready", figures->ready_s < AIM_READY_S);
    bench_print_aim("private", figures->memory.child_private_mib < AIM_PRIVATE_MIB);
}

static void bench_run(const struct figures_case *which, struct figures *figures)
{
    const char *args[] = {"run", "-c", NULL, "--quiet", NULL, NULL};
    struct sim_client *sim = bench_start_sim(which);
    struct stage_child child;
    struct stage stage;
    struct figures_roots roots = {.pids = &child.pid, .n = 1};
    int code;

    stage_open(&stage);
    bench_write(&stage, sim, which);
    args[2] = stage.conf;
    args[4] = stage.campaign;
    roots.start_ms = clock_wall_ms();
    stage_spawn(&stage, &child, args);
    figures_take(which, sim, &roots, figures);
    code = stage_wait(&child, 60, NULL);
    bench_print_case(NULL, which, figures);
    printf(" agent_private_mib=%.2f ready_s=%.2f", figures->memory.child_private_mib,
           figures->ready_s);
    bench_print_aims(which, figures);
    putchar('\n');
    fflush(stdout);
    assert_int_equal(code, 0);
    assert_int_equal(figures->accepted, which->messages);
    sim_client_free(sim);
    stage_close(&stage);
}

static double bench_ratio(double above, double below)
{
    return below > 0 ? above / below : 0;
}

static void bench_run_peer(const struct peer *peer, const struct figures_case *which,
                           const struct figures *ours)
{
    struct figures_case limited = *which;
    struct figures theirs;
    struct sim_client *sim;

    limited.limit_ms = BENCH_PEER_MS;
    limited.messages = which->air_ms ? which->messages : peer->at_once;
    sim = bench_start_sim(&limited);
    peer_run(peer, &limited, sim, &theirs);
    bench_print_case(peer->name, &limited, &theirs);
    printf(" ratio_rate=%.2f ratio_cpu=%.2f\n", bench_ratio(ours->rate, theirs.rate),
           bench_ratio(theirs.cpu_s, ours->cpu_s));
    fflush(stdout);
    sim_client_free(sim);
}

/* Half a minute's worth, or enough for a few seconds at once. */
static size_t bench_messages(int modems, int air_ms)
{
    if (air_ms == 0)
        return 100000;
    return (size_t)modems * (air_ms < 2000 ? 30 : 12);
}

static void bench_run_case(int modems, int air_ms, bool peers)
{
    const struct figures_case which = {
        .modems = modems, .air_ms = air_ms, .messages = bench_messages(modems, air_ms)};
    struct figures ours;

    bench_run(&which, &ours);
    for (const struct peer *peer = peer_list; peers && peer->name; peer++) {
        if (peer_is_installed(peer))
            bench_run_peer(peer, &which, &ours);
        else
            printf("bench=modems peer=%s installed=no\n", peer->name);
    }
}

static void bench_run_all(void)
{
    static const int modems[] = {64, 128, 256}, air_ms[] = {1000, 3000, 0};

    for (size_t i = 0; i < sizeof modems / sizeof *modems; i++)
        for (size_t k = 0; k < sizeof air_ms / sizeof *air_ms; k++)
            bench_run_case(modems[i], air_ms[k], modems[i] <= PEER_MODEMS && air_ms[k] <= 1000);
}

int main(int argc, char **argv)
{
    int modems = argc == 3 ? atoi(argv[1]) : 0;

    if (argc == 1) {
        bench_run_case(64, 1000, false);
        bench_run_case(64, 0, false);
    } else if (argc == 2 && strcmp(argv[1], "all") == 0) {
        bench_run_all();
    } else if (modems > 0) {
        bench_run_case(modems, atoi(argv[2]), modems <= PEER_MODEMS);
    } else {
        fprintf(stderr, "usage: bench_modems [all | MODEMS AIR_MS]\n");
        return 2;
    }
    return 0;
}
