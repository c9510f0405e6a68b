/* campaign_judge: can the boards of a campaign do what it asks of them? See campaign_inside.h.
 * Runs: loop.
 *
 * Thousands of boards are of a few shapes: what a shape can't show is told once for each slogan, at
 * the slogan, with the first board of that shape and how many others there are. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/campaign_inside.h"
#include "gateway/config/campaign_options.h"
#include "gateway/model/fit.h"
#include "gateway/model/outcome.h"

#define CAMPAIGN_FLAWS (FIT_CUT + 1)
#define CAMPAIGN_NAMES 8 /* of boards in one sentence */

/* Boards on which a slogan looks alike. */
struct campaign_shape {
    const struct board *board; /* the first of them in the display */
    size_t n;
};

/* What is wrong with one slogan in one way. */
struct campaign_fault {
    const struct board *board; /* NULL: nothing */
    size_t n;                  /* boards */
    const char *at;
    size_t first, slogans; /* of a flaw of the boards: where it came first, and how often */
};

/* What is rather the board's fault than the slogan's is told once, not with each slogan. */
static bool campaign_is_of_boards(enum fit_flaw flaw)
{
    return flaw == FIT_TOO_TALL || flaw == FIT_NO_PICTURE || flaw == FIT_CUT;
}

static int campaign_order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int campaign_shape_order(const struct board *a, const struct board *b)
{
    int order = campaign_order((intptr_t)a->kind, (intptr_t)b->kind);

    order = order ? order : campaign_order(a->width, b->width);
    order = order ? order : campaign_order(a->height, b->height);
    order = order ? order : campaign_order(a->font_px, b->font_px);
    order = order ? order : campaign_order(a->speed_pxs, b->speed_pxs);
    return order ? order : campaign_order(a->render, b->render);
}

static int campaign_compare_boards(const void *a, const void *b)
{
    const struct board *x = *(const struct board *const *)a, *y = *(const struct board *const *)b;
    int order = campaign_shape_order(x, y);

    return order ? order : (x > y) - (x < y); /* all in one array */
}

/* To be freed. */
static struct campaign_shape *campaign_shapes(const struct office *office,
                                              const struct display *display, size_t *n)
{
    const struct board **boards = mem_array(display->n_boards, const struct board *);
    struct campaign_shape *shapes = mem_array(display->n_boards, struct campaign_shape);

    *n = 0;
    for (size_t i = 0; i < display->n_boards; i++)
        boards[i] = &office->boards[display->boards[i]];
    if (display->n_boards)
        qsort(boards, display->n_boards, sizeof *boards, campaign_compare_boards);
    for (size_t i = 0; i < display->n_boards; i++) {
        if (i == 0 || campaign_shape_order(boards[i - 1], boards[i]) != 0)
            shapes[(*n)++].board = boards[i];
        shapes[*n - 1].n++;
    }
    free(boards);
    return shapes;
}

/* "board-a" or "board-a and 3 others". To be freed. */
static char *campaign_name_boards(const struct board *board, size_t n)
{
    if (n == 1)
        return mem_dup(board->id);
    return mem_printf(lang("%s and %zu more", "%s 等 %zu 块屏"), board->id, n - !lang_is_chinese());
}

static void campaign_tell_too_long(struct campaign_reader *reader, conf_setting place,
                                   const struct display *display, const char *text,
                                   const struct campaign_fault *fault)
{
    MEM_FREE_LATER char *boards = campaign_name_boards(fault->board, fault->n);
    struct fit fit;

    fit_measure(fault->board, text, &fit);
    if (fit.runs)
        conffile_warning(reader->conf, place,
                         lang("On %s this slogan needs %.1f s to run through at %" PRId64
                              " px/s (%" PRId64 " px on %" PRId64 "), but is shown %" PRId64
                              " s: raise every or the board's speed_pxs, or shorten it.",
                              "在 %s 上，这条标语滚动一遍需要 %.1f 秒（速度 %" PRId64
                              " 像素/秒，长 %" PRId64 " 像素，屏宽 %" PRId64
                              "），但每次只播放 %" PRId64
                              " 秒：请加大 every 或该屏的 speed_pxs，或缩短标语。"),
                         boards, (double)fit.pass_ms / 1000, fault->board->speed_pxs, fit.width_px,
                         fault->board->width, display->every_s);
    else
        conffile_warning(reader->conf, place,
                         lang("On %s reading this slogan takes %.1f s, but it is shown %" PRId64
                              " s: raise every, or shorten it.",
                              "在 %s 上，读完这条标语需要 %.1f 秒，但每次只播放 %" PRId64
                              " 秒：请加大 every，或缩短标语。"),
                         boards, (double)fit.pass_ms / 1000, display->every_s);
}

/* One that is about a character. */
static void campaign_tell_character(struct campaign_reader *reader, conf_setting place,
                                    enum fit_flaw flaw, const struct campaign_fault *fault)
{
    MEM_FREE_LATER char *boards = campaign_name_boards(fault->board, fault->n);
    size_t length = strlen(fault->at), end = 0;
    int32_t code = utf8_next(fault->at, length, &end);

    if (flaw == FIT_FOREIGN)
        conffile_warning(
            reader->conf, place,
            lang("%s can't show \"%.*s\" (U+%04X): nothing but the characters of GB2312 "
                 "is known there. Write it otherwise.",
                 "%s 无法显示“%.*s”（U+%04X）：该屏只有 GB2312 字库。请改用其他字。"),
            boards, (int)end, fault->at, (unsigned)code);
    else
        conffile_warning(
            reader->conf, place,
            lang("On %s there is hardly a font for \"%.*s\" (U+%04X): write render = \"picture\" "
                 "there, if the kind takes pictures.",
                 "%s 很可能没有“%.*s”（U+%04X）的字库：如该类型支持图片，请为该屏填写 render = "
                 "\"picture\"。"),
            boards, (int)end, fault->at, (unsigned)code);
}

static const char *campaign_flaw_sentence(enum fit_flaw flaw)
{
    if (flaw == FIT_TOO_MUCH)
        return lang("The device takes no text as long as this slogan: shorten it.",
                    "设备不支持这么长的文字：请缩短标语。");
    if (flaw == FIT_TOO_TALL)
        return lang("A character is higher than the board: make font_px smaller.",
                    "一个字高于显示屏：请减小 font_px。");
    if (flaw == FIT_NO_PICTURE)
        return lang("This kind takes no pictures: write render = \"text\" for it.",
                    "该类型不支持图片：请为该屏填写 render = \"text\"。");
    return lang(
        "This slogan is cut: as a picture it stands still and is wider than the board. "
        "Shorten it, make font_px smaller, or write render = \"text\" for it.",
        "这条标语显示不全：图片不滚动，而标语比屏宽。请缩短标语、减小 font_px，或为该屏填写 "
        "render = \"text\"。");
}

static void campaign_tell_flaw(struct campaign_reader *reader, conf_setting place,
                               enum fit_flaw flaw, const struct campaign_fault *fault)
{
    MEM_FREE_LATER char *boards = campaign_name_boards(fault->board, fault->n);
    MEM_FREE_LATER char *more = fault->slogans > 1
                                    ? mem_printf(lang(" The same goes for other slogans (%zu).",
                                                      "另有 %zu 条标语也是如此。"),
                                                 fault->slogans - 1)
                                    : mem_dup("");

    conffile_warning(reader->conf, place, lang("Board %s: %s%s", "显示屏 %s：%s%s"), boards,
                     campaign_flaw_sentence(flaw), more);
}

static void campaign_judge_slogan(struct campaign_reader *reader, conf_setting place,
                                  const struct display *display, const char *text,
                                  const struct campaign_fault *faults)
{
    for (int flaw = FIT_FINE + 1; flaw < CAMPAIGN_FLAWS; flaw++) {
        if (!faults[flaw].board || campaign_is_of_boards((enum fit_flaw)flaw))
            continue;
        if (flaw == FIT_TOO_LONG)
            campaign_tell_too_long(reader, place, display, text, &faults[flaw]);
        else if (flaw == FIT_FOREIGN || flaw == FIT_MINORITY)
            campaign_tell_character(reader, place, (enum fit_flaw)flaw, &faults[flaw]);
        else
            campaign_tell_flaw(reader, place, (enum fit_flaw)flaw, &faults[flaw]);
    }
}

/* Slogans that differ in width are cut on more boards or fewer: the most counts. */
static void campaign_sum_up(struct campaign_fault *sums, const struct campaign_fault *faults,
                            size_t slogan)
{
    for (int flaw = FIT_FINE + 1; flaw < CAMPAIGN_FLAWS; flaw++) {
        struct campaign_fault *sum = &sums[flaw];

        if (!faults[flaw].board || !campaign_is_of_boards((enum fit_flaw)flaw))
            continue;
        if (!sum->board)
            sum->first = slogan;
        if (!sum->board || faults[flaw].n > sum->n) {
            sum->board = faults[flaw].board;
            sum->n = faults[flaw].n;
        }
        sum->slogans++;
    }
}

static void campaign_judge_slogans(struct campaign_reader *reader, conf_setting group,
                                   const struct display *display)
{
    size_t n;
    struct campaign_shape *shapes = campaign_shapes(reader->office, display, &n);
    struct campaign_fault of_boards[CAMPAIGN_FLAWS] = {0};

    for (size_t i = 0; i < display->slogans.n; i++) {
        const char *text = display->slogans.items[i];
        struct campaign_fault faults[CAMPAIGN_FLAWS] = {0};

        for (size_t k = 0; k < n; k++) {
            const char *at;
            enum fit_flaw flaw = fit_check(shapes[k].board, text, display->every_s * 1000, &at);
            struct campaign_fault *fault = &faults[flaw];

            if (!fault->board || shapes[k].board < fault->board) {
                fault->board = shapes[k].board;
                fault->at = at;
            }
            fault->n += shapes[k].n;
        }
        campaign_judge_slogan(reader, conffile_item(group, "slogans", i), display, text, faults);
        campaign_sum_up(of_boards, faults, i);
    }
    for (int flaw = FIT_FINE + 1; flaw < CAMPAIGN_FLAWS; flaw++)
        if (of_boards[flaw].board)
            campaign_tell_flaw(reader, conffile_item(group, "slogans", of_boards[flaw].first),
                               (enum fit_flaw)flaw, &of_boards[flaw]);
    free(shapes);
}

/* The most that this board can prove; LEVEL_LOGGED when its kind doesn't say. */
static enum outcome_level campaign_level_most(const struct board *board, bool listening)
{
    const struct traits *traits = board->kind->traits;

    return traits && traits->level_most ? traits->level_most(board->options, listening)
                                        : LEVEL_LOGGED;
}

/* Boards that prove less than is wanted, for one and the same reason. */
struct campaign_weak {
    const struct board *first;
    bool call;        /* they could, if they could call us */
    const char *cure; /* of their kind, or NULL */
    enum outcome_level most;
    size_t n;
    struct buffer names;
};

struct campaign_weaks {
    struct campaign_weak *items;
    size_t n;
};

static struct campaign_weak *campaign_find_weak(struct campaign_weaks *weaks,
                                                const struct board *board, bool call)
{
    const struct traits *traits = board->kind->traits;
    const char *cure = traits->cure ? traits->cure(board->options) : NULL;
    struct campaign_weak *weak;

    for (size_t i = 0; i < weaks->n; i++) {
        weak = &weaks->items[i];
        if (weak->first->kind == board->kind && weak->call == call && weak->cure == cure)
            return weak;
    }
    weaks->items = mem_grow(weaks->items, weaks->n + 1, sizeof *weaks->items);
    weak = &weaks->items[weaks->n++];
    *weak = (struct campaign_weak){
        .first = board, .call = call, .cure = cure, .most = LEVEL_LOGGED, .names = BUFFER_NULL};
    return weak;
}

static void campaign_find_weaks(const struct office *office, const struct display *display,
                                struct campaign_weaks *weaks)
{
    bool listening = office->listen.address != NULL;
    enum outcome_level wanted = (enum outcome_level)display->level;

    for (size_t i = 0; i < display->n_boards; i++) {
        const struct board *board = &office->boards[display->boards[i]];
        enum outcome_level level = campaign_level_most(board, listening);
        struct campaign_weak *weak;

        if (level >= wanted)
            continue;
        weak = campaign_find_weak(weaks, board,
                                  !listening && campaign_level_most(board, true) >= wanted);
        weak->most = level < weak->most ? level : weak->most;
        if (weak->n++ < CAMPAIGN_NAMES)
            buffer_printf(&weak->names, "%s%s", weak->n > 1 ? lang(", ", "、") : "", board->id);
    }
}

static void campaign_tell_weak(struct campaign_reader *reader, conf_setting place,
                               enum outcome_level wanted, struct campaign_weak *weak)
{
    const char *file = reader->office->file, *kind = weak->first->kind->name;
    const char *level = campaign_levels[wanted - 1],
               *most = campaign_levels[weak->most > 0 ? weak->most - 1 : 0];

    if (weak->n > CAMPAIGN_NAMES)
        buffer_printf(&weak->names, lang(" and %zu more", " 等 %zu 块屏"),
                      weak->n - (lang_is_chinese() ? 0 : CAMPAIGN_NAMES));
    if (weak->call)
        conffile_error(reader->conf, place,
                       lang("%s can prove level \"%s\" only when devices can call us: add listen = "
                            "{ ... } in %s, or write level = \"%s\".",
                            "%s 要能回调本网关才能达到 level \"%s\"：请在 %s 填写 listen = { ... "
                            "}，或改为 level = \"%s\"。"),
                       buffer_text(&weak->names), level, file, most);
    else
        conffile_error(reader->conf, place,
                       lang("%s (kind %s, as configured in %s:%d) can't prove level \"%s\": write "
                            "level = \"%s\", or %s%s.",
                            "%s（类型 %s，见 %s:%d）达不到 level \"%s\"：请改为 level = "
                            "\"%s\"，或%s%s。"),
                       buffer_text(&weak->names), kind, file, weak->first->line, level, most,
                       weak->cure ? weak->cure
                                  : lang("look for further options: lawcast help ",
                                         "查看其他选项：lawcast help "),
                       weak->cure ? "" : kind);
}

/* Counting what can't be proved would show on the day, as nothing. */
static void campaign_judge_level(struct campaign_reader *reader, conf_setting group,
                                 const struct display *display)
{
    conf_setting place = conffile_member(group, "level");
    struct campaign_weaks weaks = {0};

    campaign_find_weaks(reader->office, display, &weaks);
    for (size_t i = 0; i < weaks.n; i++) {
        campaign_tell_weak(reader, place ? place : group, (enum outcome_level)display->level,
                           &weaks.items[i]);
        buffer_free(&weaks.items[i].names);
    }
    free(weaks.items);
}

/* With these a dead gateway leaves the slogan on the screen. */
static void campaign_judge_end(struct campaign_reader *reader, conf_setting group,
                               const struct display *display)
{
    const struct board *first = NULL;
    MEM_FREE_LATER char *boards = NULL;
    conf_setting place = conffile_member(group, "boards");
    size_t n = 0;

    for (size_t i = 0; i < display->n_boards; i++) {
        const struct board *board = &reader->office->boards[display->boards[i]];

        if (board_window_s(board))
            continue;
        first = first ? first : board;
        n++;
    }
    if (!n)
        return;
    boards = campaign_name_boards(first, n);
    conffile_warning(reader->conf, place ? place : group,
                     lang("%s can't be told when a slogan ends (kind %s, as configured in %s:%d): "
                          "if this program dies, the slogan stays until it is started again. Have "
                          "somebody at hand then who can.",
                          "%s 无法预设标语的结束时间（类型 %s，见 "
                          "%s:%d）：如本程序中断，标语会一直留在屏上，直到重新启动本程序。请安排人"
                          "员届时重新启动。"),
                     boards, first->kind->name, reader->office->file, first->line);
}

void campaign_judge_display(struct campaign_reader *reader, conf_setting group,
                            const struct display *display)
{
    campaign_judge_level(reader, group, display);
    campaign_judge_end(reader, group, display);
    campaign_judge_slogans(reader, group, display);
}
