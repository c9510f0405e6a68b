/* gsm7: the default alphabet of SMS. See gsm7.h.
 * Runs: any (pure). */
#include "tests/sim/gsm7.h"

#include <stddef.h>

/* The two stretches in which septets differ from ASCII; 0x20..0x7F falls back to itself where 0. */
static const uint16_t gsm7_low[32] = {
    '@',    0xA3,   '$',    0xA5,   0xE8,   0xE9,   0xF9, 0xEC,   0xF2,   0xC7,   '\n',
    0xD8,   0xF8,   '\r',   0xC5,   0xE5,   0x0394, '_',  0x03A6, 0x0393, 0x039B, 0x03A9,
    0x03A0, 0x03A8, 0x03A3, 0x0398, 0x039E, 0,      0xC6, 0xE6,   0xDF,   0xC9,
};

static const struct {
    uint8_t septet;
    uint16_t code;
} gsm7_high[] =
    {
        {0x24, 0xA4}, {0x40, 0xA1}, {0x5B, 0xC4}, {0x5C, 0xD6}, {0x5D, 0xD1},
        {0x5E, 0xDC}, {0x5F, 0xA7}, {0x60, 0xBF}, {0x7B, 0xE4}, {0x7C, 0xF6},
        {0x7D, 0xF1}, {0x7E, 0xFC}, {0x7F, 0xE0},
},
  gsm7_extended[] = {
      {0x0A, 0x0C}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2F, '\\'},
      {0x3C, '['},  {0x3D, '~'}, {0x3E, ']'}, {0x40, '|'}, {0x65, 0x20AC},
};

int32_t gsm7_char(unsigned septet)
{
    if (septet < 32)
        return gsm7_low[septet];
    for (size_t i = 0; i < sizeof gsm7_high / sizeof *gsm7_high; i++)
        if (gsm7_high[i].septet == septet)
            return gsm7_high[i].code;
    return (int32_t)septet;
}

int32_t gsm7_extension(unsigned septet)
{
    for (size_t i = 0; i < sizeof gsm7_extended / sizeof *gsm7_extended; i++)
        if (gsm7_extended[i].septet == septet)
            return gsm7_extended[i].code;
    return -1;
}

int gsm7_septet(int32_t code)
{
    for (unsigned septet = 0; septet < 128; septet++) {
        if (septet != GSM7_ESCAPE && gsm7_char(septet) == code)
            return (int)septet;
        if (gsm7_extension(septet) == code)
            return (int)(GSM7_EXTENDED | septet);
    }
    return -1;
}
