/* fuzz_recipients: any file gives rows that keep the reader's promises, and comes to an end. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/config/recipients.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct recipient *row, int64_t last_line)
{
    LOG_ASSERT(row->line > last_line && row->order == 0);
    if (row->refused) {
        LOG_ASSERT(row->why < REFUSALS && *recipients_reason(row));
        LOG_ASSERT(row->raw && utf8_is_valid(row->raw, strlen(row->raw)));
        return;
    }
    LOG_ASSERT(row->number / 1000000000 >= 8613 && row->number / 1000000000 < 8620);
    LOG_ASSERT(row->parts >= 1 && row->parts <= 3 && utf8_is_valid(row->text, strlen(row->text)));
}

/* '!' in front: the header is the fuzzer's, too. '*': one row of what follows, again and again, so
 * that the reader's pieces cut it. */
static void write_list(FILE *list, const uint8_t *data, size_t size)
{
    if (!size)
        return;
    if (*data != '!')
        fputs(*data == '*' ? "phone,姓名\n13800000001," : "phone,姓名\n", list);
    for (size_t n = 0; size > 1 && n < (*data == '*' ? 80 << 10 : 1); n += size - 1)
        fwrite(data + 1, 1, size - 1, list);
    fflush(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64], text[] = "a{姓名}b", nothing[] = "s";
    struct unit unit = {.id = nothing, .signature = nothing};
    struct order order = {.quota = 3, .recipients = path, .text = text};
    struct campaign campaign = {
        .orders = &order, .n_orders = 1, .sms.refusal = nothing, .sms.max_parts = 3};
    FILE *list = fdopen(memfd_create("fuzz", MFD_CLOEXEC), "w");
    struct recipients *reader =
        recipients_open(&campaign, &(struct office){.units = &unit, .n_units = 1});
    struct diag diag = DIAG_NULL;
    struct recipient row;
    int64_t line = 1;

    write_list(list, data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(list));
    for (; recipients_next(reader, &row, &diag) == 0; line = row.line)
        check(&row, line);
    LOG_ASSERT((recipients_next(reader, &row, &diag) < 0) == (diag.errors > 0));
    recipients_close(reader);
    diag_free(&diag);
    fclose(list);
    return 0;
}
