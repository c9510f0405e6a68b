/* onbon_k: a BX-5K or BX-6K font card: binary frames over TCP.
 * Runs: any (pure, but for the process's time zone). Source: Onbon, "BX-5K/6K protocol, user
 * version" 1.4.
 *
 * Knows PING (A2 00), status (A1 02), switching on and off (A3 00), setting the clock (A2 03) and
 * dynamic areas (A3 06; A3 10 clears them all). What is no frame, or meant for another address, is
 * not answered. A wrong checksum is NACK 5, an unknown group 1, an unknown command 2, a font that
 * isn't there 12, a wrong time 14; for parameters that make no sense the document has no error,
 * here it is
 * 4. Answers begin with nine A5, as the vendor's samples do. A 5k leaves the bytes about a special
 * area out of its status, as a BX-5K1 does.
 *
 * Options: "model" 5k | 6k, "address". Areas are in RAM and end with the power. The card knows
 * no names: in the log and in lists an area is called "area-N". The owner's own program is a file,
 * unless its name is "area-N": then it takes that area. */
#ifndef LAWCAST_TESTS_SIM_ONBON_K_H
#define LAWCAST_TESTS_SIM_ONBON_K_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

enum strip_error {
    STRIP_OK = 0,
    STRIP_GROUP = 1,
    STRIP_COMMAND = 2,
    STRIP_MEMORY = 4,
    STRIP_CHECKSUM = 5,
    STRIP_FONT = 12,
    STRIP_TIME = 14,
};

enum { STRIP_AREAS = 8, STRIP_HEAD = 14 };

/* ---- frames ---- */

/* The length of the frame that bytes begin with; 0: not complete. */
size_t strip_whole(const char *bytes, size_t n);
uint16_t strip_checksum(const unsigned char *bytes, size_t n);
/* Adds the header, the data and the checksum, which is not looked at. 0, or 1: it is no frame. */
int strip_unpack(const char *bytes, size_t n, struct buffer *out);
/* Adds the frame that answers request (unpacked) with data. */
void strip_send(const struct buffer *request, const struct buffer *data, struct buffer *out);
void strip_add_16(struct buffer *out, unsigned value);
unsigned strip_16(const struct buffer *from, size_t at);

/* ---- areas ---- */

/* What an update says of one area. */
struct strip_area {
    unsigned id, run, timeout_s;
    const char *text; /* with codes, GB2312; lent by the frame */
    size_t length;
};

struct strip_limits {
    unsigned areas;
    size_t room; /* bytes of one packet, and of one area */
    int64_t width, height;
};

/* Reads the area that begins in bytes and ends with them. 0 or an enum strip_error. */
int strip_area_read(const char *bytes, size_t n, const struct strip_limits *limits,
                    struct strip_area *out);
/* Adds what people read, UTF-8. 0 or an enum strip_error. */
int strip_text_read(const char *bytes, size_t n, struct buffer *out);

#endif
