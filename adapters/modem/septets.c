/* septets: text in the network's default alphabet. See septets.h.
 * Runs: any (pure). */
#include "adapters/modem/septets.h"

#include "gateway/base/utf8.h"

#define SEPTETS_ESCAPE 0x1B

static const uint16_t septets_alphabet[128] = {
    '@',    0x00A3, '$',    0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, /* 00 @£$¥èéùì */
    0x00F2, 0x00C7, '\n',   0x00D8, 0x00F8, '\r',   0x00C5, 0x00E5, /* 08 òÇ.Øø.Åå */
    0x0394, '_',    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, /* 10 Δ_ΦΓΛΩΠΨ */
    0x03A3, 0x0398, 0x039E, ' ',    0x00C6, 0x00E6, 0x00DF, 0x00C9, /* 18 ΣΘΞ ÆæßÉ */
    ' ',    '!',    '"',    '#',    0x00A4, '%',    '&',    '\'',   /* 20 */
    '(',    ')',    '*',    '+',    ',',    '-',    '.',    '/',    /* 28 */
    '0',    '1',    '2',    '3',    '4',    '5',    '6',    '7',    /* 30 */
    '8',    '9',    ':',    ';',    '<',    '=',    '>',    '?',    /* 38 */
    0x00A1, 'A',    'B',    'C',    'D',    'E',    'F',    'G',    /* 40 ¡ */
    'H',    'I',    'J',    'K',    'L',    'M',    'N',    'O',    /* 48 */
    'P',    'Q',    'R',    'S',    'T',    'U',    'V',    'W',    /* 50 */
    'X',    'Y',    'Z',    0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7, /* 58 ÄÖÑÜ§ */
    0x00BF, 'a',    'b',    'c',    'd',    'e',    'f',    'g',    /* 60 ¿ */
    'h',    'i',    'j',    'k',    'l',    'm',    'n',    'o',    /* 68 */
    'p',    'q',    'r',    's',    't',    'u',    'v',    'w',    /* 70 */
    'x',    'y',    'z',    0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0, /* 78 äöñüà */
};

static const struct {
    uint8_t septet;
    uint16_t code;
} septets_extension[] = {
    {0x0A, '\f'}, {0x14, '^'}, {0x1B, ' '}, {0x28, '{'}, {0x29, '}'},    {0x2F, '\\'},
    {0x3C, '['},  {0x3D, '~'}, {0x3E, ']'}, {0x40, '|'}, {0x65, 0x20AC},
};

unsigned septets_at(const uint8_t *bytes, size_t place)
{
    size_t bit = place * 7;
    unsigned pair = bytes[bit / 8];

    if (bit % 8 > 1)
        pair |= (unsigned)bytes[bit / 8 + 1] << 8;
    return pair >> bit % 8 & 0x7F;
}

static int32_t septets_extended(unsigned septet)
{
    for (size_t i = 0; i < sizeof septets_extension / sizeof *septets_extension; i++)
        if (septets_extension[i].septet == septet)
            return septets_extension[i].code;
    return septets_alphabet[septet];
}

void septets_decode(struct buffer *out, const uint8_t *bytes, size_t from, size_t to)
{
    for (size_t place = from; place < to; place++) {
        unsigned septet = septets_at(bytes, place);
        int32_t code = septets_alphabet[septet];
        char text[4];

        if (septet == SEPTETS_ESCAPE && place + 1 < to)
            code = septets_extended(septets_at(bytes, ++place));
        buffer_add(out, text, utf8_put(code, text));
    }
}
