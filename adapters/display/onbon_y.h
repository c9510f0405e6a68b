/* onbon_y: Onbon BX-Y full-colour cards, spoken to over HTTP on the card itself.
 * Runs: loop.
 *
 * Show: log in when there is no session, read the list of bulletins, delete our old copy if there
 * is one, create the bulletin with its window, play. Verify: the list carries our name. Withdraw:
 * delete, then read the list again. A bulletin whose name isn't ours is never touched; when it has
 * our place another is taken. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_ONBON_Y_H
#define LAWCAST_ADAPTERS_DISPLAY_ONBON_Y_H

#include "adapters/adapter.h"

struct onbon_y_options {
    char *user, *password;
};

extern const struct option_def onbon_y_options[];
extern const struct adapter adapter_onbon_y;

#define ONBON_Y_KIND                                                                               \
    {                                                                                              \
        .name = "onbon-y", .options = onbon_y_options, .size = sizeof(struct onbon_y_options)      \
    }

#endif
