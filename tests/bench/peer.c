/* peer: other SMS gateways, run on the same simulated modems as ours. See peer.h.
 * Runs: any (blocks; for benches). */
#include "tests/bench/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

#define PEER_FAREWELL_MS 5000

const struct peer peer_list[] = {
    {"gammu-smsd", "gammu-smsd", 64 * 80, peer_gammu_write, peer_gammu_start},
    {"smstools", "smsd", 6000, peer_smstools_write, peer_smstools_start},
    {"kannel", "bearerbox", 1500, peer_kannel_write, peer_kannel_start},
    {0},
};

/* Daemons live where users don't look. To be freed; NULL: not installed. */
static char *peer_find(const char *program)
{
    MEM_FREE_LATER char *folders =
        mem_printf("%s:/usr/sbin:/usr/local/sbin", getenv("PATH") ? getenv("PATH") : "/usr/bin");
    char *rest = folders, *folder;

    while ((folder = strsep(&rest, ":"))) {
        char *path = mem_printf("%s/%s", folder, program);

        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

bool peer_is_installed(const struct peer *peer)
{
    MEM_FREE_LATER char *path = peer_find(peer->program);

    return path != NULL;
}

void peer_make(const struct peer_room *room, const char *format, ...)
{
    MEM_FREE_LATER char *path = NULL;
    char name[64];
    va_list args;

    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    path = mem_printf("%s/%s", room->stage.dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

void peer_write(const struct peer_room *room, const char *name, const char *format, ...)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", room->stage.dir, name);
    FILE *file = fopen(path, "we");
    va_list args;

    assert_non_null(file);
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    assert_int_equal(fclose(file), 0);
}

pid_t peer_spawn(const struct peer_room *room, const char *const *argv)
{
    MEM_FREE_LATER char *program = peer_find(argv[0]);
    MEM_FREE_LATER char *said = mem_printf("%s/said", room->stage.dir);
    posix_spawn_file_actions_t actions;
    pid_t pid;

    assert_non_null(program);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, said, O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    assert_int_equal(
        posix_spawn(&pid, program, &actions, NULL, (char *const *)(uintptr_t)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* false: it has ended and was waited for, or is no child of ours. */
static bool peer_is_there(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == 0;
}

/* First politely, then not; their children are ours by then (PR_SET_CHILD_SUBREAPER). */
static void peer_end(struct peer_room *room)
{
    int64_t limit = clock_mono_ms() + PEER_FAREWELL_MS;
    size_t n;
    pid_t *pids;

    if (room->helper) {
        kill(room->helper, SIGKILL);
        waitpid(room->helper, NULL, 0);
    }
    pids = tree_list(room->pids, room->n_pids, &n);
    for (size_t i = 0; i < room->n_pids; i++)
        kill(pids[i], SIGTERM);
    for (size_t i = 0; i < room->n_pids; i++)
        while (peer_is_there(pids[i])) {
            if (clock_mono_ms() > limit)
                kill(pids[i], SIGKILL);
            stage_pause();
        }
    for (size_t i = room->n_pids; i < n; i++)
        while (peer_is_there(pids[i])) {
            kill(pids[i], SIGKILL);
            stage_pause();
        }
    free(pids);
}

void peer_run(const struct peer *peer, const struct figures_case *which, struct sim_client *sim,
              struct figures *out)
{
    struct peer_room room = {.which = which, .sim = sim};
    struct figures_roots roots = {.pids = room.pids};

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    stage_open(&room.stage);
    peer->write(&room);
    roots.start_ms = clock_wall_ms();
    peer->start(&room);
    roots.n = room.n_pids;
    figures_take(which, sim, &roots, out);
    peer_end(&room);
    stage_close(&room.stage);
}
