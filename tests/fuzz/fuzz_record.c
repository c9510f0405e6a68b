/* fuzz_record: lines of a log from anywhere: what is read is written again byte for byte.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/model/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer room = BUFFER_NULL, line = BUFFER_NULL;
    struct record record;

    if (record_read((const char *)data, size, &room, &record) == 0) {
        record_write(&record, &line);
        if (line.length != size || memcmp(line.data, data, size) != 0)
            abort();
    }
    buffer_free(&room);
    buffer_free(&line);
    return 0;
}
