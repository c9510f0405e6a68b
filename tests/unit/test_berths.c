/* test_berths: a modem is looked for at its own device first, then where it may have come back, and
 * nowhere twice in vain.
 * Runs: loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"

#include "adapters/modem/berths.h"

enum { SPARES = 3 };

struct harbour {
    char dir[64];
    char *names[1 + SPARES];
    struct option_strings spares;
    struct modem modem;
    struct ports *ports;
    struct berths berths;
};

static void plug(struct harbour *h, size_t i)
{
    FILE *file = fopen(h->names[i], "w");

    assert_non_null(file);
    fclose(file);
}

static void unplug(struct harbour *h, size_t i)
{
    assert_int_equal(unlink(h->names[i]), 0);
}

/* Another thing at the same name: never the same file again, which unlink and create might give. */
static void replug(struct harbour *h, size_t i)
{
    MEM_FREE_LATER char *fresh = mem_printf("%s/fresh", h->dir);
    FILE *file = fopen(fresh, "w");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(rename(fresh, h->names[i]), 0);
}

static void harbour_open(struct harbour *h, bool ports)
{
    const char *tmp = getenv("TMPDIR");

    *h = (struct harbour){.spares = {h->names + 1, SPARES}};
    snprintf(h->dir, sizeof h->dir, "%.40s/berths-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(h->dir));
    for (size_t i = 0; i <= SPARES; i++)
        h->names[i] = mem_printf("%s/%zu", h->dir, i);
    h->modem = (struct modem){.device = h->names[0], .spares = &h->spares};
    h->ports = ports ? ports_new() : NULL;
    berths_init(&h->berths, &h->modem, h->ports, h);
}

static void harbour_close(struct harbour *h)
{
    berths_fini(&h->berths);
    ports_free(h->ports);
    for (size_t i = 0; i <= SPARES; i++) {
        unlink(h->names[i]);
        free(h->names[i]);
    }
    assert_int_equal(rmdir(h->dir), 0);
}

/* Takes the next one, which has to be the i-th, and leaves it. */
static void visit(struct harbour *h, size_t i, bool refuse)
{
    assert_int_equal(berths_find(&h->berths, true), BERTHS_FOUND);
    assert_string_equal(berths_device(&h->berths), h->names[i]);
    assert_int_equal(berths_is_own(&h->berths), i == 0);
    if (refuse)
        berths_refuse(&h->berths);
    berths_leave(&h->berths);
}

static void test_own_first(void **state)
{
    struct harbour h;

    (void)state;
    harbour_open(&h, true);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_ABSENT);
    plug(&h, 2);
    assert_int_equal(berths_find(&h.berths, false), BERTHS_ABSENT);
    visit(&h, 2, false);
    visit(&h, 2, false);
    plug(&h, 0);
    visit(&h, 0, false);
    unplug(&h, 0);
    plug(&h, 1);
    visit(&h, 1, false);
    assert_false(berths_is_own(&h.berths));
    harbour_close(&h);
}

/* What was refused isn't tried again, until something was plugged in there. */
static void test_refused(void **state)
{
    struct harbour h;

    (void)state;
    harbour_open(&h, true);
    for (size_t i = 0; i <= SPARES; i++)
        plug(&h, i);
    for (size_t i = 0; i <= SPARES; i++)
        visit(&h, i, true);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_STRANGE);
    replug(&h, 3);
    visit(&h, 3, true);
    replug(&h, 0);
    visit(&h, 0, true);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_STRANGE);
    unplug(&h, 0);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_ABSENT);
    berths_forgive(&h.berths);
    visit(&h, 1, false);
    harbour_close(&h);
}

/* Passed over: the others first, then again. */
static void test_passed(void **state)
{
    struct harbour h;

    (void)state;
    harbour_open(&h, true);
    plug(&h, 1);
    plug(&h, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(berths_find(&h.berths, true), BERTHS_FOUND);
        assert_string_equal(berths_device(&h.berths), h.names[1]);
        berths_pass(&h.berths);
        berths_leave(&h.berths);
        visit(&h, 2, false);
        assert_int_equal(berths_find(&h.berths, true), BERTHS_FOUND);
        assert_string_equal(berths_device(&h.berths), h.names[2]);
        berths_pass(&h.berths);
        berths_leave(&h.berths);
        assert_int_equal(berths_find(&h.berths, true), BERTHS_ABSENT);
    }
    harbour_close(&h);
}

static void test_occupied(void **state)
{
    struct harbour h;
    const int a = 0, b = 0;

    (void)state;
    harbour_open(&h, true);
    plug(&h, 0);
    plug(&h, 1);
    plug(&h, 2);
    assert_true(ports_take(h.ports, h.names[0], &a));
    assert_true(ports_take(h.ports, h.names[1], &b));
    visit(&h, 2, true);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_OCCUPIED);
    ports_release(h.ports, &a);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_FOUND);
    assert_false(ports_take(h.ports, h.names[0], &a));
    berths_leave(&h.berths);
    berths_leave(&h.berths); /* nothing happens */
    assert_true(ports_take(h.ports, h.names[0], &a));
    ports_release(h.ports, &a);
    ports_release(h.ports, &b);
    harbour_close(&h);
}

/* Without a registry nobody knows whether a spare device is free. */
static void test_no_registry(void **state)
{
    struct harbour h;

    (void)state;
    harbour_open(&h, false);
    plug(&h, 1);
    assert_int_equal(berths_find(&h.berths, true), BERTHS_ABSENT);
    plug(&h, 0);
    visit(&h, 0, false);
    harbour_close(&h);
}

static void test_changes(void **state)
{
    struct harbour h;

    (void)state;
    harbour_open(&h, true);
    plug(&h, 0);
    visit(&h, 0, false);
    assert_false(berths_have_changed(&h.berths));
    assert_false(berths_was_unplugged(&h.berths));
    replug(&h, 0);
    assert_true(berths_have_changed(&h.berths));
    assert_true(berths_was_unplugged(&h.berths));
    visit(&h, 0, false);
    assert_false(berths_have_changed(&h.berths));
    assert_false(berths_was_unplugged(&h.berths));
    /* While it is taken, too: who is there now was not looked at. */
    assert_int_equal(berths_find(&h.berths, true), BERTHS_FOUND);
    replug(&h, 0);
    berths_refuse(&h.berths);
    berths_leave(&h.berths);
    assert_true(berths_have_changed(&h.berths));
    visit(&h, 0, false);
    unplug(&h, 0);
    assert_false(berths_have_changed(&h.berths));
    assert_true(berths_was_unplugged(&h.berths));
    plug(&h, 0);
    assert_true(berths_have_changed(&h.berths));
    harbour_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_first),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_occupied),    cmocka_unit_test(test_passed),
        cmocka_unit_test(test_no_registry), cmocka_unit_test(test_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
