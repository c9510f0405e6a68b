/* picture: a slogan as a board shows it. See picture.h.
 * Runs: any. */
#include "gateway/report/picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/report/canvas.h"

#define PICTURE_PIXELS (INT64_C(16) << 20) /* of a board: four bytes each */

static int picture_check_glyphs(const struct canvas *canvas, char *why, size_t why_size)
{
    uint32_t unknown = canvas_unknown(canvas);
    char character[5] = "";

    if (!unknown)
        return 0;
    utf8_put((int32_t)unknown, character);
    snprintf(why, why_size,
             lang("No font here has \"%s\" (U+%04X): install fonts-wqy-microhei or fonts-noto-cjk "
                  "for Chinese, fonts-noto-core for other scripts.",
                  "本机没有“%s”（U+%04X）的字体：中文请安装 fonts-wqy-microhei 或 "
                  "fonts-noto-cjk，其他文字请安装 fonts-noto-core。"),
             character, (unsigned)unknown);
    return 1;
}

/* One line, or as many as the board has room for. Says whether only the beginning fits. */
static bool picture_break_lines(struct canvas *canvas, const struct board *board)
{
    if (canvas_text_width(canvas) <= (double)board->width)
        return false;
    canvas_wrap(canvas, (double)board->width, false);
    if (canvas_lines(canvas) <= board->height / board->font_px)
        return false;
    canvas_unwrap(canvas);
    return true;
}

/* Where the baseline stands in a cell of font_px, so that what the line draws is in it. */
static int picture_baseline(const struct board *board, const struct canvas_line *line)
{
    int cell = (int)board->font_px, top = cell * 7 / 8 + line->ink_top;

    if (top + line->ink_height > cell)
        top = cell - line->ink_height;
    return (top < 0 ? 0 : top) - line->ink_top;
}

static void picture_draw_lines(struct canvas *canvas, const struct board *board)
{
    int n = canvas_lines(canvas);
    int top = (int)(board->height - n * board->font_px) / 2;
    uint32_t color = (uint32_t)strtoul(board->color + 1, NULL, 16);

    for (int i = 0; i < n; i++, top += (int)board->font_px) {
        struct canvas_line line;
        int x;

        canvas_measure(canvas, i, &line);
        x = ((int)board->width - line.width) / 2;
        if (x < 0) /* its beginning: on the right in scripts that run to the left */
            x = line.leftwards ? 2 * x : 0;
        canvas_draw_line(canvas, i, x - line.x, top + picture_baseline(board, &line), color);
    }
}

/* Letters that are piled up (Tibetan) are higher than a cell: then all is drawn smaller. */
static void picture_fit_height(struct canvas *canvas, const struct board *board)
{
    int64_t cell = board->font_px;

    for (int64_t px = cell; px > 1;) {
        struct canvas_line line;

        canvas_measure(canvas, 0, &line);
        if (line.ink_height <= cell)
            return;
        px = px * cell / line.ink_height < px ? px * cell / line.ink_height : px - 1;
        canvas_resize(canvas, px > 0 ? (double)px : 1);
    }
}

static struct picture *picture_finish(struct canvas *canvas, const struct board *board, char *why,
                                      size_t why_size)
{
    struct buffer png = BUFFER_NULL;
    struct picture *picture;
    const char *reason;

    if (canvas_finish(canvas, &png, &reason)) {
        snprintf(why, why_size, lang("The slogan can't be drawn: %s.", "无法绘制标语：%s。"),
                 reason);
        return NULL;
    }
    picture = mem_new(struct picture);
    picture->length = png.length;
    picture->bytes = buffer_take(&png);
    picture->width = board->width;
    picture->height = board->height;
    return picture;
}

/* Boards give a Latin letter half of a cell; in most fonts it is a little wider. 0, or 1: it can't
 * be drawn, and why. */
static int picture_set_text(struct canvas *canvas, const struct board *board, const char *text,
                            char *why, size_t why_size)
{
    canvas_set(canvas, CANVAS_CELLS, (double)board->font_px, text);
    if (picture_check_glyphs(canvas, why, why_size))
        return 1;
    picture_fit_height(canvas, board);
    canvas_tighten(canvas, (double)board->font_px / 2);
    return 0;
}

static bool picture_has_room(const struct board *board, char *why, size_t why_size)
{
    LOG_ASSERT(board->width > 0 && board->height > 0 && board->font_px > 0);
    *why = '\0';
    if (board->width <= CANVAS_SIDE && board->height <= CANVAS_SIDE &&
        board->width * board->height <= PICTURE_PIXELS)
        return true;
    snprintf(why, why_size,
             lang("%s is too large for pictures: %" PRId64 " x %" PRId64 " pixels.",
                  "%s 太大，无法使用图片：%" PRId64 " x %" PRId64 " 像素。"),
             board->id, board->width, board->height);
    return false;
}

struct picture *picture_draw(const struct board *board, const char *text, char *why,
                             size_t why_size)
{
    struct picture *picture = NULL;
    struct canvas *canvas;

    if (!picture_has_room(board, why, why_size))
        return NULL;
    canvas = canvas_new_image((int)board->width, (int)board->height);
    if (picture_set_text(canvas, board, text, why, why_size) == 0) {
        bool cut = picture_break_lines(canvas, board);

        picture_draw_lines(canvas, board);
        picture = picture_finish(canvas, board, why, why_size);
        if (picture)
            picture->cut = cut;
    }
    canvas_free(canvas);
    return picture;
}

struct picture *picture_draw_strip(const struct board *board, const char *text, char *why,
                                   size_t why_size)
{
    struct board as_wide = *board;
    struct canvas *canvas;
    int64_t width = 0;

    if (!picture_has_room(board, why, why_size))
        return NULL;
    canvas = canvas_new_image(1, 1);
    if (picture_set_text(canvas, board, text, why, why_size) == 0) {
        width = (int64_t)canvas_text_width(canvas);
        width += (double)width < canvas_text_width(canvas);
    }
    canvas_free(canvas);
    if (*why)
        return NULL;
    if (width > as_wide.width)
        as_wide.width = width;
    return picture_draw(&as_wide, text, why, why_size); /* has room for it in one line */
}

void picture_free(struct picture *picture)
{
    if (!picture)
        return;
    free(picture->bytes);
    free(picture);
}
