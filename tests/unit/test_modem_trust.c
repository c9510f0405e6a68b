/* test_modem_trust: which modem, SIM and PIN an adapter believes in, and where it looks for them.
 * Runs: loop. */
#include "tests/unit/desk.h"

#include "adapters/modem/pin.h"
#include "adapters/modem/ports.h"

/* ---- who is there ---- */

static void test_wrong_sim(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READS_ITS_SIM "read w\n");
    desk.modem.device = desk_device(&desk, 0);
    desk.modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(&desk, 0, DESK_THEIRS);
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.downs, 1);
    assert_string_equal(
        desk.why,
        "the SIM is 46002******0042 and has to be 46000******0017: change it, or set imsi");
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    assert_int_equal(desk.healths, 0); /* the books must not take it for ours */
    assert_int_equal(desk.downs, 1);
    desk_plug(&desk, 0, DESK_OURS);
    desk_until(&desk, &desk.ups, 1);
    assert_string_equal(desk.health.imsi, DESK_OURS);
    desk_close(&desk);
    free(desk.modem.device);
}

/* Nobody changes it: it is looked at more and more rarely. */
static void test_wrong_sim_for_long(void **state)
{
    struct modem_patience slower = desk_forgiving;
    struct desk desk;
    int64_t since;

    (void)state;
    slower.retry.quarantine_first_ms = 100;
    slower.retry.quarantine_most_ms = 3600000;
    desk_open(&desk, DESK_READS_ITS_SIM "read w\n");
    desk.modem.device = desk_device(&desk, 0);
    desk.modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(&desk, 0, DESK_THEIRS);
    since = clock_mono_ms();
    desk_begin(&desk, &slower);
    while (desk_starts(&desk) < 5)
        uv_run(&desk.loop, UV_RUN_ONCE);
    assert_true(clock_mono_ms() - since >= (100 + 200 + 400 + 800) * 3 / 4);
    assert_int_equal(desk.ups, 0);
    desk_close(&desk);
    free(desk.modem.device);
}

/* Changed while it is in use: the message that it has is finished, there is no other. */
static void test_sim_changed_later(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk,
              DESK_READS_ITS_SIM "read w id rest; echo 'health 1 -73 0 - " DESK_THEIRS " - - -'\n"
                                 "sleep 0.2; echo \"sent $id 1\"; read w\n");
    desk.modem.device = desk_device(&desk, 0);
    desk.modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(&desk, 0, DESK_OURS);
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_SENT);
    assert_int_equal(desk.downs, 1);
    assert_int_equal(desk.healths, 1);
    desk_close(&desk);
    free(desk.modem.device);
}

/* ---- what it doesn't say ---- */

/* One answer that didn't come is no other SIM: soon again, and not without an IMSI. */
static void untold(const char *imsi, const char *imei, const char *remembered, const char *why)
{
    struct desk desk;

    desk_open(&desk, "n=$(wc -l <$dir/starts)\n"
                     "[ $n -gt 3 ] && sim='860000000000001 " DESK_OURS "' || sim='- -'\n"
                     "[ $n -gt 3 ] || echo 'inbound 7 2B38 0 -1 1 1 5444'\n"
                     "echo \"health 1 -73 0 $sim - - -\"; echo ready; read w\n");
    desk.modem.imsi = (char *)(uintptr_t)imsi;
    desk.modem.imei = (char *)(uintptr_t)imei;
    strcpy(desk.health.imsi, remembered);
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.downs, 1);
    assert_string_equal(desk.why, why);
    assert_int_equal(desk.healths, 0);
    desk_until(&desk, &desk.ups, 1); /* desk_soon's quarantine outlasts the test */
    assert_int_equal(desk_starts(&desk), 4);
    assert_string_equal(desk.health.imsi, DESK_OURS);
    assert_int_equal(desk.received, 0); /* by whom? */
    desk_close(&desk);
}

static void test_untold(void **state)
{
    (void)state;
    untold(DESK_OURS, NULL, "", "the modem doesn't tell its IMSI, which has to be 46000******0017");
    untold(NULL, NULL, DESK_OURS, "the modem doesn't tell its IMSI, which was 46000******0017");
    untold(NULL, "860000000000001", "",
           "the modem doesn't tell its IMEI, which has to be 860000000000001");
}

/* One that told its SIM once has to tell it again, also without a restart of ours. */
static void test_untold_later(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk,
              "n=$(wc -l <$dir/starts)\n"
              "[ $n = 2 ] && sim=- || sim=" DESK_OURS "\n"
              "echo \"health 1 -73 0 - $sim - - -\"; echo ready; read w || exit; kill -9 $$\n");
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.ups, 1);
    assert_int_equal(desk_lend(&desk, 1), 0);
    desk.modem.timeout_ms = 1;
    desk_until(&desk, &desk.ups, 2);
    assert_int_equal(desk_starts(&desk), 3);
    assert_int_equal(desk.healths, 2);
    assert_string_equal(desk.health.imsi, DESK_OURS);
    desk_close(&desk);
}

/* What comes in at another's SIM is no business of ours. */
static void test_strangers_mail(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, "echo health 1 -73 0 - " DESK_THEIRS " - - -\n"
                     "echo 'inbound 7 2B38 0 -1 1 1 5444'\n"
                     "echo 'report 8613800000001 9 0 0'; read w\n");
    desk.modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.downs, 1);
    desk_idle(&desk, 200);
    assert_int_equal(desk.received, 0);
    assert_int_equal(desk.reports, 0);
    desk_close(&desk);
}

static void test_cdma(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, "echo 'health 1 -73 1 - " DESK_OURS " - - -'; echo ready; read w\n");
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.downs, 1);
    assert_non_null(strstr(desk.why, "CDMA"));
    assert_true(desk.health.cdma);
    assert_int_equal(desk.ups, 0);
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    desk_close(&desk);
}

/* ---- the PIN ---- */

#define ASKS_FOR_PIN                                                                               \
    "case \"$*\" in *--pin*) echo needpin; read w pin; echo $w $pin >>$dir/tries;;\n"              \
    "*) pin=none;; esac\n"                                                                         \
    "if [ \"$pin\" = 1234 ]; then echo tookpin; " DESK_READY                                       \
    "else [ $pin = none ] || echo badpin; echo 'barred the SIM asks for its PIN'; fi\nread w\n"

static void test_right_pin(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct desk desk;

    (void)state;
    desk_open(&desk, ASKS_FOR_PIN);
    desk.modem.pin = (char *)(uintptr_t) "1234";
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.ups, 1);
    assert_string_equal(desk_read(&desk, "tries", &text), "pin 1234\n");
    assert_int_equal(desk.tries, 1); /* told before it was handed over */
    assert_int_equal(desk.refusals, 0);
    assert_true(desk.pin_mark == 0);
    desk_close(&desk);
}

/* Not asked for, not told. */
static void test_needless_pin(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "read w\n");
    desk.modem.pin = (char *)(uintptr_t) "1234";
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.ups, 1);
    assert_int_equal(desk.tries + desk.refusals, 0);
    desk_close(&desk);
}

/* The agent dies with it, nobody knows whether it was tried: once more, and that's that, whether
 * the gateway lives on or not. */
static void test_interrupted_pin(void **state)
{
    struct desk desk;

    (void)state;
    for (int restarts = 0; restarts < 2; restarts++) {
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

        desk_open(&desk, "case \"$*\" in *--pin*) echo needpin; read w pin;\n"
                         "echo $pin >>$dir/tries; kill -9 $$;; esac\n"
                         "echo 'barred the SIM asks for its PIN'; read w\n");
        desk.modem.pin = (char *)(uintptr_t) "4321";
        desk_begin(&desk, &desk_forgiving);
        if (restarts) {
            desk_until(&desk, &desk.tries, 1);
            desk_end(&desk);
            assert_true(desk.pin_mark == -modem_pin_mark("bank/0", "4321"));
            desk_begin(&desk, &desk_forgiving);
        }
        while (!strstr(desk.why, "isn't tried again"))
            uv_run(&desk.loop, UV_RUN_ONCE);
        assert_in_range(strlen(desk_read(&desk, "tries", &text)), 5, 10);
        assert_int_equal(desk.tries, 1);
        assert_int_equal(desk.refusals, 1);
        assert_true(desk.pin_mark == modem_pin_mark("bank/0", "4321"));
        desk_close(&desk);
    }
}

/* Tried once, by however many agents and adapters; another one is tried again. */
static void test_wrong_pin(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct desk desk;

    (void)state;
    desk_open(&desk, ASKS_FOR_PIN);
    desk.modem.pin = (char *)(uintptr_t) "4321";
    desk_begin(&desk, &desk_forgiving);
    desk_until(&desk, &desk.downs, 2);
    assert_int_equal(desk.tries, 1);
    assert_int_equal(desk.refusals, 1);
    assert_true(desk.pin_mark == modem_pin_mark("bank/0", "4321"));
    assert_string_equal(desk.why,
                        "the SIM refused the configured PIN, which isn't tried again: correct pin");
    desk_idle(&desk, 300);
    assert_true(desk_starts(&desk) > 2);
    desk_end(&desk);
    desk_begin(&desk, &desk_forgiving); /* desk.pin_mark is remembered */
    desk_until(&desk, &desk.downs, 3);
    desk_end(&desk);
    assert_string_equal(desk_read(&desk, "tries", &text), "pin 4321\n");
    assert_int_equal(desk.refusals, 1);
    desk.modem.pin = (char *)(uintptr_t) "1234";
    desk_begin(&desk, &desk_forgiving);
    desk_until(&desk, &desk.ups, 1);
    desk_close(&desk);
}

/* ---- where it is ---- */

struct move {
    struct desk desk;
    char *items[2];
    struct option_strings spares;
};

static void move_open(struct move *move, const char *script)
{
    desk_open(&move->desk, script);
    move->desk.modem.device = desk_device(&move->desk, 0);
    move->items[0] = desk_device(&move->desk, 1);
    move->items[1] = desk_device(&move->desk, 2);
    move->spares = (struct option_strings){move->items, 2};
    move->desk.modem.spares = &move->spares;
    move->desk.env.ports = ports_new();
}

static void move_close(struct move *move)
{
    struct ports *ports = move->desk.env.ports;
    char *device = move->desk.modem.device;

    desk_close(&move->desk);
    ports_free(ports);
    free(device);
    free(move->items[0]);
    free(move->items[1]);
}

/* Unplugged, and plugged in at the second spare device, behind somebody else's; and back. */
static void test_replugged_elsewhere(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    MEM_FREE_LATER char *wanted = NULL;

    (void)state;
    move_open(&move, DESK_READS_ITS_SIM "read w || exit 0; kill -9 $$\n");
    desk_plug(desk, 0, DESK_OURS);
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->ups, 1);
    desk_plug(desk, 0, NULL);
    assert_int_equal(desk_lend(desk, 1), 0); /* and that ends the agent */
    desk->modem.timeout_ms = 1;
    desk_until(desk, &desk->downs, 2);
    assert_non_null(strstr(desk->why, "tty0: the device doesn't exist: is it plugged in?"));
    desk_plug(desk, 1, DESK_THEIRS);
    desk_plug(desk, 2, DESK_OURS);
    desk_until(desk, &desk->ups, 2);
    assert_int_equal(desk->downs, 2); /* the stranger is none of the caller's business */
    assert_int_equal(desk->healths, 2);
    wanted = mem_printf("%s\n%s\n%s\n", desk->modem.device, move.items[0], move.items[1]);
    assert_string_equal(desk_read(desk, "visits", &text), wanted);
    desk_plug(desk, 0, DESK_OURS);
    desk_plug(desk, 2, NULL);
    assert_int_equal(desk_lend(desk, 2), 0);
    desk_until(desk, &desk->ups, 3);
    assert_non_null(strstr(desk_read(desk, "visits", &text) + strlen(wanted), desk->modem.device));
    move_close(&move);
}

/* Nobody knows its IMSI: it isn't looked for. The books do: it is. */
static void test_unknown_imsi(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;

    (void)state;
    move_open(&move, DESK_READS_ITS_SIM "read w\n");
    desk_plug(desk, 1, DESK_OURS);
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->downs, 1);
    assert_non_null(strstr(desk->why, "doesn't exist, and without imsi"));
    desk_idle(desk, 200);
    assert_int_equal(desk_starts(desk), 0);
    desk_end(desk);
    strcpy(desk->health.imsi, DESK_OURS);
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->ups, 1);
    move_close(&move);
}

/* Its own device has another SIM, its own SIM is elsewhere. */
static void test_swapped(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;

    (void)state;
    move_open(&move, DESK_READS_ITS_SIM "read w\n");
    desk->modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(desk, 0, DESK_THEIRS);
    desk_plug(desk, 2, DESK_OURS);
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->ups, 1);
    assert_int_equal(desk->downs, 1);
    assert_string_equal(desk->health.imsi, DESK_OURS);
    assert_int_equal(desk_starts(desk), 2);
    move_close(&move);
}

/* A PIN is never tried on a SIM that may be somebody else's. */
static void test_no_pin_elsewhere(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    (void)state;
    move_open(&move, ASKS_FOR_PIN);
    desk->modem.pin = (char *)(uintptr_t) "4321";
    desk->modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(desk, 1, DESK_THEIRS);
    desk_plug(desk, 2, DESK_THEIRS);
    desk_begin(desk, &desk_soon);
    while (desk_starts(desk) < 2)
        uv_run(&desk->loop, UV_RUN_ONCE);
    desk_idle(desk, 300);
    assert_int_equal(desk_starts(desk), 2); /* each device once */
    assert_string_equal(desk_read(desk, "tries", &text), "");
    assert_int_equal(desk->refusals, 0);
    move_close(&move);
}

/* At a spare device, too, one answer that didn't come isn't another SIM. */
static void test_untold_elsewhere(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;

    (void)state;
    move_open(&move, "n=$(wc -l <$dir/starts)\n"
                     "[ $n -gt 3 ] && sim=$(cat $device) || sim=-\n"
                     "echo $device >>$dir/visits\n"
                     "echo health 1 -73 0 - $sim - - -; echo ready; read w\n");
    desk->modem.imsi = (char *)(uintptr_t)DESK_OURS;
    desk_plug(desk, 1, DESK_OURS);
    desk_plug(desk, 2, DESK_THEIRS);
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->ups, 1);
    assert_string_equal(desk->health.imsi, DESK_OURS);
    assert_int_equal(desk_starts(desk), 5); /* 1, 2, 1, 2 (a stranger, now), 1 */
    move_close(&move);
}

/* Another modem of the gateway has its device. */
static void test_occupied(void **state)
{
    struct move move;
    struct desk *desk = &move.desk;

    (void)state;
    move_open(&move, DESK_READS_ITS_SIM "read w\n");
    desk_plug(desk, 0, DESK_OURS);
    assert_true(ports_take(desk->env.ports, desk->modem.device, &move));
    desk_begin(desk, &desk_soon);
    desk_until(desk, &desk->downs, 1);
    assert_non_null(strstr(desk->why, "another modem of this gateway has the device"));
    assert_int_equal(desk_starts(desk), 0);
    ports_release(desk->env.ports, &move);
    desk_until(desk, &desk->ups, 1);
    assert_false(ports_take(desk->env.ports, desk->modem.device, &move));
    desk_stop(desk);
    assert_true(ports_take(desk->env.ports, desk->modem.device, &move));
    ports_release(desk->env.ports, &move);
    move_close(&move);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_sim),
        cmocka_unit_test(test_wrong_sim_for_long),
        cmocka_unit_test(test_sim_changed_later),
        cmocka_unit_test(test_untold),
        cmocka_unit_test(test_untold_later),
        cmocka_unit_test(test_strangers_mail),
        cmocka_unit_test(test_cdma),
        cmocka_unit_test(test_right_pin),
        cmocka_unit_test(test_needless_pin),
        cmocka_unit_test(test_interrupted_pin),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_replugged_elsewhere),
        cmocka_unit_test(test_unknown_imsi),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_no_pin_elsewhere),
        cmocka_unit_test(test_untold_elsewhere),
        cmocka_unit_test(test_occupied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
