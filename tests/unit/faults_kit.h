/* faults_kit: scripted histories on books whose disk fails, for the tests of the ledger.
 * Runs: any. For programs that are linked with tests/support/disk_faults.c and as acts_kit wants
 * it.
 *
 * A child carries the script out and tells the parent by a pipe what was answered. */
#ifndef LAWCAST_TESTS_FAULTS_KIT_H
#define LAWCAST_TESTS_FAULTS_KIT_H

#include "tests/unit/acts_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/support/disk_faults.h"

/* Commands for the disk of these books, shared with children only. */
static inline struct disk_faults *faults_make(const struct kit *kit)
{
    MEM_FREE_LATER char *file = mem_printf("%s/faults", kit->directory);
    struct disk_faults *faults = disk_faults_make(file, kit->path);

    assert_non_null(faults);
    assert_int_equal(unlink(file), 0);
    return faults;
}

/* Carries out so many acts, from the parent's time on, and dies where it stands. */
static inline _Noreturn void faults_child(const struct kit *place, const struct act *acts, size_t n,
                                          int told)
{
    struct actor actor = {.kit = *place, .told = told};

    if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout) ||
        uv_loop_init(&actor.kit.loop))
        _exit(WRONG_OPEN);
    faults_drawn = 0;
    for (size_t i = 0; i < n; i++, faults_now_ms += 1000) {
        act_table[acts[i].kind](&actor, &acts[i]);
        if (write(told, "", 1) != 1)
            _exit(WRONG_PIPE);
    }
    _exit(0);
}

/* Plays the script in a child that suffers faults; how many acts were answered. *status: as of
 * waitpid. */
static inline size_t faults_play(const struct kit *place, struct disk_faults *faults,
                                 const struct act *acts, size_t n, int *status)
{
    char bytes[256];
    size_t answered = 0;
    ssize_t got;
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        disk_faults_suffer(faults);
        faults_child(place, acts, n, ends[1]);
    }
    close(ends[1]);
    while ((got = read(ends[0], bytes, sizeof bytes)) > 0)
        answered += (size_t)got;
    close(ends[0]);
    assert_int_equal(waitpid(child, status, 0), child);
    return answered;
}

static inline int faults_unlink(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    return ftw->level > 0 ? remove(path) : 0;
}

/* Every file of a folder into another one, which is made; the next level, too. */
static inline void faults_copy(const char *from, const char *to)
{
    DIR *dir = opendir(from);
    const struct dirent *entry;

    assert_non_null(dir);
    assert_true(mkdir(to, 0700) == 0 || errno == EEXIST);
    while ((entry = readdir(dir))) {
        MEM_FREE_LATER char *old = mem_printf("%s/%s", from, entry->d_name);
        MEM_FREE_LATER char *new = mem_printf("%s/%s", to, entry->d_name);
        int in, out;

        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR) {
            faults_copy(old, new);
            continue;
        }
        in = open(old, O_RDONLY | O_CLOEXEC);
        out = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        assert_true(in >= 0 && out >= 0);
        while (copy_file_range(in, NULL, out, NULL, 1 << 20, 0) > 0)
            continue;
        assert_int_equal(lseek(in, 0, SEEK_CUR), lseek(in, 0, SEEK_END));
        fchmod(out, strstr(new, ".key") && !strstr(new, ".key.") ? 0400 : 0600);
        close(in);
        close(out);
    }
    closedir(dir);
}

/* No books any more. */
static inline void faults_clear(const char *folder)
{
    assert_int_equal(nftw(folder, faults_unlink, 8, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
