/* fuzz_recipients: any file gives rows that keep the reader's promises, and comes to an end. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
    LOG_ASSERT(row->number >= INT64_C(8613000000000) && row->number < INT64_C(8620000000000));
    LOG_ASSERT(row->parts >= 1 && row->parts <= 3);
    LOG_ASSERT(utf8_is_valid(row->text, strlen(row->text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unit unit = {.id = (char *)"u", .signature = (char *)"s"};
    const struct office office = {.units = &unit, .n_units = 1};
    char path[64], text[] = "a{姓名}b", refusal[] = "R";
    struct order order = {.quota = 3, .recipients = path, .text = text};
    struct campaign campaign = {.orders = &order, .n_orders = 1};
    int fd = memfd_create("fuzz", MFD_CLOEXEC), rc;
    struct recipients *reader;
    struct recipient row;
    struct diag diag = DIAG_NULL;
    int64_t line = 1;

    LOG_ASSERT(fd >= 0 && write(fd, "phone,\xE5\xA7\x93\xE5\x90\x8D\n", 13) == 13);
    if (size && data[0] == '!') /* the header is the fuzzer's, too */
        LOG_ASSERT(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    LOG_ASSERT(write(fd, data + (size > 0), size - (size > 0)) == (ssize_t)(size - (size > 0)));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    campaign.sms.refusal = refusal;
    campaign.sms.max_parts = 3;
    reader = recipients_open(&campaign, &office);
    while ((rc = recipients_next(reader, &row, &diag)) == 0) {
        check(&row, line);
        line = row.line;
    }
    LOG_ASSERT((rc < 0) == (diag.errors > 0));
    recipients_close(reader);
    diag_free(&diag);
    close(fd);
    return 0;
}
