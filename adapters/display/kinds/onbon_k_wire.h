/* onbon_k_wire: frames of Onbon BX-5K and BX-6K cards, and what is in them.
 * Runs: any (pure, but for the process's time zone). Source: Onbon, "BX-5K/6K protocol, user
 * version" 1.4 (chapters in brackets).
 *
 * A frame is a run of A5, a header of 14 bytes, the data, a CRC-16, and 5A [3]. A5, A6, 5A and 5B
 * in between are escaped; lengths and CRC count what was there before escaping. Numbers are little
 * endian, times BCD. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_K_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_K_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/model/outcome.h"

enum {
    ONBON_K_AREAS = 256,   /* ids are bytes */
    ONBON_K_OVERHEAD = 36, /* bytes of an update beside the text */
    ONBON_K_TIMEOUT_MOST = 65535
};

/* What a card says no with [6]. */
enum { ONBON_K_NO_ERROR = 0, ONBON_K_LAST_ERROR = 16 };

/* ---- frames ---- */

/* CRC-16/ARC. */
unsigned onbon_k_crc(const void *bytes, size_t n);
/* over: dynamic areas may lie over the programs and come first [4, DisplayMode]; without it they
 * may not overlap. */
void onbon_k_frame(struct buffer *out, unsigned address, bool over, const struct buffer *data);
/* How long the frame is that begins in bytes; 0: not complete yet. */
size_t onbon_k_whole(const char *bytes, size_t n);
/* Adds the data of the frame. 0, or 1 with a sentence part in why: it is no frame. */
int onbon_k_open(const char *bytes, size_t n, struct buffer *data, const char **why);

/* ---- commands: each adds the data of one ---- */

void onbon_k_ask_status(struct buffer *data); /* [8.4] */

enum onbon_k_run { ONBON_K_LOOP = 0, ONBON_K_UNTIL_TIMEOUT = 2 };
enum onbon_k_show { ONBON_K_STILL = 1, ONBON_K_LEFT = 3 };

/* A dynamic area [9.1]; all from pixel 0,0 on. */
struct onbon_k_area {
    unsigned id, width, height;
    enum onbon_k_run run;
    unsigned timeout_s;
    bool clears; /* what was in it goes first */
    bool lines;  /* several of them */
    bool breaks; /* where a line is full; else only at \n */
    enum onbon_k_show show;
    unsigned speed; /* 0 is the fastest, 24 the slowest */
    unsigned stay;  /* half seconds */
    const struct buffer *text;
};
void onbon_k_update(struct buffer *data, const struct onbon_k_area *area); /* [8.2.1] */
void onbon_k_delete(struct buffer *data, unsigned id);                     /* [8.2.1] */

/* The text of an area: fonts and colour, then the slogan in GB2312 [11]. A backslash would begin a
 * code and can't be escaped: it becomes a full-width one. 0, or 1: there is a character that GB2312
 * doesn't have, *bad is its offset. */
struct onbon_k_look {
    int64_t font_px;
    const char *color; /* "#rrggbb" or NULL */
};
int onbon_k_text(struct buffer *out, const struct onbon_k_look *look, const char *text,
                 size_t *bad);

/* ---- answers ---- */

/* The command's group and number, an ACK or a NACK [5.1.2, 7]. */
struct onbon_k_answer {
    unsigned group, command;
    int error;
    const char *rest; /* lent by data */
    size_t length;
};
/* 0, or 1: too short for an answer. */
int onbon_k_answer(const struct buffer *data, struct onbon_k_answer *answer);
bool onbon_k_is_ack(const struct onbon_k_answer *answer);
bool onbon_k_is_nack(const struct onbon_k_answer *answer);

struct onbon_k_status {
    bool on;
    int64_t clock_ms; /* 0: not told, or no time */
    char program[5];  /* the file that plays */
    bool areas[ONBON_K_AREAS];
};
/* 0, or 1: it is no status. */
int onbon_k_status(const struct onbon_k_answer *answer, struct onbon_k_status *status);

/* What an error is called, in English; NULL: it isn't documented. */
const char *onbon_k_error_name(int error);
/* What it means for a slogan. */
enum outcome_kind onbon_k_error_outcome(int error);

#endif
