/* agent_options: what the agent is told on its command line. See agent_options.h.
 * Runs: agent. */
#include "adapters/modem/agent_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const struct option options_known[] = {
    {"device", required_argument, NULL, 'd'},
    {"connection", required_argument, NULL, 'c'},
    {"grace-ms", required_argument, NULL, 'g'},
    {"gap-ms", required_argument, NULL, 'w'},
    {"timeout-ms", required_argument, NULL, 't'},
    {"smsc", required_argument, NULL, 's'},
    {"pin", no_argument, NULL, 'p'},
    {0},
};

/* A whole number min..most. */
static bool options_number(const char *text, int min, int most, int *number)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    *number = (int)value;
    return end != text && *end == '\0' && errno == 0 && value >= min && value <= most;
}

static bool options_set(struct agent_options *options, int c)
{
    switch (c) {
    case 'd':
        options->gammu.device = optarg;
        return true;
    case 'c':
        options->gammu.connection = optarg;
        return true;
    case 's':
        options->gammu.smsc = optarg;
        return true;
    case 'g':
        return options_number(optarg, -1, 500, &options->gammu.grace_ms);
    case 't':
        return options_number(optarg, 1, 600000, &options->gammu.timeout_ms);
    case 'w':
        return options_number(optarg, 0, 3600000, &options->gap_ms);
    case 'p':
        options->pin = true;
        return true;
    default:
        return false;
    }
}

bool agent_options_read(struct agent_options *options, int argc, char **argv)
{
    bool right = true;
    int c;

    *options = (struct agent_options){.gammu = {.grace_ms = 5, .timeout_ms = 60000}};
    while (right && (c = getopt_long(argc, argv, "", options_known, NULL)) != -1)
        right = options_set(options, c);
    if (right && optind == argc && options->gammu.device && options->gammu.connection)
        return true;
    fprintf(stderr, "usage: lawcast-modem --device D --connection C [--grace-ms -1..500] "
                    "[--timeout-ms 1..600000] [--gap-ms 0..3600000] [--smsc NUMBER] [--pin]\n");
    return false;
}
