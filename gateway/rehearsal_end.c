/* rehearsal_end: what a rehearsal has shown. See rehearsal_end.h.
 * Runs: any (blocks). */
#include "gateway/rehearsal_end.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_finish.h"
#include "gateway/report/compare.h"
#include "gateway/report/figure.h"
#include "gateway/report/risks.h"
#include "gateway/report/standing.h"
#include "gateway/report/statement_print.h"
#include "gateway/command.h"
#include "gateway/rehearsal_inside.h"

struct rehearsal_end {
    const struct rehearsal_ending *ending;
    struct books *books;
    struct statement statement;
    struct books_finish *finishes;
    size_t n_finishes;
    struct books_tally *tallies;
    size_t n_tallies;
    int64_t finished_ms; /* 0: nothing was sent */
    struct risks risks;
};

/* ---- what the books say ---- */

static int end_read(struct rehearsal_end *end)
{
    const struct rehearsal_setup *setup = end->ending->setup;
    MEM_FREE_LATER char *path = rehearsal_books(setup->folder);
    struct statement *statement = &end->statement;
    char why[256] = "";

    if (books_open(&end->books, path, why, sizeof why)) {
        fprintf(stderr, "lawcast: %s\n", why);
        return COMMAND_MACHINE;
    }
    if (statement_read(end->books, setup->campaign->id, statement) ||
        books_finishes(end->books, statement->number, &end->finishes, &end->n_finishes) < 0 ||
        books_tallies(end->books, statement->number, &end->tallies, &end->n_tallies) < 0) {
        fprintf(stderr, lang("lawcast: %s can't be read\n", "lawcast：%s 无法读取\n"), path);
        return COMMAND_MACHINE;
    }
    for (size_t i = 0; i < end->n_finishes; i++)
        if (end->finishes[i].at_ms > end->finished_ms)
            end->finished_ms = end->finishes[i].at_ms;
    return COMMAND_FINE;
}

static void end_release(struct rehearsal_end *end)
{
    risks_free(&end->risks);
    free(end->finishes);
    free(end->tallies);
    statement_release(&end->statement);
    if (end->books)
        books_close(end->books);
}

/* Does every figure of the books follow from its own journal, and does the simulator agree? */
static int end_verify(struct rehearsal_end *end)
{
    const struct rehearsal_setup *setup = end->ending->setup;
    MEM_FREE_LATER char *log = rehearsal_log(setup->folder);
    /* A campaign that hardly waits ends without having heard all that was reported. */
    bool lossy = end->ending->run->lossy ||
                 setup->campaign->sms.report_wait_s * 1000 <= 2 * rehearsal_grid_ms(setup);
    struct books_recount recount = {0};
    struct compare compare;
    char why[200] = "";
    int result = COMMAND_FINE;

    if (!statement_adds_up(&end->statement, why, sizeof why) ||
        books_recount(end->books, end->statement.number, &recount) || !recount.agrees) {
        fprintf(stderr, lang("✕ The books don't add up: %s %s\n", "✕ 账目不符：%s %s\n"), why,
                recount.difference);
        return COMMAND_MACHINE;
    }
    if (compare_log(end->books, end->statement.number, log, lossy, &compare)) {
        fprintf(stderr, "lawcast: %s\n", compare.first[0]);
        result = COMMAND_MACHINE;
    } else {
        puts("");
        compare_print(&compare, stdout);
        if (!compare.agrees)
            result = COMMAND_MACHINE;
    }
    compare_release(&compare);
    return result;
}

/* ---- the day ---- */

static int64_t end_sending_ms(const struct rehearsal_end *end, int64_t wall_ms)
{
    struct calendar calendar = {0};
    int64_t sum = 0;

    campaign_message_windows(end->ending->setup->campaign, &calendar);
    for (size_t i = 0; i < calendar.n; i++) {
        const struct window *window = &calendar.items[i];
        int64_t to_ms = window->to_ms < wall_ms ? window->to_ms : wall_ms;

        sum += to_ms > window->from_ms ? to_ms - window->from_ms : 0;
    }
    calendar_free(&calendar);
    return sum;
}

/* By how much the forecast's finish was wrong, of the sending time that the campaign took; < 0: one
 * of the two has none. */
static double end_finish_error(const struct rehearsal_end *end)
{
    const struct plan_forecast *forecast = end->ending->forecast;
    int64_t took_ms, foretold_ms;

    if (!forecast || forecast->total.short_p50 || standing_missing(&end->statement) ||
        forecast->total.finish_p50_ms <= 0 || forecast->total.finish_p50_ms == INT64_MAX)
        return -1;
    took_ms = end_sending_ms(end, end->finished_ms);
    foretold_ms = end_sending_ms(end, forecast->total.finish_p50_ms);
    return took_ms > 0 ? (double)llabs(took_ms - foretold_ms) / (double)took_ms : -1;
}

/* Of what is short, as a share of the quotas; < 0: nothing was forecast. */
static double end_short_error(const struct rehearsal_end *end)
{
    const struct plan_forecast *forecast = end->ending->forecast;

    if (!forecast || end->statement.totals.quota <= 0)
        return -1;
    return (double)llabs(forecast->total.short_p50 - standing_missing(&end->statement)) /
           (double)end->statement.totals.quota;
}

static void end_find_risks(struct rehearsal_end *end)
{
    const struct rehearsal_ending *ending = end->ending;
    /* What happens after all is done is no trouble. */
    int64_t until_ms = standing_missing(&end->statement) ? INT64_MAX : end->finished_ms;

    risks_find(&(struct risks_setup){.office = ending->setup->office,
                                     .campaign = ending->setup->campaign,
                                     .statement = &end->statement,
                                     .finishes = end->finishes,
                                     .n_finishes = end->n_finishes,
                                     .tallies = end->tallies,
                                     .n_tallies = end->n_tallies,
                                     .modems_lost = rehearsal_count_lost(ending->setup, until_ms),
                                     .p95_ms = ending->forecast
                                                   ? ending->forecast->total.finish_p95_ms
                                                   : 0,
                                     .unapproved = ending->unapproved},
               &end->risks);
}

static void end_say_forecast(const struct rehearsal_end *end)
{
    const struct plan_forecast *forecast = end->ending->forecast;
    double finish = end_finish_error(end), left = end_short_error(end);
    char foretold[FIGURE_ROOM], was[FIGURE_ROOM];

    if (finish >= 0) {
        clock_format(forecast->total.finish_p50_ms, foretold);
        printf(lang("The forecast was %s: wrong by %.1f %% of the time taken.\n",
                    "预测为 %s：误差为所用时间的 %.1f%%。\n"),
               foretold, finish * 100);
    } else if (left >= 0) {
        figure_count(forecast->total.short_p50, foretold);
        figure_count(standing_missing(&end->statement), was);
        printf(lang("Messages short: forecast %s, rehearsed %s: wrong by %.1f %% of the quotas.\n",
                    "短信缺口：预测 %s 条，演练 %s 条，误差为任务数的 %.1f%%。\n"),
               foretold, was, left * 100);
    }
}

static void end_say_day(const struct rehearsal_end *end)
{
    char at[20];

    puts("");
    if (end->finished_ms) {
        clock_format(end->finished_ms, at);
        printf(lang("The last message was sent at %s.\n", "最后一条短信于 %s 发出。\n"), at);
    }
    end_say_forecast(end);
    risks_print(&end->risks, stdout);
}

/* ---- report.json ---- */

static struct jv *end_json(const struct rehearsal_end *end)
{
    const struct rehearsal_ending *ending = end->ending;
    struct jv *rehearsal = jv_object();
    double finish = end_finish_error(end), left = end_short_error(end);
    char at[FIGURE_ROOM];

    figure_iso(end->finished_ms, at);
    jv_put(rehearsal, "finished", end->finished_ms ? jv_string(at) : jv_null());
    jv_put(rehearsal, "short", jv_int(standing_missing(&end->statement)));
    jv_put(rehearsal, "seed", jv_int(ending->setup->seed));
    jv_put(rehearsal, "speed", jv_int(ending->setup->speed));
    jv_put(rehearsal, "real_seconds", jv_int((ending->run->gateway.duration_ms + 500) / 1000));
    jv_put(rehearsal, "forecast",
           ending->forecast ? plan_forecast_json(ending->forecast) : jv_null());
    jv_put(rehearsal, "error_permille",
           finish >= 0 ? jv_int((int64_t)(finish * 1000 + 0.5)) : jv_null());
    jv_put(rehearsal, "short_error_permille",
           left >= 0 ? jv_int((int64_t)(left * 1000 + 0.5)) : jv_null());
    jv_put(rehearsal, "risks", risks_to_json(&end->risks));
    return rehearsal;
}

static int end_write_report(const struct rehearsal_end *end)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    MEM_FREE_LATER char *path = mem_printf("%s/report.json", end->ending->setup->folder);
    struct jv *document = statement_to_json(&end->statement);
    FILE *file = fopen(path, "we");
    bool written;

    jv_put(document, "rehearsal", end_json(end));
    jv_write(document, true, &text);
    buffer_add_char(&text, '\n');
    jv_free(document);
    written = file && fwrite(text.data, 1, text.length, file) == text.length;
    if ((file && fclose(file)) || !written) {
        fprintf(stderr, lang("lawcast: %s can't be written\n", "lawcast：%s 无法写入\n"), path);
        return COMMAND_MACHINE;
    }
    return COMMAND_FINE;
}

static void end_say_where(const char *folder, const struct gateway_result *run)
{
    printf(
        lang("\nRehearsed in %.1f s; nothing left this machine. In %s: report.json, rehearsal.db "
             "(and files whose names begin so), simulator.log, simulator.json%s. rehearsal.db and "
             "simulator.log hold numbers: delete the folder when you have seen enough.\n",
             "\n演练用时 %.1f 秒，没有向外发送任何内容。%s 中有：report.json、rehearsal.db"
             "（及同名开头的文件）、simulator.log、simulator.json%s。其中 rehearsal.db 和 "
             "simulator.log 含有号码，看完请删除该目录。\n"),
        (double)run->duration_ms / 1000, folder,
        run->refused ? lang(", and the list of refused rows", "，以及无效行清单") : "");
}

int rehearsal_conclude(const struct rehearsal_ending *ending)
{
    struct rehearsal_end end = {.ending = ending};
    const struct statement *statement = &end.statement;
    int result = end_read(&end), written;

    if (result == COMMAND_FINE) {
        puts("");
        statement_print_table(statement, stdout);
        result = end_verify(&end);
        end_find_risks(&end);
        end_say_day(&end);
        written = end_write_report(&end);
        result = result == COMMAND_FINE ? written : result;
        if (result == COMMAND_FINE &&
            (standing_missing(statement) || standing_missing_showings(statement) ||
             statement->totals.n[COLUMN_UNKNOWN]))
            result = COMMAND_SHORT;
        end_say_where(ending->setup->folder, &ending->run->gateway);
    }
    end_release(&end);
    return result;
}
