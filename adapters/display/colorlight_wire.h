/* colorlight_wire: what a Colorlight player takes and gives: programs, schedules, clocks.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_COLORLIGHT_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_COLORLIGHT_WIRE_H

#include "gateway/base/json.h"
#include "adapters/display/dialect.h"

struct colorlight_options {
    char *user, *password, *font;
};

/* A job's program file on the player: its name and ".vsn". */
#define COLORLIGHT_FILE (SIGHT_NAME + 4)
void colorlight_file(const struct adapter_job *job, char file[static COLORLIGHT_FILE]);

/* Body and Content-Type of the job's program: JSON, or with a picture a form of two files. */
void colorlight_program(const struct talk *talk, struct ask *ask);

/* What a reply holds: the document itself, or the data in {"code":0,"data":{...}}. */
const struct jv *colorlight_root(const struct jv *document);
/* The code of a reply of that form that says no; 0 for any other. */
int64_t colorlight_refusal(const struct jv *document);

enum colorlight_change {
    COLORLIGHT_CHANGED,
    COLORLIGHT_SAME, /* nothing of ours was in it, and nothing is to be */
    COLORLIGHT_FULL, /* every priority is taken */
    COLORLIGHT_BAD,  /* it is no schedule */
};

/* The schedule with the job's program in it (once), or without. *out: the whole document to put, to
 * be freed; NULL unless CHANGED. What isn't ours stays as it is. */
enum colorlight_change colorlight_schedule(const struct talk *talk, const struct jv *root,
                                           bool with, struct jv **out);

/* The player's clock, in whichever form. 0, or 1: there is none. */
int colorlight_clock(const struct jv *root, int64_t *clock_ms);
/* A whole number from 0 to 9,999,999, also as text; other for anything else. */
int64_t colorlight_number(const struct jv *value, int64_t other);

#endif
