/* test_simulator_specs: what the simulator doesn't take for a description of its modems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"

static const char *test_program;

static void test_bad_specs(void **state)
{
    static const char *const specs[] = {
        "{\"modem_specs\":{}}",
        "{\"modem_specs\":[{}]}",
        "{\"modem_specs\":[{\"index\":1}]}",
        "{\"modem_specs\":[{\"index\":0,\"colour\":1}]}",
        "{\"modem_specs\":[{\"index\":0},{\"index\":0}]}",
        "{\"modem_specs\":[{\"index\":0,\"imsi\":\"46x\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"imei\":\"1\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"pin\":\"123\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"registration\":6}]}",
        "{\"modem_specs\":[{\"index\":0,\"signal\":32}]}",
        "{\"modem_specs\":[{\"index\":0,\"family\":\"nokia\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"smsc\":\"x\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"link\":\"../x\"}]}",
        "{\"modem_specs\":[{\"index\":0,\"network\":\"\\\"\"}]}",
        "{\"modems\":2,\"modem_specs\":[{\"index\":0,\"link\":\"modem-1\"}]}",
        "{\"family\":\"nokia\"}",
    };
    MEM_FREE_LATER char *program = sim_client_program(test_program);

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        if (sim_client_start_spec(program, specs[i], NULL))
            fail_msg("%s is taken", specs[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad_specs)};

    test_program = argc > 0 ? argv[0] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
