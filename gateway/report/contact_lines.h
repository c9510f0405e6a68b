/* contact_lines: who is responsible in each unit of a campaign, and whether it was told in time.
 * Runs: any (blocks while it reads the books). */
#ifndef LAWCAST_REPORT_CONTACT_LINES_H
#define LAWCAST_REPORT_CONTACT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/model/contact.h"
#include "gateway/ledger/books.h"

struct contact_line {
    char *unit, *unit_name, *person, *position; /* "": nobody is named, not told */
    int64_t named_ms;                           /* since when; 0: nobody is */
    enum contact_standing standing;
    char *held, *place, *content; /* what the unit handed in of its activity; "": not told */
    int64_t participants;         /* -1: not told */
    int64_t handed_in_ms;         /* 0: nothing was */
};

struct contact_lines {
    struct contact_line *lines; /* in the order of the campaign file */
    size_t n;
    int64_t deadline_ms; /* by when they had to be named; 0: no matter when */
};

/* 0 or -errno. */
int contact_lines_read(struct books *books, int64_t campaign, struct contact_lines *out);
void contact_lines_release(struct contact_lines *lines);
/* As a table; nothing when there is no deadline and nobody is named. */
void contact_lines_print(const struct contact_lines *lines, FILE *out);
/* As a section of CSV, after an empty row: persons and activities. Nothing when nothing is told. */
void contact_lines_csv(const struct contact_lines *lines, FILE *out);
/* Is there anything to tell: a deadline, a person or an activity? */
bool contact_lines_matter(const struct contact_lines *lines);
/* Puts "activities" behind them: of the units that handed something in. */
void contact_lines_put_activities(const struct contact_lines *lines, struct jv *document);
/* Puts "contacts_by" and "contacts" behind a statement's figures (statement_to_json). */
void contact_lines_put(const struct contact_lines *lines, struct jv *document);

#endif
