/* huidu_wire: what a Huidu controller takes and gives: signatures, programs, yes and no.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_HUIDU_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_HUIDU_WIRE_H

#include "gateway/base/json.h"
#include "adapters/display/dialect.h"

struct huidu_options {
    char *key, *secret, *device, *font;
};

#define HUIDU_DEVICE 64

/* huidu_options.c */
extern const struct option_def huidu_options[];
int huidu_check(const void *filled, char *why, size_t why_size);
/* A controller's id: it becomes a part of the path, and goes over the line as it is. */
bool huidu_is_device(const char *text);

/* huidu_wire.c */

#define HUIDU_UUID 37

/* The same text, the same uuid. */
void huidu_uuid(const char *text, char uuid[static HUIDU_UUID]);
/* Adds the headers by which the controller knows us; the body must be there. */
void huidu_sign(const struct talk *talk, struct ask *ask);
/* A day as yyyymmdd, local. */
int huidu_day(int64_t wall_ms);
/* The list of programs that append and update take: the job's slogan, under this uuid, to be seen
 * today until the job's end, but not past midnight. */
struct jv *huidu_program(const struct talk *talk, const char *uuid);

enum huidu_answer { HUIDU_OK, HUIDU_REFUSED, HUIDU_MALFORMED };

/* Is it this text? */
bool huidu_says(const struct jv *value, const char *word);
/* The device's words for a no: what stands in data, else its message. */
const char *huidu_words(const struct jv *answer);
/* A yes is "ok" at the top and from each device, and where something is done, kSuccess too. words:
 * for what isn't OK; lent by document or static. */
enum huidu_answer huidu_judge(const struct jv *document, bool done, const char **words);

#endif
