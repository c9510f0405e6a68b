/* test_refused: the file of refused rows appears whole or not at all.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/report/refused.h"

static const struct recipient duplicate = {.file = "lists/city.csv",
                                           .line = 12,
                                           .refused = true,
                                           .why = REFUSAL_DUPLICATE,
                                           .raw = "+8613800000001"};

static int folder_make(void **state)
{
    const char *tmp = getenv("TMPDIR");

    *state = mem_printf("%s/lawcast-refused-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(*state) ? 0 : -1;
}

static int folder_remove(void **state)
{
    int rc = rmdir(*state);

    free(*state);
    return rc; /* fails when a test has left a file behind */
}

static size_t folder_count(const char *folder)
{
    DIR *directory = opendir(folder);
    size_t n = 0;

    while (readdir(directory))
        n++;
    closedir(directory);
    return n - 2;
}

static void rows_come_out(void **state)
{
    char *path = refused_path(*state, "day");
    struct buffer text = BUFFER_NULL;
    struct refused *refused;
    struct stat status;

    assert_int_equal(refused_open(&refused, path, false), 0);
    refused_add(refused, &duplicate);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(refused_close(refused), 1);
    assert_int_equal(buffer_read_file(&text, path, 4096), 0);
    assert_memory_equal(buffer_text(&text), "\xEF\xBB\xBF文件,行,号码,原因\r\n", 29);
    assert_non_null(strstr(buffer_text(&text), "\r\nlists/city.csv,12,\"'+86****0001\","));
    assert_null(strstr(buffer_text(&text), "1380000"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(folder_count(*state), 1);
    buffer_free(&text);
    unlink(path);
    free(path);
}

/* Only when they are asked for; and what a crash has left open to others is closed. */
static void numbers_may_stand_in_full(void **state)
{
    MEM_FREE_LATER char *path = refused_path(*state, "day");
    MEM_FREE_LATER char *part = mem_printf("%s.part", path);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct refused *refused;
    struct stat status;
    FILE *left = fopen(part, "w");

    assert_non_null(left);
    assert_int_equal(fclose(left), 0);
    assert_int_equal(chmod(part, 0666), 0);
    assert_int_equal(refused_open(&refused, path, true), 0);
    refused_add(refused, &duplicate);
    assert_int_equal(refused_close(refused), 1);
    assert_int_equal(buffer_read_file(&text, path, 4096), 0);
    assert_non_null(strstr(buffer_text(&text), "\r\nlists/city.csv,12,\"'+8613800000001\","));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    unlink(path);
}

static void an_older_file_is_replaced_or_kept(void **state)
{
    char *path = refused_path(*state, "day");
    struct refused *refused;

    assert_int_equal(refused_open(&refused, path, false), 0);
    assert_int_equal(refused_close(refused), 0);
    assert_int_equal(refused_open(&refused, path, false), 0);
    refused_add(refused, &duplicate);
    refused_abandon(refused);
    assert_int_equal(folder_count(*state), 1);
    assert_int_equal(refused_open(&refused, path, false), 0);
    refused_add(refused, &duplicate);
    refused_add(refused, &duplicate);
    assert_int_equal(refused_close(refused), 2);
    assert_int_equal(folder_count(*state), 1);
    unlink(path);
    free(path);
}

static void a_missing_folder_is_an_error(void **state)
{
    char *path = mem_printf("%s/missing/day.csv", (char *)*state);
    struct refused *refused;

    assert_int_equal(refused_open(&refused, path, false), -ENOENT);
    assert_null(refused);
    free(path);
}

/* In a child whose files may not grow: the exit code says what went wrong, 0 nothing. */
static int write_on_full_disk(const char *path)
{
    const struct rlimit limit = {1024, 1024};
    struct refused *refused;

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) || refused_open(&refused, path, false))
        return 1;
    for (int i = 0; i < 1000; i++)
        refused_add(refused, &duplicate);
    return refused_close(refused) == -EFBIG ? 0 : 2;
}

static void a_full_disk_leaves_nothing_behind(void **state)
{
    char *path = refused_path(*state, "day");
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(write_on_full_disk(path));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(folder_count(*state), 0);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_come_out, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(numbers_may_stand_in_full, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(an_older_file_is_replaced_or_kept, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_missing_folder_is_an_error, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_nothing_behind, folder_make,
                                        folder_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
