/* work_inside: what the files of work share; nobody else includes it.
 * Runs: loop.
 *
 *   work.c         from entering to the end
 *   work_orders.c  when each unit's messages may go, and what becomes of those that are left
 *   work_end.c     writing off, cancelling, giving up reports */
#ifndef LAWCAST_DISPATCH_WORK_INSIDE_H
#define LAWCAST_DISPATCH_WORK_INSIDE_H

#include "gateway/dispatch/work.h"

void work_set(struct work *work, enum work_state state);
void work_begin_waiting(struct work *work);
/* Rows in memory are due in the books: what is written off there must not be handed out here. */
void work_forget_rows(struct work *work);

/* ---- orders ---- */

void work_make_orders(struct work *work);
void work_free_orders(struct work *work);
bool work_may_send(const struct work *work); /* but for windows, and for words about single units */
/* Closes what is over, as the campaign says about leftovers. false: that isn't done yet. */
bool work_tick_orders(struct work *work, int64_t now);
bool work_order_is_still(const struct work_order *order); /* nothing of it is on its way */
void work_order_forget(struct work_order *order);
/* The books have answered one of an order's queues: the first answer says where its fair share
 * begins, which is before anything of it is taken. */
void work_count_taken(struct work *work, const struct queue *queue);
/* Nothing more is to be sent of it, nor drawn. */
bool work_order_is_exhausted(const struct work_order *order);
/* Its share of work_next_ms. Asking rates brings their meters up to date. */
int64_t work_order_next_ms(struct work *work, struct work_order *order, int64_t now);

/* ---- the end ---- */

#define WORK_CHUNK 2000 /* rows that the books change in one go */

void work_write_off(struct work *work); /* what is open: expires, or is cancelled */
void work_cancel_order(struct work *work, struct work_order *order);
void work_tick_reports(struct work *work);
/* Pauses the campaign until a person says resume, for later runs too. */
void work_pause(struct work *work);

#endif
