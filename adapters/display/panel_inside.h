/* panel_inside: what panel.c (a board's life) and dialogue.c (one job) share.
 * Runs: loop. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_PANEL_INSIDE_H
#define LAWCAST_ADAPTERS_DISPLAY_PANEL_INSIDE_H

#include "adapters/display/panel.h"

/* panel.c */
/* The board as its dialect sees it now. */
struct talk panel_talk(struct panel *panel);
/* The timer goes on with the job after so long. */
void panel_wait(struct panel *panel, int64_t wait_ms);
/* The job is over. Not from inside an operation, as it calls back. */
void panel_settle(struct panel *panel, const struct adapter_result *result, bool healthy);

/* dialogue.c */
void dialogue_begin(struct panel *panel, struct adapter_job *job);
/* rested: the device was given its time. What is asked is asked anew then, as it may be signed with
 * the time. */
void dialogue_ask(struct panel *panel, bool rested);
void dialogue_go(struct panel *panel, int step);
/* What needs no request: the dialect hears. */
void dialogue_know(struct panel *panel);

#endif
