/* test_ports: a device has one owner, under whichever of its names it was asked for.
 * Runs: loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapters/modem/ports.h"

struct folder {
    char dir[64], device[80], link[80], far[80], other[80];
};

static void folder_open(struct folder *folder)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(folder->dir, sizeof folder->dir, "%.40s/ports-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(folder->dir));
    snprintf(folder->device, sizeof folder->device, "%s/tty0", folder->dir);
    snprintf(folder->link, sizeof folder->link, "%s/by-path", folder->dir);
    snprintf(folder->far, sizeof folder->far, "%s/by-id", folder->dir);
    snprintf(folder->other, sizeof folder->other, "%s/tty1", folder->dir);
    assert_int_equal(symlink("/dev/null", folder->device), 0);
    assert_int_equal(symlink("tty0", folder->link), 0);
    assert_int_equal(symlink("by-path", folder->far), 0);
    assert_int_equal(symlink("/dev/zero", folder->other), 0);
}

static void folder_close(struct folder *folder)
{
    unlink(folder->device);
    unlink(folder->link);
    unlink(folder->far);
    unlink(folder->other);
    assert_int_equal(rmdir(folder->dir), 0);
}

static void test_one_owner(void **state)
{
    struct ports *ports = ports_new();
    struct folder folder;
    const int a = 0, b = 0;

    (void)state;
    folder_open(&folder);
    assert_true(ports_take(ports, folder.device, &a));
    assert_false(ports_take(ports, folder.device, &b));
    assert_false(ports_take(ports, folder.link, &b));
    assert_false(ports_take(ports, folder.far, &b));
    assert_true(ports_take(ports, folder.other, &b));
    ports_release(ports, &a);
    ports_release(ports, &b);
    assert_true(ports_take(ports, folder.far, &b));
    assert_false(ports_take(ports, folder.device, &a));
    ports_release(ports, &a); /* has none */
    ports_release(ports, &b);
    ports_free(ports);
    folder_close(&folder);
}

/* What a link leads to when it is taken counts, not what it leads to later. */
static void test_moved_link(void **state)
{
    struct ports *ports = ports_new();
    struct folder folder;
    const int a = 0, b = 0;

    (void)state;
    folder_open(&folder);
    assert_true(ports_take(ports, folder.device, &a));
    unlink(folder.device);
    assert_int_equal(symlink("/dev/zero", folder.device), 0);
    assert_true(ports_take(ports, folder.device, &b));
    ports_release(ports, &a);
    ports_release(ports, &b);
    ports_free(ports);
    folder_close(&folder);
}

static void test_nothing_there(void **state)
{
    struct ports *ports = ports_new();
    const int a = 0;

    (void)state;
    assert_false(ports_take(ports, "/dev/does-not-exist", &a));
    ports_free(ports);
    ports_free(NULL);
}

/* More than the first piece of memory holds. */
static void test_many(void **state)
{
    static const int owners[100];
    struct ports *ports = ports_new();
    struct folder folder;
    char names[100][80];

    (void)state;
    folder_open(&folder);
    for (size_t i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "%s/%zu", folder.dir, i);
        fclose(fopen(names[i], "w"));
        assert_true(ports_take(ports, names[i], &owners[i]));
    }
    for (size_t i = 0; i < 100; i++) {
        assert_false(ports_take(ports, names[i], &folder));
        ports_release(ports, &owners[i]);
        assert_true(ports_take(ports, names[i], &folder));
        ports_release(ports, &folder);
        unlink(names[i]);
    }
    ports_free(ports);
    folder_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_owner),
        cmocka_unit_test(test_moved_link),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
