/* fuzz_onbon_k: any bytes as the answer of an Onbon font card, and as the data of one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "adapters/display/kinds/onbon_k_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_answer(const struct buffer *data)
{
    struct onbon_k_answer answer;
    struct onbon_k_status status;

    if (onbon_k_answer(data, &answer) == 0 && onbon_k_status(&answer, &status) == 0 &&
        (onbon_k_is_ack(&answer) || onbon_k_is_nack(&answer) || status.clock_ms < 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *bytes = mem_dup_n((const char *)data, size);
    struct buffer opened BUFFER_FREE_LATER = BUFFER_NULL, frame BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer again BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer given = {bytes, size, size};
    const char *why = NULL;
    size_t whole = onbon_k_whole(bytes, size);

    if (whole > size)
        abort();
    if (whole && onbon_k_open(bytes, whole, &opened, &why) == 0)
        fuzz_answer(&opened);
    fuzz_answer(&given);
    if (size > 1024)
        return 0;
    onbon_k_frame(&frame, size ? data[0] : 0, size & 1, &given);
    if (onbon_k_whole(frame.data, frame.length) != frame.length ||
        onbon_k_open(frame.data, frame.length, &again, &why) || again.length != size ||
        memcmp(buffer_text(&again), bytes, size) != 0)
        abort();
    return 0;
}
