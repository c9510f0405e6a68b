/* onbon_y_options: what an office says of an Onbon BX-Y card.
 * Runs: any (plain data). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_Y_OPTIONS_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_Y_OPTIONS_H

#include "gateway/base/option.h"
#include "gateway/model/traits.h"

struct onbon_y_options {
    char *user, *password, *font;
};

extern const struct option_def onbon_y_options[];
extern const struct traits onbon_y_traits;

#endif
