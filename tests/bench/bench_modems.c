/* bench_modems: the whole gateway (lawcast run, its agents, its books) on simulated modems.
 *
 *   bench=modems modems=64 air_ms=1000 messages=... parts_per_s=... modem_use=...
 * cpu_s_per_1000=... ready_s=... rss_mib=... agent_private_mib=...
 *
 * parts_per_s is taken from the simulator's log, between the first and the last part that the
 * network accepted; modem_use = parts_per_s / (modems / air time). cpu_s_per_1000 is the processor
 * time of lawcast and all its agents, start and import included, without the simulator. ready_s is
 * the time from the start to the moment when every modem has taken a message. Memory is looked at
 * in the middle of the run: rss_mib sums what is proportionally each process's own (PSS),
 * agent_private_mib is the mean of the agents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

struct bench_case {
    int modems, air_ms;
    size_t messages;
};

struct bench_memory {
    double pss_mib, agent_private_mib;
};

static void bench_write(const struct stage *stage, const struct sim_client *sim,
                        const struct bench_case *which)
{
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(sim, 0));
    char from[20], to[20];

    *strrchr(devices, '-') = '\0';
    stage_time(-3600, from);
    stage_time(7200, to);
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"bench\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"%s-[0-%d]\"; grace_ms = %d; } );\n",
                stage->books, devices, which->modems - 1, which->air_ms ? 5 : 0);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"弘扬宪法精神，共建文明城市\"; report_wait = 5; };\n"
                "  orders = ( { unit = \"city\"; quota = %zu; recipients = \"city.csv\"; } );\n"
                "};\n",
                from, to, which->messages);
    stage_write_numbers(stage, "city.csv", 13800000000, which->messages);
}

/* The sum of a field of /proc/PID/smaps_rollup, in MiB; 0 when the process is gone. */
static double bench_rollup(pid_t pid, const char *const *fields)
{
    char path[64], line[128];
    double kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        for (size_t i = 0; fields[i]; i++)
            if (strncmp(line, fields[i], strlen(fields[i])) == 0)
                kib += atof(line + strlen(fields[i]));
    if (file)
        fclose(file);
    return kib / 1024;
}

static struct bench_memory bench_look(pid_t gateway)
{
    static const char *const pss[] = {"Pss:", NULL};
    static const char *const own[] = {"Private_Clean:", "Private_Dirty:", NULL};
    struct bench_memory memory = {.pss_mib = bench_rollup(gateway, pss)};
    char path[64];
    int child, agents = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)gateway, (int)gateway);
    file = fopen(path, "r");
    while (file && fscanf(file, "%d", &child) == 1) {
        memory.pss_mib += bench_rollup(child, pss);
        memory.agent_private_mib += bench_rollup(child, own);
        agents++;
    }
    if (file)
        fclose(file);
    memory.agent_private_mib /= agents ? agents : 1;
    return memory;
}

static int64_t bench_accepted(struct sim_client *sim)
{
    struct jv *answer = sim_client_ask(sim, "sync");
    int64_t n = jv_number(jv_at(answer, "/accepted"), -1);

    jv_free(answer);
    return n;
}

/* Waits until half of the messages are out. */
static void bench_wait_half(struct sim_client *sim, const struct bench_case *which)
{
    while (bench_accepted(sim) < (int64_t)which->messages / 2)
        usleep(20000);
}

static void bench_print(struct sim_client *sim, const struct bench_case *which, double cpu_s,
                        const struct bench_memory *memory, int64_t start_ms)
{
    struct sim_events events = sim_client_events(sim);
    bool *seen = mem_array((size_t)which->modems, bool);
    int64_t first = 0, last = 0, ready = 0;
    int modems = 0;
    double n = 0, rate;

    for (size_t i = 0; i < events.n; i++) {
        const struct sim_event *event = &events.items[i];

        if (strcmp(event->event, "accepted") != 0)
            continue;
        if (!first)
            first = event->t;
        last = event->t;
        n++;
        if (!seen[event->modem] && ++modems == which->modems)
            ready = event->t;
        seen[event->modem] = true;
    }
    rate = (n - which->modems) * 1000 / (double)(last - first);
    printf("bench=modems modems=%d air_ms=%d messages=%.0f parts_per_s=%.1f", which->modems,
           which->air_ms, n, rate);
    if (which->air_ms)
        printf(" modem_use=%.3f", rate * which->air_ms / 1000 / which->modems);
    printf(" cpu_s_per_1000=%.2f ready_s=%.2f rss_mib=%.0f agent_private_mib=%.2f\n",
           cpu_s * 1000 / n, (double)(ready - which->air_ms - start_ms) / 1000, memory->pss_mib,
           memory->agent_private_mib);
    fflush(stdout);
    free(seen);
    sim_events_free(&events);
}

static double bench_seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void bench_run(const struct bench_case *which)
{
    char program[512], modems[16], air[16];
    const char *const options[] = {"--modems", modems, "--air-ms", air, "--report-ms", "50", NULL};
    const char *args[] = {"run", "-c", NULL, "--quiet", NULL, NULL};
    struct sim_client *sim;
    struct stage_child child;
    struct bench_memory memory;
    struct rusage usage;
    struct stage stage;
    int64_t start;
    int status;

    snprintf(modems, sizeof modems, "%d", which->modems);
    snprintf(air, sizeof air, "%d", which->air_ms);
    stage_open(&stage);
    sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(sim);
    bench_write(&stage, sim, which);
    args[2] = stage.conf;
    args[4] = stage.campaign;
    start = clock_wall_ms();
    stage_spawn(&stage, &child, args);
    bench_wait_half(sim, which);
    memory = bench_look(child.pid);
    /* wait4 gives the whole tree: lawcast waits for its agents. */
    assert_int_equal(wait4(child.pid, &status, 0, &usage), child.pid);
    close(child.out);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    bench_print(sim, which, bench_seconds(&usage.ru_utime) + bench_seconds(&usage.ru_stime),
                &memory, start);
    sim_client_free(sim);
    stage_close(&stage);
}

int main(void)
{
    static const struct bench_case cases[] = {
        {16, 0, 30000},
        {64, 0, 60000},
        {64, 1000, 64 * 30},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        bench_run(&cases[i]);
    return 0;
}
