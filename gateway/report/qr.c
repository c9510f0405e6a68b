/* qr: QR codes. See qr.h.
 * Runs: any. */
#include "gateway/report/qr.h"

#include <stdlib.h>

#include <qrencode.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define QR_INK   "\033[30;107m" /* black on bright white */
#define QR_PLAIN "\033[0m"

int qr_make(const char *data, size_t length, struct qr *out)
{
    QRcode *code;

    *out = (struct qr){0};
    if (!length || length > QR_MOST)
        return 1;
    code = QRcode_encodeData((int)length, (const unsigned char *)data, 0, QR_ECLEVEL_M);
    if (!code)
        log_panic("libqrencode made no code of %zu bytes", length);
    out->width = code->width;
    out->modules = mem_array((size_t)code->width * (size_t)code->width, unsigned char);
    for (int i = 0; i < code->width * code->width; i++)
        out->modules[i] = code->data[i] & 1;
    QRcode_free(code);
    return 0;
}

int qr_make_lines(const char *text, size_t length, struct qr *out)
{
    while (length > QR_MOST) {
        length--;
        while (length && text[length - 1] != '\n')
            length--;
    }
    return qr_make(text, length, out);
}

void qr_free(struct qr *qr)
{
    free(qr->modules);
    *qr = (struct qr){0};
}

static bool qr_is_dark(const struct qr *qr, int x, int y)
{
    return x >= 0 && y >= 0 && x < qr->width && y < qr->width && qr->modules[y * qr->width + x];
}

void qr_draw(const struct qr *qr, bool coloured, struct buffer *out)
{
    static const char *const blocks[] = {" ", "\xE2\x96\x84", "\xE2\x96\x80", "\xE2\x96\x88"};

    for (int y = -QR_QUIET; y < qr->width + QR_QUIET; y += 2) {
        buffer_add_text(out, coloured ? QR_INK : "");
        for (int x = -QR_QUIET; x < qr->width + QR_QUIET; x++)
            buffer_add_text(out, blocks[2 * qr_is_dark(qr, x, y) + qr_is_dark(qr, x, y + 1)]);
        buffer_add_text(out, coloured ? QR_PLAIN "\n" : "\n");
    }
}
