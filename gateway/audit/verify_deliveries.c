/* verify_deliveries: the tables of deliveries, of their counts and sums, and the pictures. See
 * verify.h.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/evidence.h"
#include "gateway/ledger/summary.h"
#include "gateway/audit/verify_inside.h"
#include "gateway/audit/verify_sql.h"

#define VERIFY_PICTURE_MOST (64 << 20)

/* The columns of VERIFY_DELIVERIES. */
enum {
    ROW_ID,
    ROW_STATE,
    ROW_CAUSE,
    ROW_DEVICE,
    ROW_SIM,
    ROW_CODE,
    ROW_LEVEL,
    ROW_CHANGED,
    ROW_TAKEN,
    ROW_SINCE,
    ROW_SHOWN,
    ROW_UNTIL,
    ROW_ATTEMPTS,
    ROW_DOUBTED,
    ROW_UP,
    ROW_CLOSED,
};

static void verify_differs(const struct verify_tables *tables, int64_t id,
                           const struct replay_delivery *told, const char *column)
{
    findings_add(tables->findings, FINDING_TABLE, told->line,
                 lang("Delivery %lld: %s isn't what its records make, the last of which is record "
                      "%lld.",
                      "第 %lld 条消息：%s 与其记录（最后一条为第 %lld 条）不符。"),
                 (long long)id, column, (long long)told->line);
}

/* What is the same of messages and slogans. */
static const char *verify_delivery_column(const struct verify_tables *tables,
                                          const struct replay_delivery *told)
{
    const struct {
        int column;
        int64_t told;
        const char *name;
    } columns[] = {
        {ROW_STATE, told->state, "state"},
        {ROW_CAUSE, told->cause, "cause"},
        {ROW_DEVICE, told->device, "device"},
        {ROW_SIM, told->sim, "sim"},
        {ROW_CODE, told->code, "code"},
        {ROW_LEVEL, told->level, "level"},
        {ROW_CHANGED, told->changed_ms, "changed_ms"},
        {ROW_TAKEN, told->taken_ms, "taken_ms"},
        {ROW_CLOSED, told->closed, "closed"},
    };

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (db_int(tables->db, VERIFY_DELIVERIES, columns[i].column) != columns[i].told)
            return columns[i].name;
    return NULL;
}

static const char *verify_showing_column(const struct verify_tables *tables,
                                         const struct replay_delivery *told)
{
    static const struct replay_showing none;
    const struct replay_showing *showing =
        told->showing < 0 ? &none : &tables->figures->showings[told->showing];
    const struct db *db = tables->db;

    if (db_int(db, VERIFY_DELIVERIES, ROW_SINCE) != showing->since_ms)
        return "shown_since_ms";
    if (db_int(db, VERIFY_DELIVERIES, ROW_SHOWN) != showing->shown_ms)
        return "shown_ms";
    if (db_int(db, VERIFY_DELIVERIES, ROW_UNTIL) != showing->until_ms)
        return "shown_until_ms";
    return NULL;
}

/* What records leave open is at least bounded by them. */
static const char *verify_bounded_column(const struct verify_tables *tables,
                                         const struct replay_delivery *told)
{
    int64_t attempts = db_int(tables->db, VERIFY_DELIVERIES, ROW_ATTEMPTS);
    int64_t doubted = db_int(tables->db, VERIFY_DELIVERIES, ROW_DOUBTED);
    int64_t up = db_int(tables->db, VERIFY_DELIVERIES, ROW_UP);
    bool doubt = told->doubted == REPLAY_NONE   ? doubted == 0
                 : told->doubted == REPLAY_SURE ? doubted >= 1 && doubted <= 2
                                                : doubted >= 0 && doubted <= 2;

    if (attempts > told->claims || attempts < told->claims - told->returns)
        return "attempts";
    if (!doubt)
        return "doubted";
    return up == 0 || (up == 1 && told->showing >= 0) ? NULL : "up";
}

static void verify_delivery(const struct verify_tables *tables, int64_t id)
{
    const struct replay_figures *figures = tables->figures;
    const struct replay_delivery *told =
        id >= 1 && id <= (int64_t)figures->n_deliveries ? &figures->deliveries[id - 1] : NULL;
    const char *column;

    if (!told || !told->there) {
        findings_add(tables->findings, FINDING_TABLE, 0,
                     lang("Delivery %lld is in the books, but no record has entered it.",
                          "账本中有第 %lld 条消息，但没有记录登记过它。"),
                     (long long)id);
        return;
    }
    if (told->early)
        replay_set_sim(tables->replay, id, db_int(tables->db, VERIFY_DELIVERIES, ROW_SIM));
    column = verify_delivery_column(tables, told);
    if (!column)
        column = verify_showing_column(tables, told);
    if (!column)
        column = verify_bounded_column(tables, told);
    if (column)
        verify_differs(tables, id, told, column);
}

static void verify_missing(const struct verify_tables *tables, int64_t from, int64_t until)
{
    for (int64_t id = from; id < until && id <= (int64_t)tables->figures->n_deliveries; id++)
        if (tables->figures->deliveries[id - 1].there)
            findings_add(
                tables->findings, FINDING_TABLE, tables->figures->deliveries[id - 1].line,
                lang("Delivery %lld isn't in the books any more.", "第 %lld 条消息已不在账本中。"),
                (long long)id);
}

int verify_deliveries(const struct verify_tables *tables)
{
    int64_t next = 1;
    int rc;

    while ((rc = db_row(tables->db, VERIFY_DELIVERIES)) > 0) {
        int64_t id = db_int(tables->db, VERIFY_DELIVERIES, ROW_ID);

        verify_missing(tables, next, id);
        verify_delivery(tables, id);
        next = id < next ? next : id + 1;
    }
    if (rc == 0)
        verify_missing(tables, next, INT64_MAX);
    return rc;
}

/* ---- counts ---- */

/* Wraps around instead of overflowing: a bent figure is a difference. */
static int64_t verify_less(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static void verify_count_differs(const struct verify_tables *tables, int64_t campaign, int64_t unit,
                                 int64_t state)
{
    findings_add(tables->findings, FINDING_FIGURE, 0,
                 lang("The count of campaign %lld, unit %lld, \"%s\" isn't what the records make.",
                      "任务 %lld、单位 %lld、“%s”的计数与记录不符。"),
                 (long long)campaign, (long long)unit,
                 state >= 0 && state < DELIVERY_STATES
                     ? delivery_state_label((enum delivery_state)state)
                     : lang("no such state", "无此状态"));
}

static struct replay_group *verify_group(const struct verify_tables *tables,
                                         struct replay_group *groups)
{
    const struct db *db = tables->db;
    const struct replay_group wanted = {.campaign = (int32_t)db_int(db, VERIFY_COUNTS, 0),
                                        .unit = (int32_t)db_int(db, VERIFY_COUNTS, 1),
                                        .channel = (int32_t)db_int(db, VERIFY_COUNTS, 2),
                                        .route = (int32_t)db_int(db, VERIFY_COUNTS, 3)};
    int64_t at = replay_find_group(tables->replay, &wanted);
    bool same = at >= 0 && wanted.campaign == db_int(db, VERIFY_COUNTS, 0) &&
                wanted.unit == db_int(db, VERIFY_COUNTS, 1) &&
                wanted.channel == db_int(db, VERIFY_COUNTS, 2) &&
                wanted.route == db_int(db, VERIFY_COUNTS, 3);

    return same ? &groups[at] : NULL;
}

static void verify_take_count(const struct verify_tables *tables, struct replay_group *groups)
{
    const struct db *db = tables->db;
    struct replay_group *group = verify_group(tables, groups);
    int64_t state = db_int(db, VERIFY_COUNTS, 4), n = db_int(db, VERIFY_COUNTS, 5);
    int64_t parts = db_int(db, VERIFY_COUNTS, 6);

    if (!group || state < 0 || state >= DELIVERY_STATES) {
        if (n || parts)
            verify_count_differs(tables, db_int(db, VERIFY_COUNTS, 0), db_int(db, VERIFY_COUNTS, 1),
                                 state);
        return;
    }
    group->n[state] = verify_less(group->n[state], n);
    group->parts[state] = verify_less(group->parts[state], parts);
}

int verify_counts(const struct verify_tables *tables)
{
    size_t n = tables->figures->n_groups;
    struct replay_group *groups = mem_array(n + 1, struct replay_group);
    int rc;

    for (size_t i = 0; i < n; i++)
        groups[i] = tables->figures->groups[i];
    while ((rc = db_row(tables->db, VERIFY_COUNTS)) > 0)
        verify_take_count(tables, groups);
    for (size_t i = 0; i < n && rc == 0; i++)
        for (int state = 0; state < DELIVERY_STATES; state++)
            if (groups[i].n[state] || groups[i].parts[state])
                verify_count_differs(tables, groups[i].campaign, groups[i].unit, state);
    free(groups);
    return rc;
}

/* ---- sums by modem, SIM and day ---- */

static void verify_sum_differs(const struct verify_tables *tables, const struct summary_key *key)
{
    findings_add(tables->findings, FINDING_FIGURE, 0,
                 lang("The sum of campaign %lld, modem %lld, SIM %lld, day %d isn't what the "
                      "records make.",
                      "任务 %lld、设备 %lld、SIM 卡 %lld、日期 %d 的合计与记录不符。"),
                 (long long)key->owner, (long long)key->device, (long long)key->sim, (int)key->day);
}

/* Is the row what the records make? */
static bool verify_sum(const struct verify_tables *tables, struct summary *made)
{
    const struct db *db = tables->db;
    int64_t day = db_int(db, VERIFY_SUMMARY, 3), state = db_int(db, VERIFY_SUMMARY, 4);
    struct summary_key key = {.owner = db_int(db, VERIFY_SUMMARY, 0),
                              .device = db_int(db, VERIFY_SUMMARY, 1),
                              .sim = db_int(db, VERIFY_SUMMARY, 2),
                              .day = (int32_t)day};
    const struct summary_line *line = summary_line(made, &key);
    bool right = day == key.day && state >= 0 && state < DELIVERY_STATES &&
                 line->n[state] == db_int(db, VERIFY_SUMMARY, 5) &&
                 line->parts[state] == db_int(db, VERIFY_SUMMARY, 6);

    if (!right)
        verify_sum_differs(tables, &key);
    return right && line->n[state] != 0;
}

static int64_t verify_sums_made(const struct summary *made)
{
    int64_t n = 0;

    for (size_t i = 0; i < made->n; i++)
        for (int state = 0; state < DELIVERY_STATES; state++)
            n += made->lines[i].n[state] != 0;
    return n;
}

/* A table that is behind isn't read by anybody. */
int verify_sums(const struct verify_tables *tables, struct summary *made)
{
    size_t findings = tables->findings->n;
    int64_t current = 0, wanted = verify_sums_made(made), rows = 0;
    int rc = db_ask(tables->db, "SELECT NOT " SUMMARY_BEHIND " FROM meta LIMIT 1", &current);

    if (rc < 0 || !current)
        return rc;
    while ((rc = db_row(tables->db, VERIFY_SUMMARY)) > 0)
        rows += verify_sum(tables, made);
    if (rc == 0 && rows != wanted && tables->findings->n == findings)
        findings_add(tables->findings, FINDING_FIGURE, 0,
                     lang("The sums by modem, SIM and day have %lld lines, but the records make "
                          "%lld.",
                          "按设备、SIM 卡和日期的合计有 %lld 行，但记录应为 %lld 行。"),
                     (long long)rows, (long long)wanted);
    return rc;
}

/* ---- pictures ---- */

static bool verify_picture(const char *folder, const char *name)
{
    BUFFER_FREE_LATER struct buffer data = BUFFER_NULL;
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);
    struct digest digest;
    char hex[DIGEST_HEX_MOST];

    if (strchr(name, '/') || buffer_read_file(&data, path, VERIFY_PICTURE_MOST) < 0)
        return false;
    digest = digest_of(DIGEST_SHA256, data.data, data.length);
    digest_hex(&digest, hex);
    return strncmp(name, hex, strlen(hex)) == 0;
}

int verify_evidence(const struct verify_tables *tables)
{
    MEM_FREE_LATER char *folder = evidence_folder(tables->path);
    int rc;

    while ((rc = db_row(tables->db, VERIFY_PICTURES)) > 0) {
        const char *name = db_text(tables->db, VERIFY_PICTURES, 0);

        if (!verify_picture(folder, name))
            findings_add(
                tables->findings, FINDING_PICTURE, db_int(tables->db, VERIFY_PICTURES, 1),
                lang("The picture %s/%s is missing, or was altered.", "图片 %s/%s 缺失或被改动。"),
                folder, name);
    }
    return rc;
}
