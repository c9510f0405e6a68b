/* fuzz_image: any bytes as a picture: a size within the bounds, or none; what is taken is drawn. */
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/log.h"
#include "gateway/report/canvas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_PIXELS 100000 /* what is larger takes long to decode */

static void draw(const uint8_t *data, size_t size)
{
    const struct canvas_box box = {10, 10, 100, 100};
    struct canvas *canvas = canvas_new_pdf("fuzz");
    struct buffer file = BUFFER_NULL;
    const char *why;

    if (canvas_picture(canvas, &box, data, size) == 0)
        (void)canvas_finish(canvas, &file, &why);
    canvas_free(canvas);
    buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image;

    if (image_look(data, size, &image))
        return 0;
    LOG_ASSERT(image.width > 0 && image.width <= IMAGE_SIDE && image.height > 0 &&
               image.height <= IMAGE_SIDE && image.quarters >= 0 && image.quarters < 4);
    LOG_ASSERT((long long)image.width * image.height <= IMAGE_PIXELS);
    if ((long long)image.width * image.height > FUZZ_PIXELS)
        return 0;
    (void)canvas_check_picture(data, size, &image);
    draw(data, size);
    return 0;
}
