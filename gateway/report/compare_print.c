/* compare_print: what the comparison found, for people. See compare.h.
 * Runs: any. */
#include "gateway/report/compare.h"

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/report/figure.h"
#include "gateway/report/fold.h"
#include "gateway/report/table.h"

static void compare_print_units(const struct compare *compare, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Unit", "单位"), false, false},
        {lang("Accepted (books)", "已接受（账本）"), true, false},
        {lang("In doubt (books)", "结果不明（账本）"), true, false},
        {lang("Accepted (network)", "已接受（网络）"), true, false},
    };
    struct table *table = table_new(columns, 4);

    for (size_t i = 0; i < compare->n_units; i++) {
        const struct compare_unit *unit = &compare->units[i];
        char text[3][FIGURE_ROOM];

        figure_count(unit->books, text[0]);
        figure_count(unit->in_doubt, text[1]);
        figure_count(unit->accepted, text[2]);
        table_row(table, (const char *[4]){unit->name, text[0], text[1], text[2]});
    }
    table_print(table, out);
    table_free(table);
}

static void compare_print_showings(const struct compare *compare, FILE *out)
{
    char books[FIGURE_ROOM], boards[FIGURE_ROOM];
    MEM_FREE_LATER char *line = NULL;

    figure_span(compare->books_shown_ms, books);
    figure_span(compare->log_shown_ms, boards);
    line = mem_printf(
        lang("%lld showings: %s in the books, %s on the boards (%d s less in the books are "
             "allowed for each showing, %d s with a picture, %d s more where one was cut "
             "short).",
             "标语播放 %lld 次：账本记 %s，显示屏实际 %s（每次允许账本少记 %d 秒，要求截屏时 %d "
             "秒，中途撤下时再加 %d 秒）。"),
        (long long)compare->showings, books, boards, COMPARE_UNDER_MS / 1000,
        (COMPARE_UNDER_MS + COMPARE_PICTURE_MS) / 1000, COMPARE_READING_MS / 1000);
    fold_print(line, FOLD_COLUMNS, 2, out);
    if (compare->unproved)
        fprintf(
            out,
            lang("%lld showings were proved less than their campaign asks, so their time doesn't "
                 "count.\n",
                 "其中 %lld 次的证明未达到任务要求，播放时长不计。\n"),
            (long long)compare->unproved);
}

static void compare_print_messages(const struct compare *compare, FILE *out)
{
    char accepted[FIGURE_ROOM], parts[FIGURE_ROOM];

    figure_count(compare->accepted, accepted);
    figure_count(compare->parts, parts);
    if (compare->n_units)
        compare_print_units(compare, out);
    fprintf(
        out,
        lang("The network accepted %s messages (%s parts). ", "网络共接受 %s 条（计费条 %s）。"),
        accepted, parts);
    fprintf(out,
            lang("Twice: %lld, lost: %lld, not in the books: %lld, other text: %lld.\n",
                 "重复 %lld，丢失 %lld，账外 %lld，内容不符 %lld。\n"),
            (long long)compare->duplicates, (long long)compare->lost,
            (long long)(compare->unrecorded + compare->invented), (long long)compare->wrong_text);
    fprintf(out,
            lang("Against reports: %lld, against rejections: %lld, unreadable: %lld.\n",
                 "与回执不符 %lld，与拒绝记录不符 %lld，无法识别 %lld。\n"),
            (long long)compare->reports, (long long)compare->rejections, (long long)compare->bad);
}

void compare_print(const struct compare *compare, FILE *out)
{
    if (compare->n_units || compare->parts || compare->bad || compare->reports)
        compare_print_messages(compare, out);
    if (compare->showings)
        compare_print_showings(compare, out);
    for (size_t i = 0; i < compare->n_first; i++)
        fprintf(out, "✕ %s\n", compare->first[i]);
    if (compare->differences > (int64_t)compare->n_first)
        fprintf(out, lang("… and %lld more differences.\n", "……另有 %lld 处不符。\n"),
                (long long)(compare->differences - (int64_t)compare->n_first));
    if (compare->agrees)
        fputs(lang("● The books agree with the network and the boards.\n",
                   "● 账本与网络、显示屏一致。\n"),
              out);
}
