/* image: what picture some bytes are, and how large; without decoding it.
 * Runs: any (pure).
 *
 * Bytes come from strangers: nothing is read past their end, and nothing in them is believed but
 * the size, which is bounded. Sources: PNG (ISO/IEC 15948, 11.2.2), JPEG (ITU-T T.81, annex B),
 * orientation: Exif 2.3 (CIPA DC-008), 4.6.4 and TIFF 6.0. */
#ifndef LAWCAST_REPORT_IMAGE_H
#define LAWCAST_REPORT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#define IMAGE_SIDE       20000       /* pixels, at most */
#define IMAGE_PIXELS     100000000LL /* width times height, at most */
#define IMAGE_PNG_PIXELS 40000000LL  /* of a PNG, which has to be decoded: four bytes each */

enum image_kind { IMAGE_PNG, IMAGE_JPEG };

struct image {
    enum image_kind kind;
    int width, height; /* as stored */
    /* A camera that was held sideways stores the picture as its sensor saw it: to be shown, it is
     * mirrored left to right first, then turned clockwise by so many quarters. JPEG only. */
    bool mirrored;
    int quarters; /* 0..3 */
};

/* 0; 1: neither PNG nor JPEG, cut off before its size, larger than the bounds, or of a make that
 * PDF doesn't take (JPEG: lossless, arithmetic, 12 bits, CMYK). */
int image_look(const void *bytes, size_t length, struct image *out);
/* Of a JPEG that image_look takes: are the tables, the data of a scan and the end there? Data that
 * is too little for so large a picture was cut off. What lies wrong within the data isn't seen. */
bool image_is_whole_jpeg(const void *bytes, size_t length);
/* "png", "jpg" */
const char *image_suffix(enum image_kind kind);
/* As it is shown. */
int image_shown_width(const struct image *image);
int image_shown_height(const struct image *image);

#endif
