/* fuzz_replay: the records of a stranger's log, one a line, and the report that they make: nothing
 * in them ends the process, and the counts are those of the deliveries. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/report/statement_print.h"
#include "gateway/audit/retell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_counts(const struct replay_figures *figures)
{
    int64_t there = 0, counted = 0;

    for (size_t i = 0; i < figures->n_deliveries; i++)
        there += figures->deliveries[i].there;
    for (size_t i = 0; i < figures->n_groups; i++)
        for (int state = 0; state < DELIVERY_STATES; state++) {
            LOG_ASSERT(figures->groups[i].n[state] >= 0);
            counted += figures->groups[i].n[state];
        }
    LOG_ASSERT(there == counted);
}

static void fuzz_report(const struct replay_figures *figures)
{
    struct statement statement;
    struct retell retell;

    retell_begin(&retell, figures);
    if (retell_statement(&retell, "day", &statement) == 0) {
        jv_free(statement_to_json(&statement));
        statement_release(&statement);
    }
    retell_end(&retell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {0};
    struct replay *replay = replay_new(&findings);
    const char *text = (const char *)data;
    int64_t id = 0;

    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;

        replay_line(replay, ++id, text + at, length);
        at += length + 1;
    }
    replay_end(replay);
    fuzz_counts(replay_figures(replay));
    fuzz_report(replay_figures(replay));
    replay_free(replay);
    findings_free(&findings);
    return 0;
}
