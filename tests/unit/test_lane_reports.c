/* test_lane_reports: a report tells the books whose SIM it came to, as soon as anybody knows. */
#include "tests/unit/lane_kit.h"

static void kit_report_by(struct kit *kit, size_t modem)
{
    struct puppet *puppet = &kit->puppets.all[modem];
    struct status_report report = {.address = kit->ledger->rows[0].address, .reference = 7};

    puppet->env.events->report(puppet->env.ctx, &report);
}

/* What the network kept for the SIM comes as soon as it is there; then the modem takes jobs. */
static void kit_report_early(struct kit *kit)
{
    struct puppet *puppet = &kit->puppets.all[1];
    struct modem_health health = {.registration = REGISTRATION_HOME};

    if (!kit->puppets.all[0].started)
        return;
    snprintf(health.imsi, sizeof health.imsi, "%s", puppet->imsi);
    puppet->env.events->health(puppet->env.ctx, &health);
    kit_report_by(kit, 1);
    puppet->late = false;
    kit->acted = true;
    uv_idle_start(&puppet->turn, puppet_on_turn);
}

static void kit_report_once(struct puppet *puppet, const struct adapter_job *job, void *ctx)
{
    struct kit *kit = ctx;

    (void)job;
    if (puppet == &kit->puppets.all[1] && !puppet->sent)
        kit_report_by(kit, 1);
}

static void test_reports_name_the_sim(void **state)
{
    struct kit *kit = *state;
    const struct fake_heard *heard = kit->ledger->heard;
    MEM_FREE_LATER char *name = NULL;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    name = mem_printf("imsi:%s", kit->imsis[1]);
    kit->puppets.late = 1;
    kit->puppets.submitted = kit_report_once;
    kit_messages(kit, 500, 0, 1);
    kit->at = kit_report_early;
    kit_run(kit);
    assert_int_equal(kit->ledger->reports, 2);
    assert_int_equal(heard[0].sim, 0);
    assert_string_equal(heard[0].imsi, kit->imsis[1]);
    assert_true(heard[1].sim > 0);
    assert_string_equal(kit->ledger->sims[heard[1].sim - 1], name);
    assert_string_equal(heard[1].imsi, kit->imsis[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {KIT_TEST(test_reports_name_the_sim)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
