/* tree: what a program and all its descendants cost. See tree.h.
 * Runs: any (for benches). */
#include "tests/bench/tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"

struct tree_pids {
    pid_t *items;
    size_t n, room;
};

static void tree_add(struct tree_pids *pids, pid_t pid)
{
    if (pids->n == pids->room) {
        pids->room = pids->room ? pids->room * 2 : 64;
        pids->items = mem_grow(pids->items, pids->room, sizeof *pids->items);
    }
    pids->items[pids->n++] = pid;
}

/* Opens /proc/PID/task/TID/name for each thread and hands it over. */
static void tree_each_thread(pid_t pid, const char *name, void (*each)(FILE *file, void *ctx),
                             void *ctx)
{
    char path[64];
    const struct dirent *entry;
    DIR *threads;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads && (entry = readdir(threads))) {
        MEM_FREE_LATER char *file_path =
            mem_printf("/proc/%d/task/%s/%s", (int)pid, entry->d_name, name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(file_path, "re");

        if (!file)
            continue;
        each(file, ctx);
        fclose(file);
    }
    if (threads)
        closedir(threads);
}

static void tree_add_children(FILE *file, void *ctx)
{
    int child;

    while (fscanf(file, "%d", &child) == 1)
        tree_add(ctx, child);
}

pid_t *tree_list(const pid_t *roots, size_t n_roots, size_t *n)
{
    struct tree_pids pids = {0};

    for (size_t i = 0; i < n_roots; i++)
        tree_add(&pids, roots[i]);
    for (size_t i = 0; i < pids.n; i++)
        tree_each_thread(pids.items[i], "children", tree_add_children, &pids);
    *n = pids.n;
    return pids.items;
}

/* The first number is nanoseconds on a processor. */
static void tree_add_run_time(FILE *file, void *ctx)
{
    double *seconds = ctx;
    double ns;

    if (fscanf(file, "%lf", &ns) == 1)
        *seconds += ns / 1e9;
}

/* From its stat, in clock ticks: what it used itself, with threads that have ended, and what its
 * ended children used. Fields 14 to 17, counted behind the name. */
static void tree_read_ticks(pid_t pid, unsigned long *own, unsigned long *ended)
{
    char path[64], line[1024] = "";
    unsigned long ticks[4] = {0};
    const char *at;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    at = strrchr(line, ')');
    if (at)
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &ticks[0],
               &ticks[1], &ticks[2], &ticks[3]);
    *own = ticks[0] + ticks[1];
    *ended = ticks[2] + ticks[3];
}

double tree_cpu_s(const pid_t *roots, size_t n_roots)
{
    double seconds = 0, tick_s = 1 / (double)sysconf(_SC_CLK_TCK);
    size_t n;
    pid_t *pids = tree_list(roots, n_roots, &n);

    for (size_t i = 0; i < n; i++) {
        unsigned long own, ended;
        double exact = 0;

        tree_each_thread(pids[i], "schedstat", tree_add_run_time, &exact);
        tree_read_ticks(pids[i], &own, &ended);
        seconds += (double)own * tick_s > exact ? (double)own * tick_s : exact;
        seconds += (double)ended * tick_s;
    }
    free(pids);
    return seconds;
}

/* The sum of these fields of the process's smaps_rollup, in MiB; 0 when it is gone. */
static double tree_rollup(pid_t pid, const char *const *fields)
{
    char path[64], line[128];
    double kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        for (size_t i = 0; fields[i]; i++)
            if (strncmp(line, fields[i], strlen(fields[i])) == 0)
                kib += atof(line + strlen(fields[i]));
    if (file)
        fclose(file);
    return kib / 1024;
}

void tree_weigh(const pid_t *roots, size_t n_roots, struct tree_memory *memory)
{
    static const char *const pss[] = {"Pss:", NULL};
    static const char *const own[] = {"Private_Clean:", "Private_Dirty:", NULL};
    size_t n;
    pid_t *pids = tree_list(roots, n_roots, &n);

    *memory = (struct tree_memory){0};
    for (size_t i = 0; i < n; i++)
        memory->pss_mib += tree_rollup(pids[i], pss);
    for (size_t i = n_roots; i < n; i++)
        memory->child_private_mib += tree_rollup(pids[i], own) / (double)(n - n_roots);
    free(pids);
}
