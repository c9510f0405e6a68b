/* fuzz_config: any file is read as an office and a campaign, or refused with a place; no more. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 leaks its string buffer when a text is followed by a syntax error. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}

struct lamp {
    char *colour;
};
static const struct option_def lamp_options[] = {
    {"colour", OPTION_STRING, offsetof(struct lamp, colour), .help_en = "C.", .help_zh = "颜色。"},
    {0},
};
static const struct option_kind lamp = {
    .name = "lamp", .options = lamp_options, .size = sizeof(struct lamp)};

static const struct option_kind *kinds(size_t i)
{
    return i == 0 ? &lamp : NULL;
}

static void check_windows(const struct window *windows, size_t n)
{
    LOG_ASSERT(n > 0 && n <= CALENDAR_MOST);
    for (size_t i = 0; i < n; i++)
        LOG_ASSERT(windows[i].from_ms < windows[i].to_ms &&
                   (i == 0 || windows[i - 1].to_ms <= windows[i].from_ms));
}

static void drop_campaign(struct campaign *campaign)
{
    check_windows(campaign->windows, campaign->n_windows);
    for (size_t i = 0; i < campaign->n_orders; i++)
        check_windows(campaign->orders[i].windows, campaign->orders[i].n_windows);
    for (size_t i = 0; i < campaign->n_displays; i++)
        check_windows(campaign->displays[i].windows, campaign->displays[i].n_windows);
    campaign_free(campaign);
}

static void check(int rc, const void *out, struct diag *diag)
{
    LOG_ASSERT(rc == 0 || rc == 1);
    LOG_ASSERT((rc == 0) == (out != NULL) && (rc == 0) == (diag->errors == 0));
    diag_free(diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct unit unit = {.id = (char *)"u", .signature = (char *)"s"};
    static struct board board = {.id = (char *)"b",
                                 .kind = &lamp,
                                 .place = (char *)"p",
                                 .width = 64,
                                 .height = 32,
                                 .font_px = 16,
                                 .speed_pxs = 40,
                                 .item_s = 10};
    struct quiet_span night = {21 * 60, 8 * 60, 0x7F};
    struct window holiday = {INT64_C(1793376000000), INT64_C(1793462400000)};
    const struct office fixed = {.file = (char *)"o",
                                 .units = &unit,
                                 .n_units = 1,
                                 .boards = &board,
                                 .n_boards = 1,
                                 .quiet = {&night, 1},
                                 .holidays = &holiday,
                                 .n_holidays = 1};
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct campaign *campaign;
    struct office *office;
    struct diag diag = DIAG_NULL;
    char path[64];

    LOG_ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    check(config_read_office(path, kinds, &diag, &office), office, &diag);
    if (office)
        office_free(office);
    free(office);
    check(config_read_campaign(path, &fixed, &diag, &campaign), campaign, &diag);
    if (campaign)
        drop_campaign(campaign);
    free(campaign);
    close(fd);
    return 0;
}
