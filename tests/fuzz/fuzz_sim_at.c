/* fuzz_sim_at: any bytes as what a host types to a simulated modem. The first one chooses the
 * family, a PIN, CDMA and muttering. Runs: any. */
#include "gateway/base/log.h"
#include "tests/sim/at.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct at *fuzz_at;

static void fuzz_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced)
{
    const struct at_refusal refusal = {AT_ERROR_CMS, 304};

    (void)ctx;
    if (length && announced == length - 1)
        at_answer(fuzz_at, pdu[0], 1);
    else
        at_refuse(fuzz_at, &refusal);
}

static void fuzz_garbage(void *ctx)
{
    (void)ctx;
    at_silence(fuzz_at);
}

static void fuzz_deleted(void *ctx, size_t place, const struct card_message *message)
{
    (void)ctx;
    LOG_ASSERT(place >= 1 && place <= CARD_PLACES && message->pdu.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct at_host host = {fuzz_submit, fuzz_garbage, fuzz_deleted, NULL};
    const struct card_message message = {.pdu = {.length = 10, .tpdu = 9}, .number = "10086"};
    unsigned first = size ? data[0] : 0;
    struct radio radio = {.family = family_find(family_name(first % 6)),
                          .registration = RADIO_HOME,
                          .cdma = first & 0x40};
    size_t place;

    card_init(&radio.card, "460000000000000", first & 0x80 ? "1234" : "", false);
    fuzz_at = at_new(&host, &radio);
    at_set_mutter(fuzz_at, first & 0x20);
    at_boot(fuzz_at);
    for (size_t i = 0; i < size; i += 40) {
        at_feed(fuzz_at, data + i, size - i < 40 ? size - i : 40);
        at_deliver(fuzz_at, &message, &place);
        at_report(fuzz_at, &message);
        at_announce(fuzz_at);
    }
    LOG_ASSERT(!at_is_busy(fuzz_at));
    at_free(fuzz_at);
    return 0;
}
