/* fuzz_compare_trace: any bytes as a simulator's log: refused with their line, or sorted and found
 * again. Runs: any. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/report/compare_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const struct compare_trace *trace)
{
    for (size_t i = 0; i < trace->n_parts; i++) {
        size_t from, to;

        compare_trace_find(trace, trace->parts[i].number, &from, &to);
        if (i < from || i >= to || trace->parts[i].fate > FATE_FAILED)
            abort();
    }
    for (size_t i = 0; i < trace->n_refusals; i++)
        if (!compare_trace_refused(trace, trace->refusals[i].number, trace->refusals[i].code))
            abort();
    for (size_t i = 0; i < trace->n_showings; i++) {
        const struct compare_showing *showing = &trace->showings[i];

        if (compare_trace_showing(trace, showing->delivery) != showing || showing->shown_ms < 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct compare_trace trace;
    int64_t bad_line;
    char path[32];
    int fd = memfd_create("log", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (compare_trace_read(&trace, path, &bad_line) == 0) {
        if (bad_line)
            abort();
        check_order(&trace);
        compare_trace_release(&trace);
    }
    close(fd);
    return 0;
}
