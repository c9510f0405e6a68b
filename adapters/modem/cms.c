/* cms: what a modem's error numbers mean for a message. See cms.h.
 * Runs: any (pure). */
#include "adapters/modem/cms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A modem waits 35 to 45 s for the network's acknowledgement (TR1M, TS 24.011 10.1). An error that
 * comes before can't be the end of that wait; one that comes later may be. */
#define CMS_LATE_MS 30000

#define CMS_ILL_WAIT_MS 10000 /* for another modem to have its turn */

#define SECOND 1000
#define MINUTE 60000

/* Sorted by code. */
static const struct cms_error cms_errors[] = {
    {0, CMS_ILL, 0, "the modem has failed"},
    {1, CMS_REJECTED, 0, "unassigned number"},
    {3, CMS_DEFERRED, 10 * SECOND, "operation not allowed now"},
    {4, CMS_ILL, 0, "the modem can't send messages"},
    {5, CMS_ILL, 0, "the SIM is locked to another device"},
    {8, CMS_ILL, 0, "the SIM is barred by the operator"},
    {10, CMS_ILL, 0, "the SIM is barred or missing"},
    {11, CMS_ILL, 0, "the SIM asks for its PIN"},
    {12, CMS_ILL, 0, "the SIM asks for its PUK"},
    {13, CMS_ILL, 0, "the SIM has failed"},
    {14, CMS_DEFERRED, 2 * SECOND, "the SIM is busy"},
    {15, CMS_ILL, 0, "wrong SIM"},
    {16, CMS_ILL, 0, "wrong PIN"},
    {17, CMS_DEFERRED, 30 * SECOND, "network failure"},
    {18, CMS_ILL, 0, "the SIM asks for its PUK2"},
    {20, CMS_ILL, 0, "the SIM's memory is full"},
    {21, CMS_DEFERRED, MINUTE, "the network doesn't take this message"},
    {22, CMS_DEFERRED, 10 * SECOND, "memory exceeded in the network"},
    {23, CMS_ILL, 0, "the modem's memory has failed"},
    {27, CMS_DEFERRED, MINUTE, "destination out of service"},
    {28, CMS_REJECTED, 0, "unidentified subscriber"},
    {29, CMS_DEFERRED, MINUTE, "facility rejected"},
    /* CMS 30 is an unknown subscriber, CME 30 a modem without network: not the message's fault. */
    {30, CMS_DEFERRED, MINUTE, "unknown subscriber, or no network"},
    /* Not in CMS; CME 31 is a time-out of the network. */
    {31, CMS_DOUBT, 0, "the network didn't answer the modem"},
    {32, CMS_ILL, 0, "the network admits emergency calls only"},
    {38, CMS_DEFERRED, MINUTE, "network out of order"},
    {40, CMS_ILL, 0, "the modem is locked to another network"},
    {41, CMS_DEFERRED, 10 * SECOND, "temporary failure"},
    {42, CMS_DEFERRED, 5 * SECOND, "congestion"},
    {47, CMS_DEFERRED, 10 * SECOND, "resources unavailable"},
    {50, CMS_ILL, 0, "the SIM has no message service"},
    {69, CMS_DEFERRED, MINUTE, "facility not implemented"},
    {81, CMS_DEFERRED, SECOND, "invalid message reference"},
    {95, CMS_REJECTED, 0, "semantically incorrect message"},
    {96, CMS_REJECTED, 0, "invalid mandatory information"},
    {97, CMS_REJECTED, 0, "message type doesn't exist"},
    {98, CMS_DEFERRED, 10 * SECOND, "message doesn't fit the protocol's state"},
    {99, CMS_REJECTED, 0, "information element doesn't exist"},
    {100, CMS_VAGUE, 10 * SECOND, "unknown error"},
    {111, CMS_DEFERRED, 10 * SECOND, "protocol error"},
    {127, CMS_DEFERRED, MINUTE, "interworking failure"},
    {128, CMS_REJECTED, 0, "telematic interworking not supported"},
    {129, CMS_REJECTED, 0, "short message type 0 not supported"},
    {130, CMS_REJECTED, 0, "can't replace a message"},
    {143, CMS_REJECTED, 0, "error in the protocol identifier"},
    {144, CMS_REJECTED, 0, "alphabet not supported"},
    {145, CMS_REJECTED, 0, "message class not supported"},
    {159, CMS_REJECTED, 0, "error in the coding scheme"},
    {160, CMS_REJECTED, 0, "command can't be done"},
    {161, CMS_REJECTED, 0, "command not supported"},
    {175, CMS_REJECTED, 0, "error in the command"},
    {176, CMS_REJECTED, 0, "message format not supported"},
    {192, CMS_DEFERRED, 10 * SECOND, "message centre busy"},
    {193, CMS_ILL, 0, "the SIM has no subscription at the message centre"},
    {194, CMS_DEFERRED, 30 * SECOND, "message centre failure"},
    {195, CMS_REJECTED, 0, "invalid address"},
    {196, CMS_REJECTED, 0, "the recipient is barred"},
    /* The centre holds this message already: an earlier attempt was taken. */
    {197, CMS_DOUBT, 0, "the message centre has this message already"},
    {198, CMS_REJECTED, 0, "format of the validity not supported"},
    {199, CMS_REJECTED, 0, "validity not supported"},
    {208, CMS_ILL, 0, "the SIM's message memory is full"},
    {209, CMS_ILL, 0, "the SIM can't store messages"},
    {210, CMS_ILL, 0, "error in the modem"},
    {211, CMS_ILL, 0, "memory exceeded"},
    {212, CMS_DEFERRED, 2 * SECOND, "the SIM's toolkit is busy"},
    {213, CMS_ILL, 0, "error in the SIM's data"},
    {255, CMS_VAGUE, 10 * SECOND, "unspecified error"},
    {300, CMS_ILL, 0, "the modem has failed"},
    {301, CMS_DEFERRED, 5 * SECOND, "the modem's message service is reserved"},
    {302, CMS_DEFERRED, 10 * SECOND, "operation not allowed now"},
    {303, CMS_ILL, 0, "the modem doesn't support this operation"},
    {304, CMS_REJECTED, 0, "the modem finds the message malformed"},
    {305, CMS_REJECTED, 0, "the modem finds the text malformed"},
    {310, CMS_ILL, 0, "no SIM inserted"},
    {311, CMS_ILL, 0, "the SIM asks for its PIN"},
    {312, CMS_ILL, 0, "the SIM is locked to another device"},
    {313, CMS_ILL, 0, "the SIM has failed"},
    {314, CMS_DEFERRED, 2 * SECOND, "the SIM is busy"},
    {315, CMS_ILL, 0, "wrong SIM"},
    {316, CMS_ILL, 0, "the SIM asks for its PUK"},
    {317, CMS_ILL, 0, "the SIM asks for its PIN2"},
    {318, CMS_ILL, 0, "the SIM asks for its PUK2"},
    {320, CMS_ILL, 0, "the modem's memory has failed"},
    {321, CMS_ILL, 0, "wrong place in the modem's memory"},
    {322, CMS_ILL, 0, "the modem's memory is full"},
    {330, CMS_ILL, 0, "the message centre's number is unknown"},
    {331, CMS_ILL, 0, "no network"},
    {332, CMS_DOUBT, 0, "the network didn't answer the modem"},
    {340, CMS_DEFERRED, SECOND, "the modem expected no acknowledgement"},
    {500, CMS_VAGUE, 10 * SECOND, "unknown error"},
    {512, CMS_VAGUE, 10 * SECOND, "error of this make of modem"},
    /* Huawei and others: "please wait, command in progress". */
    {515, CMS_DEFERRED, SECOND, "the modem is busy"},
};

static const struct cms_error cms_unheard = {-1, CMS_VAGUE, 10 * SECOND, "error without meaning"};

static int cms_compare(const void *a, const void *b)
{
    return *(const int *)a - ((const struct cms_error *)b)->code;
}

const struct cms_error *cms_find(int code)
{
    const struct cms_error *found = bsearch(
        &code, cms_errors, sizeof cms_errors / sizeof *cms_errors, sizeof *cms_errors, cms_compare);

    return found ? found : &cms_unheard;
}

static enum outcome_kind cms_kind(enum cms_class class, int64_t after_ms)
{
    switch (class) {
    case CMS_REJECTED:
        return OUTCOME_REJECTED;
    case CMS_DEFERRED:
        return OUTCOME_DEFERRED;
    case CMS_ILL:
        return after_ms < 0 ? OUTCOME_RETURNED : OUTCOME_DEFERRED;
    case CMS_DOUBT:
        return OUTCOME_UNKNOWN;
    case CMS_VAGUE:
        break;
    }
    return after_ms < CMS_LATE_MS ? OUTCOME_DEFERRED : OUTCOME_UNKNOWN;
}

void cms_outcome(int code, int64_t after_ms, struct outcome *outcome)
{
    const struct cms_error *error = cms_find(code);

    memset(outcome, 0, sizeof *outcome);
    outcome->kind = cms_kind(error->class, after_ms);
    outcome->code = code < 0 ? 0 : code;
    if (outcome->kind == OUTCOME_DEFERRED)
        outcome->wait_ms = error->class == CMS_ILL ? CMS_ILL_WAIT_MS : error->wait_ms;
    if (code < 0)
        snprintf(outcome->detail, sizeof outcome->detail, "the modem says ERROR, without a number");
    else
        snprintf(outcome->detail, sizeof outcome->detail, "error %d: %s", code, error->text);
}

enum report_kind cms_report_kind(int status)
{
    if (status >= 0 && (status <= 0x02 || (status >= 0x10 && status <= 0x1F)))
        return REPORT_DELIVERED;
    if ((status >= 0x20 && status <= 0x25) || (status >= 0x30 && status <= 0x3F))
        return REPORT_PENDING;
    return REPORT_FAILED;
}
