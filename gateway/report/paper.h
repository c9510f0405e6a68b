/* paper: text, tables and pictures, one below the other, on the A4 pages of a canvas.
 * Runs: any (pure drawing).
 *
 * A paper is at one place of one page and moves down; where the page ends it goes on with the next
 * one, which gets the same head and foot. Drawn twice, the second time it knows how many pages
 * there are. Colors are 0xRRGGBB, sizes points. */
#ifndef LAWCAST_REPORT_PAPER_H
#define LAWCAST_REPORT_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/report/canvas.h"

#define PAPER_LEFT  56.7 /* 20 mm */
#define PAPER_WIDTH (CANVAS_WIDTH - 2 * PAPER_LEFT)

#define PAPER_INK   0x1a1a1au
#define PAPER_FAINT 0x5f6368u
#define PAPER_HAIR  0xc4c7cau
#define PAPER_ALARM 0xa50e0eu

struct paper {
    struct canvas *canvas;
    const char *head, *foot; /* lent */
    double y;                /* where the next thing goes */
    int page, pages;         /* pages 0: not known yet */
};

void paper_begin(struct paper *paper, struct canvas *canvas, const char *head, const char *foot,
                 int pages);
/* Moves to the next page unless there is so much room left on this one. */
void paper_need(struct paper *paper, double height);
void paper_gap(struct paper *paper, double height);

struct paper_style {
    double size;
    uint32_t color;
    bool right; /* ends at the right margin */
    bool cells; /* CANVAS_CELLS */
};
extern const struct paper_style paper_body, paper_small, paper_alarm;

/* A paragraph over the whole width. */
void paper_text(struct paper *paper, const struct paper_style *style, const char *text);
/* The same without so much of the width on the left. */
void paper_indented(struct paper *paper, const struct paper_style *style, double indent,
                    const char *text);
void paper_title(struct paper *paper, const char *text);
/* With a rule below; never alone at the end of a page. */
void paper_heading(struct paper *paper, const char *text);
/* A label, and beside it what it labels. */
void paper_pair(struct paper *paper, const char *label, const char *text);
/* Text in a place of its own, which moves nothing; in one line at most, cut at the width. */
void paper_put(struct paper *paper, const struct paper_style *style, const struct canvas_box *box,
               const char *text);
/* How high a paragraph is in a column of this width. */
double paper_height(struct paper *paper, const struct paper_style *style, double width,
                    const char *text);

struct paper_column {
    const char *title;
    double share; /* of the width, in proportion to the others' */
    bool right;   /* figures */
};

struct paper_table {
    const struct paper_column *columns;
    size_t n;
};

#define PAPER_COLUMNS 12
/* The titles come first, and again on each page that the table goes on to. */
void paper_table_begin(struct paper *paper, const struct paper_table *table);
/* strong: a sum. A cell takes as many lines as it needs. */
void paper_table_row(struct paper *paper, const struct paper_table *table, const char *const *cells,
                     bool strong);

#endif
