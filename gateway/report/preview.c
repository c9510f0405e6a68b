/* preview: a slogan's picture as a file, and what the picture doesn't show. See picture.h.
 * Runs: any. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/model/fit.h"
#include "gateway/report/picture.h"

static int preview_save(const struct picture *picture, const char *path)
{
    FILE *file = fopen(path, "wbe");
    int rc = 0;

    if (!file)
        return -errno;
    if (fwrite(picture->bytes, 1, picture->length, file) != picture->length)
        rc = -errno;
    if (fclose(file) && !rc)
        rc = -errno;
    return rc;
}

/* What moves can't be seen in a picture. */
static void preview_explain(const struct preview *preview, char *why, size_t why_size)
{
    const struct board *board = preview->board;
    struct fit fit;

    fit_measure(board, preview->text, &fit);
    if (board->render == RENDER_PICTURE)
        snprintf(why, why_size, "%s",
                 lang("The slogan is cut: pictures stand still. Shorten it, make font_px smaller, "
                      "or write render = \"text\" for the board.",
                      "标语显示不全：图片不滚动。请缩短标语、减小 font_px，或为该屏填写 render = "
                      "\"text\"。"));
    else
        snprintf(why, why_size,
                 preview->strip
                     ? lang("The slogan is %" PRId64 " pixels wide and runs through in %.1f s at "
                            "%" PRId64 " px/s.",
                            "标语宽 %" PRId64 " 像素，滚动一遍需要 %.1f 秒（速度 %" PRId64
                            " 像素/秒）。")
                     : lang("The slogan is %" PRId64 " pixels wide and runs through in %.1f s at "
                            "%" PRId64 " px/s; this is its beginning.",
                            "标语宽 %" PRId64 " 像素，滚动一遍需要 %.1f 秒（速度 %" PRId64
                            " 像素/秒）；图片只显示开头。"),
                 fit.width_px, (double)fit.pass_ms / 1000, board->speed_pxs);
}

/* Does the board show less of it than all at a time? */
static bool preview_runs(const struct preview *preview, const struct picture *picture)
{
    struct fit fit;

    if (!preview->strip)
        return picture->cut;
    fit_measure(preview->board, preview->text, &fit);
    return fit.runs;
}

int preview_write(struct preview *preview, char *why, size_t why_size)
{
    struct picture *picture = (preview->strip ? picture_draw_strip : picture_draw)(
        preview->board, preview->text, why, why_size);
    int rc;

    if (!picture)
        return 1;
    preview->width = picture->width;
    preview->height = picture->height;
    rc = preview_save(picture, preview->path);
    if (rc)
        snprintf(why, why_size, lang("%s can't be written: %s.", "无法写入 %s：%s。"),
                 preview->path, lang_error(rc));
    else if (preview_runs(preview, picture))
        preview_explain(preview, why, why_size);
    picture_free(picture);
    return rc < 0;
}
