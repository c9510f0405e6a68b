/* pack_data: what an evidence pack is made of, and drawing it; see pack.h.
 * Runs: any (pack_read blocks; pack_draw is pure). */
#ifndef LAWCAST_REPORT_PACK_DATA_H
#define LAWCAST_REPORT_PACK_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/model/contact.h"
#include "gateway/ledger/ledger.h"
#include "gateway/report/canvas.h"
#include "gateway/report/pack.h"
#include "gateway/report/qr.h"

#define PACK_PICTURES 24  /* of boards; what is left out is counted */
#define PACK_SHOWINGS 400 /* lines of what was shown; same */
#define PACK_BOARDS   500 /* lines of boards; same */

/* What a unit has handed in, and who answers for it. Texts are owned, never NULL; "": not told. */
struct pack_member {
    char *unit, *unit_name;
    char *person, *position, *phone;
    int64_t named_ms; /* since when; 0: nobody is named */
    enum contact_standing standing;
    char *held, *place, *content;
    int64_t participants; /* -1: not told */
    int64_t handed_in_ms; /* 0: nothing was */
    size_t photos;
};

enum pack_picture_state {
    PACK_PICTURE_FINE,
    PACK_PICTURE_GONE,    /* the file isn't there any more */
    PACK_PICTURE_ALTERED, /* it isn't the one that the books tell of */
    PACK_PICTURE_OTHER,   /* of a kind that can't be shown here */
};

struct pack_picture {
    char *caption;
    struct buffer bytes;
    struct image image;
    enum pack_picture_state state;
};

struct pack {
    const struct statement *statement; /* lent */
    char *office;                      /* "": not known */
    bool all;                          /* of all units together */
    struct pack_member *members;       /* all: everyone; else the one */
    size_t n_members;
    int64_t deadline_ms; /* by when they had to be named; 0: none */
    struct pack_picture photos[LEDGER_PHOTOS];
    size_t n_photos;
    struct pack_picture *pictures; /* of boards */
    size_t n_pictures, left_out;
    char *note; /* the last checkpoint; "": there is none */
    int64_t signed_ms, signed_size;
    char root[17];   /* its first digits */
    int64_t records; /* in the journal; those after the checkpoint are covered by none */
    struct qr qr;    /* of the note; width 0: none */
    int64_t made_ms;
};

/* unit: code, NULL: all of them. 0; 1: the unit has no part in the campaign; or -errno. */
int pack_read(const struct pack_setup *setup, const char *unit, int64_t made_ms, struct pack *out);
void pack_release(struct pack *pack);

/* Draws it on a PDF; pages: how many there are, 0: not known. How many it took. */
int pack_draw(const struct pack *pack, struct canvas *canvas, int pages);
/* The pack as a file. 0; 1: can't be made, why is a word of the library's. */
int pack_print(const struct pack *pack, struct buffer *out, int *pages, const char **why);

/* Is this board one of the pack's? */
bool pack_has_board(const struct pack *pack, const struct statement_board *board);

/* Parts of the drawing. */
struct paper;
void pack_draw_messages(const struct pack *pack, struct paper *paper);
void pack_draw_boards(const struct pack *pack, struct paper *paper);
/* Two beside each other, each with its caption, under a heading of their own. */
void pack_draw_pictures(struct paper *paper, const char *heading,
                        const struct pack_picture *pictures, size_t n);

#endif
