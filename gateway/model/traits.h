/* traits: what can be said of a kind of board without talking to one. For checks before the day.
 * Runs: any (plain data). */
#ifndef LAWCAST_MODEL_TRAITS_H
#define LAWCAST_MODEL_TRAITS_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/model/outcome.h"

enum traits_charset { CHARSET_UNICODE, CHARSET_GB2312 };

struct traits {
    const char *schemes;         /* of its url: "tcp", or "http, https", which NULL stands for */
    enum traits_charset charset; /* what its text may consist of */
    size_t text_most;            /* bytes of text in that charset; 0: 2000 */
    bool pictures;               /* takes a bitmap in place of text (board option render) */
    bool calls;                  /* some of what it proves comes by calls to our listener */
    /* With these options of a board and these of all boards (render): the device itself ends a
     * showing, to the second (1) or to the minute (60); 0, and NULL: it doesn't. */
    int (*window_s)(const void *options, bool picture);
    /* The most that can be proved with these options of a board; listening: the office has a
     * listener that the device can call. */
    enum outcome_level (*level_most)(const void *options, bool listening);
    /* What to write for more than that, as the end of a sentence in the user's language; NULL, or
     * returns NULL: nothing that is known here. */
    const char *(*cure)(const void *options);
};

#endif
