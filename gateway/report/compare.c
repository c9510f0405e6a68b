/* compare: the books held against the simulator's log. See compare.h.
 * Runs: any. */
#include "gateway/report/compare.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/phone.h"
#include "gateway/report/compare_trace.h"

#define COMPARE_OVER_MS 1000

enum compare_expect { EXPECT_NOTHING, EXPECT_ALL, EXPECT_SOME, EXPECT_ANYTHING };

static const enum compare_expect compare_expects[DELIVERY_STATES] = {
    [DELIVERY_SENT] = EXPECT_ALL,          [DELIVERY_DELIVERED] = EXPECT_ALL,
    [DELIVERY_UNDELIVERED] = EXPECT_SOME,  [DELIVERY_UNKNOWN] = EXPECT_ANYTHING,
    [DELIVERY_INFLIGHT] = EXPECT_ANYTHING,
};

struct compare_walk {
    struct compare *out;
    struct compare_trace trace;
    bool lossy;
};

__attribute__((format(printf, 3, 4))) static void
compare_differ(struct compare *out, int64_t *counter, const char *format, ...)
{
    va_list args;

    ++*counter;
    out->differences++;
    if (out->n_first == COMPARE_FIRST)
        return;
    va_start(args, format);
    vsnprintf(out->first[out->n_first++], sizeof *out->first, format, args);
    va_end(args);
}

static struct compare_unit *compare_find_unit(struct compare *out, const char *id)
{
    for (size_t i = 0; i < out->n_units; i++)
        if (strcmp(out->units[i].id, id) == 0)
            return &out->units[i];
    return NULL;
}

/* What the log has of one number. */
struct compare_run {
    const struct compare_part *parts;
    size_t n;
    size_t different; /* parts with different numbers */
    bool whole;       /* each of the message's parts is there */
    bool delivered;   /* each of them was reported so */
    bool failed;      /* one of them was */
};

/* How many different parts were reported delivered: a copy of a part is enough. */
static size_t compare_count_delivered(const struct compare_run *run)
{
    size_t delivered = 0;
    bool counted = false;

    for (size_t i = 0; i < run->n; i++) {
        if (i == 0 || run->parts[i].part != run->parts[i - 1].part)
            counted = false;
        if (run->parts[i].fate == FATE_DELIVERED && !counted) {
            delivered++;
            counted = true;
        }
    }
    return delivered;
}

static struct compare_run compare_find_run(struct compare_walk *walk,
                                           const struct books_delivery *delivery)
{
    struct compare_run run = {0};
    size_t from, to;

    compare_trace_find(&walk->trace, delivery->address, &from, &to);
    run.n = to - from;
    if (!run.n)
        return run;
    walk->trace.parts[from].claimed = true;
    run.parts = &walk->trace.parts[from];
    run.whole = true;
    for (size_t i = 0; i < run.n; i++) {
        run.different += i == 0 || run.parts[i].part != run.parts[i - 1].part;
        run.whole = run.whole && run.parts[i].parts == delivery->parts;
        run.failed = run.failed || run.parts[i].fate == FATE_FAILED;
    }
    run.whole = run.whole && run.different == (size_t)delivery->parts;
    run.delivered = run.whole && compare_count_delivered(&run) == run.different;
    return run;
}

/* The first copy of each part, joined, is the text. */
static bool compare_text_is(const struct compare_run *run, const char *text)
{
    size_t length = strlen(text), at = 0;

    for (size_t i = 0; i < run->n; i++) {
        const struct compare_part *part = &run->parts[i];

        if (i && part->part == part[-1].part)
            continue;
        if (part->length > length - at ||
            hex_fingerprint(text + at, part->length) != part->fingerprint)
            return false;
        at += part->length;
    }
    return at == length;
}

/* Is what the log has less or more than the state allows? */
static void compare_judge(struct compare *out, const struct books_delivery *delivery,
                          const struct compare_run *run, const char *number)
{
    enum compare_expect expect = compare_expects[delivery->state];
    long long id = delivery->id;

    if (expect == EXPECT_NOTHING && run->n)
        compare_differ(out, &out->unrecorded,
                       lang("Delivery %lld to %s is %s in the books, but the network accepted it.",
                            "第 %lld 号短信（%s）在账本中为“%s”，但网络已接受。"),
                       id, number, delivery_state_label(delivery->state));
    if ((expect == EXPECT_ALL && !run->whole) || (expect == EXPECT_SOME && !run->n))
        compare_differ(
            out, &out->lost,
            lang(
                "Delivery %lld to %s is %s in the books, but the network accepted %d of %d parts.",
                "第 %lld 号短信（%s）在账本中为“%s”，但网络只接受了其中 %d 个计费条（共 %d 个）。"),
            id, number, delivery_state_label(delivery->state), (int)run->different,
            (int)delivery->parts);
    if (run->n > run->different)
        compare_differ(out, &out->duplicates,
                       lang("Delivery %lld to %s was accepted more than once.",
                            "第 %lld 号短信（%s）被重复接受。"),
                       id, number);
    if (run->whole && !compare_text_is(run, delivery->text))
        compare_differ(out, &out->wrong_text,
                       lang("Delivery %lld to %s arrived with another text.",
                            "第 %lld 号短信（%s）收到的内容与账本不同。"),
                       id, number);
}

/* Do the network's last words agree? What was never accepted has been told already. */
static void compare_judge_end(struct compare_walk *walk, const struct books_delivery *delivery,
                              const struct compare_run *run, const char *number)
{
    struct compare *out = walk->out;
    long long id = delivery->id;
    bool differs = false;

    if (delivery->state == DELIVERY_DELIVERED)
        differs = run->whole && !run->delivered;
    else if (delivery->state == DELIVERY_UNDELIVERED)
        differs = run->n && !run->failed;
    else if (delivery->state == DELIVERY_SENT)
        differs = !walk->lossy && (run->failed || run->delivered);
    if (differs)
        compare_differ(out, &out->reports,
                       lang("Delivery %lld to %s is %s in the books; the network's reports say "
                            "otherwise.",
                            "第 %lld 号短信（%s）在账本中为“%s”，与网络回执不符。"),
                       id, number, delivery_state_label(delivery->state));
    if (delivery->state == DELIVERY_REJECTED &&
        !compare_trace_refused(&walk->trace, delivery->address, delivery->code))
        compare_differ(out, &out->rejections,
                       lang("Delivery %lld to %s is rejected with code %d in the books, but not by "
                            "the network.",
                            "第 %lld 号短信（%s）在账本中为被拒绝（代码 %d），但网络没有拒绝。"),
                       id, number, (int)delivery->code);
}

static void compare_message(struct compare_walk *walk, const struct books_delivery *delivery)
{
    struct compare *out = walk->out;
    struct compare_run run = compare_find_run(walk, delivery);
    struct compare_unit *unit = compare_find_unit(out, delivery->unit);
    enum compare_expect expect = compare_expects[delivery->state];
    char number[24];

    if (unit) {
        unit->books += expect == EXPECT_ALL || expect == EXPECT_SOME;
        unit->in_doubt += expect == EXPECT_ANYTHING;
        unit->accepted += run.n > 0;
    }
    out->in_doubt += expect == EXPECT_ANYTHING;
    out->in_doubt_accepted += expect == EXPECT_ANYTHING && run.whole;
    phone_mask(delivery->address, number);
    compare_judge(out, delivery, &run, number);
    compare_judge_end(walk, delivery, &run, number);
}

static double compare_seconds(int64_t ms)
{
    return (double)ms / 1000;
}

/* How far the books may be off, because nobody looks between two readings. */
struct compare_slack {
    int64_t over_ms, under_ms;
};

/* A view that ends before its slot may have gone unread since the last reading; one that is missing
 * for less than a reading may never be missed. */
static struct compare_slack compare_allow(const struct compare_walk *walk,
                                          const struct books_delivery *delivery,
                                          const struct compare_showing *showing)
{
    struct compare_slack slack = {.over_ms = COMPARE_OVER_MS, .under_ms = COMPARE_UNDER_MS};

    if (delivery->need >= LEVEL_SCREENSHOT)
        slack.under_ms += COMPARE_PICTURE_MS;

    for (size_t i = 0; showing && i < showing->n; i++) {
        const struct compare_view *view = &walk->trace.views[showing->first + i];
        int64_t gap_ms = i ? view->from_ms - view[-1].until_ms : 0;
        bool cut = i + 1 < showing->n ||
                   (delivery->until_ms && view->until_ms < delivery->until_ms - COMPARE_UNDER_MS);

        if (i)
            slack.under_ms += COMPARE_UNDER_MS;
        if (cut)
            slack.under_ms += COMPARE_READING_MS;
        if (gap_ms <= COMPARE_READING_MS + COMPARE_UNDER_MS)
            slack.over_ms += gap_ms;
    }
    return slack;
}

/* Does the proved time fit to what the board did? */
static void compare_judge_time(struct compare *out, const struct books_delivery *delivery,
                               int64_t shown, const struct compare_slack *slack)
{
    bool up = delivery->state == DELIVERY_SENT || delivery->state == DELIVERY_SHOWN;
    bool unproved = delivery->level > LEVEL_UNKNOWN && !delivery->shown_ms &&
                    (delivery->level == LEVEL_ACCEPTED || delivery->level < delivery->need);
    char slot[20];

    clock_format(delivery->from_ms, slot);
    if (delivery->shown_ms > shown + slack->over_ms)
        compare_differ(out, &out->boards_over,
                       lang("%s, slot of %s: the books claim %.1f s, the board showed %.1f s.",
                            "%s，%s 的播放时段：账本记 %.1f 秒，显示屏实际 %.1f 秒。"),
                       delivery->board, slot, compare_seconds(delivery->shown_ms),
                       compare_seconds(shown));
    /* Of what is still up the last stretch isn't read yet. */
    if (!up && !unproved && delivery->shown_ms < shown - slack->under_ms)
        compare_differ(out, &out->boards_under,
                       lang("%s, slot of %s: the books prove only %.1f s of the %.1f s shown.",
                            "%s，%s 的播放时段：账本只证明 %.1f 秒，显示屏实际 %.1f 秒。"),
                       delivery->board, slot, compare_seconds(delivery->shown_ms),
                       compare_seconds(shown));
    out->unproved += unproved && !up;
}

/* A board that knows no names tells only what it showed when: of that, what began in the slot. */
static bool compare_find_nameless(const struct compare_walk *walk,
                                  const struct books_delivery *delivery,
                                  struct compare_showing *out)
{
    const struct compare_showing *all =
        compare_trace_nameless(&walk->trace, delivery->board, delivery->text);

    *out = (struct compare_showing){.delivery = delivery->id};
    for (size_t i = 0; all && i < all->n; i++) {
        const struct compare_view *view = &walk->trace.views[all->first + i];

        if (view->from_ms < delivery->from_ms ||
            (delivery->until_ms && view->from_ms >= delivery->until_ms))
            continue;
        if (!out->n++)
            out->first = all->first + i;
        out->shown_ms += view->until_ms - view->from_ms;
    }
    return out->n > 0;
}

static void compare_display(struct compare_walk *walk, const struct books_delivery *delivery)
{
    struct compare *out = walk->out;
    struct compare_showing *showing = compare_trace_showing(&walk->trace, delivery->id);
    struct compare_showing nameless;
    struct compare_slack slack;
    int64_t shown;

    if (!showing && compare_find_nameless(walk, delivery, &nameless))
        showing = &nameless;
    slack = compare_allow(walk, delivery, showing);
    shown = showing ? showing->shown_ms : 0;
    if (showing)
        showing->claimed = true;
    out->showings += showing || delivery->shown_ms;
    out->books_shown_ms += delivery->shown_ms;
    out->log_shown_ms += shown;
    compare_judge_time(out, delivery, shown, &slack);
}

static int compare_delivery(void *ctx, const struct books_delivery *delivery)
{
    struct compare_walk *walk = ctx;

    if (delivery->channel == CHANNEL_SMS)
        compare_message(walk, delivery);
    else
        compare_display(walk, delivery);
    return 0;
}

static void compare_strays(struct compare *out, const struct compare_trace *trace)
{
    if (trace->strays)
        compare_differ(out, &out->reports,
                       lang("%lld reports are about messages that the network never accepted.",
                            "有 %lld 份回执所指的短信网络从未接受。"),
                       (long long)trace->strays);
    if (trace->bad)
        compare_differ(out, &out->bad,
                       lang("The modems got %lld messages that they could not read.",
                            "短信设备收到 %lld 条无法识别的短信。"),
                       (long long)trace->bad);
}

/* What is in the log and belongs to no delivery. */
static void compare_unclaimed(struct compare_walk *walk)
{
    struct compare *out = walk->out;
    const struct compare_trace *trace = &walk->trace;

    out->parts = (int64_t)trace->n_parts;
    for (size_t i = 0; i < trace->n_parts; i++) {
        const struct compare_part *part = &trace->parts[i];
        char number[24];

        if (i && part->number == part[-1].number)
            continue;
        out->accepted++;
        if (part->claimed)
            continue;
        phone_mask(part->number, number);
        compare_differ(out, &out->invented,
                       lang("The network accepted a message to %s that the books don't know.",
                            "网络接受了发往 %s 的短信，但账本中没有。"),
                       number);
    }
}

/* The same of boards. A name doesn't say which campaign it is of, the books do. 0 or -errno. */
static int compare_unclaimed_showings(struct compare_walk *walk, struct books *books)
{
    struct compare *out = walk->out;

    for (size_t i = 0; i < walk->trace.n_showings; i++) {
        const struct compare_showing *showing = &walk->trace.showings[i];
        int64_t campaign;
        int rc;

        /* Without a name it may be somebody else's. */
        if (showing->claimed || showing->delivery < 0)
            continue;
        rc = books_owner(books, showing->delivery, &campaign);
        if (rc < 0)
            return rc;
        if (rc == 0)
            continue;
        out->showings++;
        out->log_shown_ms += showing->shown_ms;
        compare_differ(out, &out->boards_under,
                       lang("A board showed delivery %lld, which the books don't know.",
                            "显示屏播放了第 %lld 号标语，但账本中没有。"),
                       (long long)showing->delivery);
    }
    return 0;
}

/* The counts that the ledger keeps, against the deliveries just walked. */
static void compare_counts(struct compare *out, const struct books_unit *units, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int64_t *count = units[i].n;
        int64_t books =
            count[DELIVERY_SENT] + count[DELIVERY_DELIVERED] + count[DELIVERY_UNDELIVERED];
        const struct compare_unit *unit = &out->units[i];
        int64_t least = unit->books, most = unit->books + unit->in_doubt;

        if (books != unit->books || unit->accepted < least || unit->accepted > most)
            compare_differ(
                out, &(int64_t){0},
                lang("%s: the books count %lld accepted and %lld in doubt, the network %lld.",
                     "%s：账本记已接受 %lld 条、结果不明 %lld 条，网络接受 %lld 条。"),
                unit->name, (long long)books, (long long)unit->in_doubt, (long long)unit->accepted);
    }
}

static void compare_take_units(struct compare *out, const struct books_unit *units, size_t n)
{
    out->units = mem_array(n + 1, struct compare_unit);
    out->n_units = n;
    for (size_t i = 0; i < n; i++) {
        snprintf(out->units[i].id, sizeof out->units[i].id, "%s", units[i].id);
        snprintf(out->units[i].name, sizeof out->units[i].name, "%s", units[i].name);
    }
}

static int compare_fail(struct compare *out, int rc, const char *path, int64_t bad_line)
{
    if (bad_line)
        snprintf(out->first[0], sizeof *out->first,
                 lang("%s:%lld: this is not a line of a simulator's log.",
                      "%s:%lld：这一行不是模拟器日志。"),
                 path, (long long)bad_line);
    else
        snprintf(out->first[0], sizeof *out->first,
                 lang("%s or the books can't be read: %s.", "无法读取 %s 或账本：%s。"), path,
                 strerror(-rc));
    out->n_first = 1;
    return rc;
}

int compare_log(struct books *books, int64_t campaign, const char *log_path, bool lossy,
                struct compare *out)
{
    struct compare_walk walk = {.out = out, .lossy = lossy};
    struct books_unit *units = NULL;
    size_t n_units = 0;
    int64_t bad_line;
    int rc;

    *out = (struct compare){0};
    rc = compare_trace_read(&walk.trace, log_path, &bad_line);
    if (rc)
        return compare_fail(out, rc, log_path, bad_line);
    rc = books_units(books, campaign, &units, &n_units);
    if (!rc) {
        compare_take_units(out, units, n_units);
        rc = books_deliveries(books, campaign, compare_delivery, &walk);
    }
    if (!rc)
        rc = compare_unclaimed_showings(&walk, books);
    if (!rc) {
        compare_unclaimed(&walk);
        compare_strays(out, &walk.trace);
        compare_counts(out, units, n_units);
        out->agrees = out->differences == 0;
    }
    free(units);
    compare_trace_release(&walk.trace);
    return rc ? compare_fail(out, rc, log_path, 0) : 0;
}

void compare_release(struct compare *compare)
{
    free(compare->units);
    *compare = (struct compare){0};
}
