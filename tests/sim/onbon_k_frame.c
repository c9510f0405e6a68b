/* onbon_k_frame: how a font card packs what it says. See onbon_k.h.
 * Runs: any (pure). */
#include "tests/sim/onbon_k.h"

#include <string.h>

size_t strip_whole(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] == '\x5A')
            return i + 1;
    return 0;
}

uint16_t strip_checksum(const unsigned char *bytes, size_t n)
{
    uint16_t sum = 0;

    while (n--) {
        unsigned mixed = (sum ^ *bytes++) & 0xFF;

        for (int i = 0; i < 8; i++)
            mixed = mixed & 1 ? (mixed >> 1) ^ 0xA001 : mixed >> 1;
        sum = (uint16_t)((sum >> 8) ^ mixed);
    }
    return sum;
}

void strip_add_16(struct buffer *out, unsigned value)
{
    buffer_add_char(out, (char)(value & 0xFF));
    buffer_add_char(out, (char)(value >> 8 & 0xFF));
}

unsigned strip_16(const struct buffer *from, size_t at)
{
    return (unsigned char)from->data[at] + 256U * (unsigned char)from->data[at + 1];
}

int strip_unpack(const char *bytes, size_t n, struct buffer *out)
{
    static const char pairs[4][3] = {"\xA6\x02\xA5", "\xA6\x01\xA6", "\x5B\x02\x5A",
                                     "\x5B\x01\x5B"};
    size_t i = 0;

    while (i < n && bytes[i] == '\xA5')
        i++;
    if (i == 0 || bytes[n - 1] != '\x5A')
        return 1;
    while (i < n - 1) {
        size_t k = 0;

        while (k < 4 && memcmp(pairs[k], bytes + i, 2) != 0)
            k++;
        if (k == 4 && (bytes[i] == '\xA6' || bytes[i] == '\x5B' || bytes[i] == '\xA5'))
            return 1;
        buffer_add_char(out, k < 4 ? pairs[k][2] : bytes[i]);
        i += k < 4 ? 2 : 1;
    }
    return out->length < STRIP_HEAD + 2 + 5 ||
           strip_16(out, STRIP_HEAD - 2) != out->length - STRIP_HEAD - 2;
}

static void strip_pack(const struct buffer *plain, struct buffer *out)
{
    for (int i = 0; i < 9; i++)
        buffer_add_char(out, '\xA5');
    for (size_t i = 0; i < plain->length; i++)
        switch ((unsigned char)plain->data[i]) {
        case 0xA5:
            buffer_add(out, "\xA6\x02", 2);
            break;
        case 0xA6:
            buffer_add(out, "\xA6\x01", 2);
            break;
        case 0x5A:
            buffer_add(out, "\x5B\x02", 2);
            break;
        case 0x5B:
            buffer_add(out, "\x5B\x01", 2);
            break;
        default:
            buffer_add_char(out, plain->data[i]);
        }
    buffer_add_char(out, '\x5A');
}

void strip_send(const struct buffer *request, const struct buffer *data, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer plain = BUFFER_NULL;

    buffer_add(&plain, request->data + 2, 2);
    buffer_add(&plain, request->data, 2);
    buffer_add(&plain, "\0\0\0\0\0\0\xFE\x02", 8);
    strip_add_16(&plain, (unsigned)data->length);
    buffer_add(&plain, data->data, data->length);
    strip_add_16(&plain, strip_checksum((const unsigned char *)plain.data, plain.length));
    strip_pack(&plain, out);
}
