/* steer_print: what holds now, in people's words. See steer_road.h.
 * Runs: any (blocks). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/report/figure.h"
#include "gateway/steer_road.h"

/* Messages of what was steered, by the books just now. */
struct steer_count {
    const struct steer *steer;
    struct books *books;
    int64_t *campaigns; /* their numbers */
    size_t n;
    int64_t waiting, inflight, cancelled;
};

static void steer_count_unit(struct steer_count *count, const struct books_unit *unit)
{
    if (count->steer->scope == STEER_UNIT && strcmp(unit->id, count->steer->name) != 0)
        return;
    count->waiting +=
        unit->n[DELIVERY_PLANNED] + unit->n[DELIVERY_DUE] + unit->n[DELIVERY_DEFERRED];
    count->inflight += unit->n[DELIVERY_INFLIGHT];
    count->cancelled += unit->n[DELIVERY_CANCELLED];
}

static void steer_count_campaign(struct steer_count *count, int64_t campaign)
{
    struct books_unit *units;
    size_t n;

    if (books_units(count->books, campaign, &units, &n))
        return;
    for (size_t i = 0; i < n; i++)
        steer_count_unit(count, &units[i]);
    free(units);
}

/* Only noted: the books answer one question at a time. */
static int steer_note_campaign(void *ctx, const struct books_campaign *campaign)
{
    struct steer_count *count = ctx;

    if (*count->steer->campaign && strcmp(campaign->id, count->steer->campaign) != 0)
        return 0;
    count->campaigns = mem_grow(count->campaigns, count->n + 1, sizeof *count->campaigns);
    count->campaigns[count->n++] = campaign->number;
    return 0;
}

/* Figures are a courtesy here: books that can't be read just now give none. */
static void steer_count(const struct steer_job *job, struct steer_count *count)
{
    char why[256];

    count->steer = &job->steer;
    if ((job->steer.scope != STEER_CAMPAIGN && job->steer.scope != STEER_UNIT) ||
        access(job->office->ledger_path, F_OK) ||
        books_open(&count->books, job->office->ledger_path, why, sizeof why))
        return;
    (void)books_campaigns(count->books, steer_note_campaign, count);
    for (size_t i = 0; i < count->n; i++)
        steer_count_campaign(count, count->campaigns[i]);
    free(count->campaigns);
    books_close(count->books);
}

/* "city (2026-constitution-day)" */
static void steer_label(const struct steer *steer, char *text, size_t size)
{
    if (steer->scope == STEER_CAMPAIGN)
        snprintf(text, size, "%s", steer->campaign);
    else if (*steer->campaign)
        snprintf(text, size, lang("%s (%s)", "%s（%s）"), steer->name, steer->campaign);
    else
        snprintf(text, size, "%s", steer->name);
}

/* ---- one sentence a verb ---- */

static void steer_print_pause(const struct steer_job *job, const struct steer_told *told,
                              const char *label)
{
    struct steer_count count = {0};
    char waiting[FIGURE_ROOM], inflight[FIGURE_ROOM];

    steer_count(job, &count);
    figure_count(count.waiting, waiting);
    figure_count(count.inflight, inflight);
    if (job->steer.scope == STEER_MODEM && told->modems)
        printf(lang("%s: paused (modems: %lld). They finish the message that they have.\n",
                    "%s：已暂停（短信设备 %lld 台），手上的一条会发完。\n"),
               label, (long long)told->modems);
    else if (job->steer.scope == STEER_MODEM || job->steer.scope == STEER_BOARD)
        printf(lang("%s: paused. Nothing of ours is sent or shown there until it is resumed.\n",
                    "%s：已暂停，恢复之前不再发送或播放。\n"),
               label);
    else
        printf(lang("%s: paused; %s messages wait; modems finish what is in flight (%s), slogans "
                    "come down.\n",
                    "%s：已暂停；%s 条短信等待；在途的 %s 条发完为止，标语撤下。\n"),
               label, waiting, inflight);
}

static void steer_print_resume(const struct steer_job *job, const struct steer_told *told,
                               const char *label)
{
    struct steer_count count = {0};
    char waiting[FIGURE_ROOM];

    (void)told;
    steer_count(job, &count);
    figure_count(count.waiting, waiting);
    if (job->steer.scope == STEER_MODEM || job->steer.scope == STEER_BOARD)
        printf(lang("%s: resumed.\n", "%s：已恢复。\n"), label);
    else
        printf(lang("%s: goes on; %s messages wait for their turn.\n",
                    "%s：已恢复；%s 条短信待发。\n"),
               label, waiting);
}

static void steer_print_cancel(const struct steer_job *job, const struct steer_told *told,
                               const char *label)
{
    struct steer_count count = {0};
    char unsent[FIGURE_ROOM], inflight[FIGURE_ROOM];

    (void)told;
    steer_count(job, &count);
    figure_count(count.waiting + count.cancelled, unsent);
    figure_count(count.inflight, inflight);
    if (job->steer.scope == STEER_BOARD)
        printf(lang("%s: cancelled; slogans that are left will not be shown there.\n",
                    "%s：已取消；剩余标语不再播放。\n"),
               label);
    else
        printf(lang("%s: cancelled; %s messages will never be sent; modems finish what is in "
                    "flight (%s).\n",
                    "%s：已取消；%s 条短信不再发送；在途的 %s 条发完为止。\n"),
               label, unsent, inflight);
}

static void steer_print_extend(const struct steer_job *job, const struct steer_told *told,
                               const char *label)
{
    struct steer_count count = {0};
    char waiting[FIGURE_ROOM], until[20];

    (void)told;
    steer_count(job, &count);
    figure_count(count.waiting, waiting);
    clock_format(job->steer.value, until);
    printf(lang("%s: sending goes on until %s; %s messages wait.\n",
                "%s：发送延长到 %s；%s 条短信待发。\n"),
           label, until, waiting);
}

static void steer_print_rate(const struct steer_job *job, const struct steer_told *told,
                             const char *label)
{
    char rate[FIGURE_ROOM];

    (void)told;
    figure_count(job->steer.value, rate);
    if (job->steer.value)
        printf(lang("%s: at most %s parts an hour from now on.\n",
                    "%s：自此每小时最多 %s 条（按计费条）。\n"),
               label, rate);
    else
        printf(lang("%s: no rate any more; the limits of the SIMs hold.\n",
                    "%s：不再限速；SIM 卡限额仍然有效。\n"),
               label);
}

static void (*const steer_prints[STEER_VERBS])(const struct steer_job *, const struct steer_told *,
                                               const char *) = {
    [STEER_PAUSE] = steer_print_pause,   [STEER_RESUME] = steer_print_resume,
    [STEER_CANCEL] = steer_print_cancel, [STEER_EXTEND] = steer_print_extend,
    [STEER_RATE] = steer_print_rate,
};

void steer_print(const struct steer_job *job, const struct steer_told *told)
{
    char label[STEER_NAME_MOST + 80];

    steer_label(&job->steer, label, sizeof label);
    steer_prints[job->steer.verb](job, told, label);
    if (told->already)
        puts(lang("It was so already: nothing has changed.", "此前已经如此，没有变化。"));
    else if (!told->running)
        puts(lang("Nothing that is running has to do with it: it holds for the next run.",
                  "当前没有相关的运行：下次运行时生效。"));
}
