/* showing: one slogan in its slot on a board: when it is read back, what of that counts as shown.
 * Runs: loop.
 *
 * It comes onto the board and goes off it as often as others have their turn; its slot's end ends
 * it. Only the time between two good readings that follow each other counts, from the completion
 * of the one to the beginning of the next: a reading that failed, that found nothing, or that came
 * too late proves nothing about the time before it.
 *
 * Whether its time is over is decided by the wall clock, as for all windows, but not while that
 * clock is not trusted (work.held): then by the time that has passed. Waiting is measured in
 * steady time: a clock that is set must neither make showing time nor hold up a withdrawal. */
#ifndef LAWCAST_DISPATCH_SHOWING_H
#define LAWCAST_DISPATCH_SHOWING_H

#include "gateway/base/list.h"
#include "gateway/dispatch/work.h"
#include "gateway/model/sight.h"

#define SHOWING_PROOF_MS   2000  /* the last reading is begun so long before it goes, or earlier */
#define SHOWING_READ_MS    60000 /* between readings: what a missed one can cost of the shown time */
#define SHOWING_LATE_MS    10000 /* on its way a request may take so long, beside its time-out */
#define SHOWING_GAP_MS     (2 * SHOWING_READ_MS) /* readings further apart prove no time */
#define SHOWING_PICTURE_MS 600000 /* between pictures that are kept, but for the first and last */

struct stray;

struct showing {
    struct list link;
    struct stray *stray; /* owned: work and queue of a campaign that isn't carried out; or NULL */
    struct work *work;
    struct queue *queue;
    struct ledger_row row;
    char name[SIGHT_NAME];
    int64_t limit_ms;        /* wall: its window's end */
    int64_t until_steady_ms; /* its slot's end, as the clock stood when it came here */
    bool settled;            /* the books know that it was published */
    bool up;                 /* it may be on the device */
    bool missing;            /* it is up as far as we did, and the device says that it isn't */
    bool unwanted;           /* from an earlier run and written off, or another campaign's: only to
                                be taken down */
    int64_t doubt_until_ms;  /* steady: what was asked for may still get there, whatever is read */
    bool leaving;            /* its end is on its way to the books */
    bool farewell;           /* everything is being taken down: the last look was begun */
    int64_t told_until_ms;   /* wall: until when the device was asked to show it */

    bool seen; /* the last reading was good: at good_ms, with this level */
    enum outcome_level level;
    int64_t good_ms, good_steady_ms;
    int64_t began_ms, began_steady_ms; /* of the last reading, wall and steady */
    int64_t took_ms;                   /* the last one that was answered */
    int64_t read_at_ms;                /* steady: the next one */
    int64_t last_for_ms;               /* steady: the going off that the last look was for */
    int64_t retry_ms;                  /* steady: no request before */
    int failures;                      /* requests in a row that failed */
    int misses;                        /* readings in a row that found nothing */
    int shortfalls;                    /* readings in a row that proved less than is needed */
    int64_t leave_since;               /* monotonic: when it had to go for good; 0: not yet */
    bool pictured;                     /* a picture was kept: */
    int64_t pictured_ms;               /* steady: the last one */
};

/* What a reading adds for the books. */
struct showing_proof {
    enum outcome_level level;
    int64_t from_ms, until_ms; /* wall; equal: the level only */
};

/* Takes the row's text over. */
struct showing *showing_new(struct work *work, struct queue *queue, const struct ledger_row *row);
void showing_free(struct showing *showing);             /* takes it off its list */
int64_t showing_left_ms(const struct showing *showing); /* of its slot */
bool showing_is_over(const struct showing *showing);
/* A request failed: the next one not before a back-off, and not before wait_ms. */
void showing_retry_later(struct showing *showing, int64_t wait_ms);
/* Published: it is to be read at once. */
void showing_was_published(struct showing *showing, int64_t until_ms);
void showing_was_taken_down(struct showing *showing);
/* Nobody knows what became of a request to show it, which had so long for its answer. */
void showing_was_doubted(struct showing *showing, int64_t timeout_ms);
/* It isn't there, but such a request may still be on its way: to be looked at again. */
void showing_may_come_late(struct showing *showing);
/* left_ms: until it goes off the board. */
void showing_begin_reading(struct showing *showing, int64_t left_ms);
/* It is there, and it counts. */
struct showing_proof showing_was_read(struct showing *showing, enum outcome_level level);
/* It is there, but that counts for nothing: nobody could see it. */
void showing_was_in_vain(struct showing *showing);
void showing_was_missing(struct showing *showing);
/* The picture that this reading brought is worth keeping. */
bool showing_wants_picture(const struct showing *showing);
void showing_was_pictured(struct showing *showing);
void showing_was_not_read(struct showing *showing, int64_t wait_ms);
/* The first time that it must go for good: what it had to wait for holds up no withdrawal. */
void showing_begin_leaving(struct showing *showing);
/* In how many ms the next reading is due, 0 or less: now; INT64_MAX: none. left_ms: until it goes
 * off the board. */
int64_t showing_read_in_ms(const struct showing *showing, int64_t left_ms);

#endif
