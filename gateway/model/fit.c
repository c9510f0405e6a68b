/* fit: can people read this slogan on that board? See fit.h.
 * Runs: any (pure). Library: iconv of libc. */
#include "gateway/model/fit.h"

#include <iconv.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/model/cluster.h"

#define FIT_READ_MS       250
#define FIT_READ_LEAST_MS 2000

/* A byte that is not UTF-8 is a character of its own, -1. */
static int32_t fit_next(const char *text, size_t length, size_t *at)
{
    int32_t code = utf8_next(text, length, at);

    *at += code < 0;
    return code;
}

struct fit_range {
    int32_t from, to;
};

static bool fit_is_in(const struct fit_range *ranges, size_t n, int32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return false;
}

/* Half of a cell each. */
static unsigned fit_halves(int32_t code)
{
    static const struct fit_range whole[] = {
        /* ambiguous */
        {0x00A7, 0x00A8},
        {0x00B0, 0x00B1},
        {0x00B4, 0x00B4},
        {0x00B6, 0x00B8},
        {0x00D7, 0x00D7},
        {0x00F7, 0x00F7},
        {0x0391, 0x0451},
        {0x2010, 0x2027},
        {0x2030, 0x203E},
        {0x2074, 0x2084},
        {0x20AC, 0x20AC},
        {0x2103, 0x2BFF},
        /* wide, and beside what utf8_columns knows */
        {0x1F000, 0x1FAFF},
    };
    char character[5] = "";

    if (code < 0x7F)
        return 1;
    if (cluster_extends(code))
        return 0;
    if (fit_is_in(whole, sizeof whole / sizeof *whole, code))
        return 2;
    utf8_put(code, character);
    return (unsigned)utf8_columns(character);
}

static bool fit_is_foreign_script(int32_t code)
{
    static const struct fit_range scripts[] = {
        {0x0530, 0x08FF},   /* Armenian to Arabic (Uyghur, Kazakh): right to left, joined letters */
        {0x0900, 0x0EFF},   /* India, Thai, Lao */
        {0x0F00, 0x0FFF},   /* Tibetan */
        {0x1000, 0x10FF},   /* Myanmar, Georgian */
        {0x1100, 0x11FF},   /* Hangul letters */
        {0x1200, 0x1CFF},   /* with Khmer, Mongolian, Tai */
        {0xA000, 0xA4CF},   /* Yi */
        {0xA4D0, 0xABFF},   /* Lisu and others */
        {0xAC00, 0xD7FF},   /* Hangul: Korean is a minority language in China */
        {0xFB1D, 0xFDFF},   /* Hebrew and Arabic forms */
        {0xFE70, 0xFEFC},   /* Arabic forms */
        {0x10300, 0x1BFFF}, /* historic and small scripts, Mongolian's supplement */
        {0x1E000, 0x1EFFF}, /* scripts written from right to left */
    };

    return code >= scripts[0].from && fit_is_in(scripts, sizeof scripts / sizeof *scripts, code);
}

/* Lines that the text takes when it is broken anywhere between characters. A space that there is no
 * room for goes with the break. */
static int64_t fit_lines(const char *text, int64_t halves_a_line)
{
    size_t length = strlen(text), at = 0;
    int64_t lines = 1, used = 0;

    while (at < length) {
        int32_t code = fit_next(text, length, &at);
        unsigned halves = fit_halves(code);
        bool full = used + halves > halves_a_line;

        if (full && code == ' ')
            continue;
        if (full && used) {
            lines++;
            used = 0;
        }
        used += halves;
    }
    return lines;
}

void fit_measure(const struct board *board, const char *text, struct fit *out)
{
    size_t length = strlen(text), at = 0;
    int64_t halves = 0, characters = 0, a_line = board->width * 2 / board->font_px;

    while (at < length) {
        unsigned more = fit_halves(fit_next(text, length, &at));

        halves += more;
        characters += more > 0;
    }
    *out = (struct fit){.width_px = (halves * board->font_px + 1) / 2, .lines = 1};
    if (out->width_px > board->width) {
        int64_t lines = a_line >= 2 ? fit_lines(text, a_line) : INT64_MAX;

        out->runs = lines > board->height / board->font_px;
        out->lines = out->runs ? 1 : lines;
    }
    if (out->runs)
        out->pass_ms = (out->width_px + board->width) * 1000 / board->speed_pxs;
    else
        out->pass_ms = characters * FIT_READ_MS;
    if (!out->runs && out->pass_ms < FIT_READ_LEAST_MS)
        out->pass_ms = FIT_READ_LEAST_MS;
}

/* The text as the device's charset has it. *at: a character that keeps it from that. */
static enum fit_flaw fit_check_text(const struct traits *traits, const char *text, const char **at)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    size_t length = strlen(text), most = traits && traits->text_most ? traits->text_most : 0, bad;

    if (traits && traits->charset == CHARSET_GB2312) {
        if (fit_gb2312(text, &bytes, &bad)) {
            *at = text + bad;
            return FIT_FOREIGN;
        }
        return bytes.length > (most ? most : FIT_TEXT_MOST) ? FIT_TOO_MUCH : FIT_FINE;
    }
    for (size_t i = 0, from = 0; i < length; from = i)
        if (fit_is_foreign_script(fit_next(text, length, &i))) {
            *at = text + from;
            return FIT_MINORITY;
        }
    return length > (most ? most : FIT_TEXT_MOST) ? FIT_TOO_MUCH : FIT_FINE;
}

enum fit_flaw fit_check(const struct board *board, const char *text, int64_t shown_ms,
                        const char **at)
{
    const struct traits *traits = board->kind->traits;
    bool picture = board->render == RENDER_PICTURE;
    struct fit fit;

    *at = NULL;
    if (picture && traits && !traits->pictures)
        return FIT_NO_PICTURE;
    if (board->font_px > board->height)
        return FIT_TOO_TALL;
    if (!picture) {
        enum fit_flaw flaw = fit_check_text(traits, text, at);

        if (flaw)
            return flaw;
    }
    fit_measure(board, text, &fit);
    if (picture && fit.runs)
        return FIT_CUT;
    return fit.pass_ms > shown_ms ? FIT_TOO_LONG : FIT_FINE;
}

/* Two that every Chinese keyboard types and that GB2312 has, but that libc's table gives to other
 * code points (U+30FB, U+2015). */
static const struct {
    int32_t code;
    unsigned char bytes[3];
} fit_gb2312_own[] = {
    {0x00B7, "\xA1\xA4"}, /* middle dot */
    {0x2014, "\xA1\xAA"}, /* dash */
};

static bool fit_gb2312_put(iconv_t converter, const char *text, size_t from, size_t to,
                           struct buffer *out)
{
    char character[4], bytes[8], *in = character, *end = bytes;
    size_t left = to - from, room = sizeof bytes;

    memcpy(character, text + from, left);
    if (iconv(converter, &in, &left, &end, &room) == (size_t)-1 || left)
        return false;
    if (out)
        buffer_add(out, bytes, sizeof bytes - room);
    return true;
}

static bool fit_gb2312_put_own(int32_t code, struct buffer *out)
{
    for (size_t i = 0; i < sizeof fit_gb2312_own / sizeof *fit_gb2312_own; i++)
        if (fit_gb2312_own[i].code == code) {
            if (out)
                buffer_add(out, fit_gb2312_own[i].bytes, 2);
            return true;
        }
    return false;
}

int fit_gb2312(const char *text, struct buffer *out, size_t *bad)
{
    iconv_t converter = iconv_open("GB2312", "UTF-8");
    size_t length = strlen(text), from = 0, to = 0;
    bool good = true;

    if (converter == (iconv_t)-1) /* without it no slogan could be judged */
        log_panic("this system's iconv can't convert to GB2312: install all of libc6");
    for (; good && from < length; from = good ? to : from) {
        int32_t code = utf8_next(text, length, &to);

        good = code >= 0 &&
               (fit_gb2312_put_own(code, out) || fit_gb2312_put(converter, text, from, to, out));
    }
    iconv_close(converter);
    if (!good)
        *bad = from;
    return !good;
}
