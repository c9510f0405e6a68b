/* fuzz_operators: any file gives a table of networks, or findings with their lines. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/config/operators_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct operators *operators, struct diag *diag, int rc)
{
    LOG_ASSERT(rc == (diag->errors > 0) && diag->n <= 1001);
    for (size_t i = 0; i < diag->n; i++) {
        const char *message = diag->entries[i].message;
        size_t length = 0;

        while (message[length])
            length++;
        LOG_ASSERT(length > 0 && utf8_is_valid(message, length));
    }
    LOG_ASSERT(operators_prefixes(operators) == 0 || operators_ported(operators) == 0);
    for (int64_t number = INT64_C(8613000001234); number < INT64_C(8620000000000);
         number += INT64_C(987654321))
        LOG_ASSERT((unsigned)operators_find(operators, number) < PHONE_OPERATORS);
}

/* The first byte: which file, and whether the header is the fuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool ported = size > 0 && *data & 1, free_header = size > 0 && *data & 2;
    FILE *file = fdopen(memfd_create("fuzz", MFD_CLOEXEC), "w");
    struct operators *operators = operators_new();
    struct diag diag = DIAG_NULL;
    char path[64];
    int rc;

    LOG_ASSERT(file);
    if (!free_header)
        fputs(ported ? "号码,运营商\n" : "号段,运营商\n", file);
    if (size > 1)
        fwrite(data + 1, 1, size - 1, file);
    fflush(file);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    rc = (ported ? operators_file_read_ported : operators_file_read)(path, operators, &diag);
    check(operators, &diag, rc);
    operators_free(operators);
    diag_free(&diag);
    fclose(file);
    return 0;
}
