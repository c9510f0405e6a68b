/* attach_time: does the time that a unit tells belong to the campaign? See attach_time.h.
 * Runs: any. */
#include "gateway/attach_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/model/window.h"
#include "gateway/ledger/books.h"

#define ATTACH_DAY_MS INT64_C(86400000)

/* Of a campaign without windows that can be read everything is right. */
static bool attach_time_fits(const struct jv *windows, int64_t at_ms)
{
    for (size_t i = 0; i < jv_size(windows); i++) {
        int64_t from = jv_number(jv_at(jv_element(windows, i), "/0"), 0);
        int64_t to = jv_number(jv_at(jv_element(windows, i), "/1"), INT64_MAX);

        if (from - ATTACH_DAY_MS <= at_ms && at_ms - ATTACH_DAY_MS <= to)
            return true;
    }
    return !jv_size(windows);
}

static void attach_time_tell(const struct books_campaign *campaign, const struct jv *windows,
                             const char *held)
{
    char from[20], to[20];

    clock_format(jv_number(jv_at(jv_element(windows, 0), "/0"), 0), from);
    clock_format(jv_number(jv_at(jv_element(windows, jv_size(windows) - 1), "/1"), 0), to);
    fprintf(
        stderr,
        lang("▲ --time %.16s lies more than a day outside the windows of the campaign %s (%.16s "
             "to %.16s). If it belongs to another campaign, name that one with --campaign; if "
             "the time is wrong, hand it in again.\n",
             "▲ --time %.16s 与任务 %s 的时间窗（%.16s 至 %.16s）相差一天以上。如属于其他任务，"
             "请用 --campaign 指定；如时间有误，请重新报送。\n"),
        held, campaign->id, from, to);
}

void attach_time_warn(const char *ledger, const char *campaign, const char *held)
{
    struct books_campaign found = {0};
    struct books *books;
    struct jv *windows = NULL;
    char begin[17], why[512];
    int64_t at_ms;

    snprintf(begin, sizeof begin, "%s", held);
    if (books_open(&books, ledger, why, sizeof why))
        return;
    if (books_find_campaign(books, campaign, &found) == 0 && found.windows)
        windows = jv_parse(found.windows, strlen(found.windows), NULL);
    if (windows && window_parse_time(begin, &at_ms) == 0 && !attach_time_fits(windows, at_ms))
        attach_time_tell(&found, windows, held);
    jv_free(windows);
    books_campaign_release(&found);
    books_close(books);
}
