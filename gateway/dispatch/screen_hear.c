/* screen_hear: what the device says, and what follows from that.
 * Runs: loop. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/dispatch/screen_inside.h"
#include "gateway/model/backoff.h"

#define SCREEN_RETRY_MS      2000
#define SCREEN_RETRY_MOST_MS 30000
#define SCREEN_OWNER_MS      500 /* between tries to give the board back to its owner */

/* How long a device may ask us to wait. */
static int64_t screen_wait_ms(const struct adapter_result *result, int64_t most_ms)
{
    return result->outcome.wait_ms < most_ms ? result->outcome.wait_ms : most_ms;
}

void screen_note_trouble(struct screen *screen, const char *what, const char *detail)
{
    char trouble[sizeof screen->trouble] = "";

    if (what)
        snprintf(trouble, sizeof trouble, "%s: %s", what, *detail ? detail : "no reason given");
    screen->changed = screen->changed || strcmp(trouble, screen->trouble) != 0;
    memcpy(screen->trouble, trouble, sizeof trouble);
}

void screen_publish_later(struct screen *screen, int64_t wait_ms)
{
    int64_t pause_ms = backoff_ms(++screen->failures, SCREEN_RETRY_MS, SCREEN_RETRY_MOST_MS,
                                  (uint64_t)screen->setup.board);

    screen->publish_at_ms = clock_steady_ms() + (pause_ms > wait_ms ? pause_ms : wait_ms);
}

static void screen_warn_of_skew(struct screen *screen)
{
    int64_t skew_ms = screen->sight.skew_ms;
    bool skewed =
        screen->sight.clock_known && (skew_ms > SIGHT_SKEW_MS || skew_ms < -SIGHT_SKEW_MS);

    if (skewed == screen->skewed)
        return;
    screen->skewed = skewed;
    if (skewed)
        log_warning("board=%s its clock is wrong by %lld s", screen->setup.env.board->id,
                    (long long)skew_ms / 1000);
    else
        log_warning("board=%s its clock is right again", screen->setup.env.board->id);
}

/* What isn't told stays as it was. A clock that runs a second off isn't news. */
static void screen_see(struct screen *screen, const struct sight *now)
{
    struct sight *all = &screen->sight, old = *all;
    int64_t drift_ms = now->skew_ms - old.skew_ms;

    if (now->power != POWER_UNKNOWN)
        all->power = now->power;
    if (now->clock_known) {
        all->clock_known = true;
        all->skew_ms = now->skew_ms;
    }
    if (*now->playing)
        memcpy(all->playing, now->playing, sizeof all->playing);
    if (*now->firmware)
        memcpy(all->firmware, now->firmware, sizeof all->firmware);
    if (now->width && now->height) {
        all->width = now->width;
        all->height = now->height;
    }
    if (all->power != old.power || strcmp(all->playing, old.playing) != 0 ||
        strcmp(all->firmware, old.firmware) != 0 || all->width != old.width ||
        all->height != old.height || all->clock_known != old.clock_known ||
        (now->clock_known && (drift_ms > 5000 || drift_ms < -5000)))
        screen->changed = true;
    screen_warn_of_skew(screen);
}

/* Some kinds tell how they stand only when asked for that: then a probe goes beside the readings,
 * because what a sleeping screen stores nobody sees. */
static void screen_was_probed(struct screen *screen, const struct adapter_result *result)
{
    int64_t pause_ms = screen->blind && screen_is_up(screen) ? SHOWING_READ_MS : SCREEN_PROBE_MS;

    screen->probed = true;
    screen->probe_at_ms =
        clock_steady_ms() + backoff_ms(1, pause_ms, pause_ms, (uint64_t)screen->setup.board);
    if (result->outcome.kind != OUTCOME_SENT)
        log_debug("board=%s can't be probed: %s", screen->setup.env.board->id,
                  result->outcome.detail);
}

static void screen_note_blindness(struct screen *screen, const struct sight *now)
{
    bool blind = (screen->sight.power != POWER_UNKNOWN && now->power == POWER_UNKNOWN) ||
                 (screen->sight.clock_known && !now->clock_known);

    if (blind && !screen->blind)
        screen->probe_at_ms = clock_steady_ms();
    screen->blind = blind;
}

/* By a wrong clock the device ends and begins slogans at other times: that ours is stored and that
 * there is a picture says nothing then. */
static bool screen_is_timely(const struct screen *screen, const struct showing *showing,
                             const struct adapter_result *result)
{
    if (!screen->skewed || result->level == LEVEL_LOGGED)
        return true;
    return result->level >= LEVEL_PLAYING && strcmp(result->sight.playing, showing->name) == 0;
}

static void screen_was_read(struct screen *screen, struct showing *showing,
                            const struct adapter_result *result)
{
    struct showing_proof proof;

    if (screen->sight.power == POWER_ASLEEP || !screen_is_timely(screen, showing, result)) {
        showing_was_in_vain(showing);
        return;
    }
    proof = showing_was_read(showing, result->level);
    screen_post_proof(screen, showing, &proof, &result->evidence);
}

static void screen_was_verified(struct screen *screen, struct showing *showing,
                                const struct adapter_result *result)
{
    if (result->outcome.kind == OUTCOME_SENT) {
        screen_note_blindness(screen, &result->sight);
        screen_note_trouble(screen, NULL, NULL);
        screen_was_read(screen, showing, result);
    } else if (result->outcome.kind == OUTCOME_REJECTED) {
        if (!showing->misses && !showing_is_over(showing))
            log_warning("board=%s delivery=%lld isn't there: %s", screen->setup.env.board->id,
                        (long long)showing->row.id, result->outcome.detail);
        if (showing == screen->wanted)
            screen_note_trouble(screen, "isn't there", result->outcome.detail);
        showing_was_missing(showing);
    } else {
        showing_was_not_read(showing, screen_wait_ms(result, SHOWING_READ_MS));
    }
}

static void screen_was_submitted(struct screen *screen, struct showing *showing,
                                 const struct adapter_result *result)
{
    enum outcome_kind kind = result->outcome.kind;
    bool up = kind == OUTCOME_SENT || kind == OUTCOME_UNKNOWN;
    int64_t wait_ms = screen_wait_ms(result, showing->row.until_ms - showing->row.from_ms);
    struct adapter_result told = *result;

    told.outcome.wait_ms = wait_ms;
    if (up)
        showing_was_published(showing, screen->job.until_ms);
    else if (kind != OUTCOME_RETURNED)
        screen_note_trouble(screen, "the publication failed", result->outcome.detail);
    if (kind == OUTCOME_UNKNOWN)
        showing_was_doubted(showing, screen->setup.env.board->timeout_ms);
    if (!showing->settled) {
        if (up)
            screen->failures = 0;
        else
            screen_publish_later(screen, wait_ms);
        screen_settle(screen, showing, &told);
    } else if (!up) {
        showing_retry_later(showing, wait_ms);
    }
}

static void screen_was_withdrawn(struct screen *screen, struct showing *showing,
                                 const struct adapter_result *result)
{
    if (result->outcome.kind == OUTCOME_SENT) {
        if (screen->lent_ms < showing->doubt_until_ms)
            showing_may_come_late(showing);
        else
            showing_was_taken_down(showing);
        return;
    }
    showing_retry_later(showing, screen_wait_ms(result, SCREEN_RETRY_MOST_MS));
    if (screen->released)
        showing->retry_ms = clock_steady_ms() + SCREEN_OWNER_MS;
}

void screen_hear_result(struct screen *screen, const struct adapter_job *job,
                        const struct adapter_result *result)
{
    struct showing *showing = screen->task;
    bool answered =
        result->outcome.kind == OUTCOME_SENT || result->outcome.kind == OUTCOME_REJECTED;

    if (answered) {
        screen->changed = screen->changed || !screen->seen_ms;
        screen->seen_ms = clock_wall_ms();
        screen->heard = true;
        screen_see(screen, &result->sight);
    }
    if (job->verb == ADAPTER_PROBE)
        screen_was_probed(screen, result);
    else if (job->verb == ADAPTER_SUBMIT)
        screen_was_submitted(screen, showing, result);
    else if (job->verb == ADAPTER_VERIFY)
        screen_was_verified(screen, showing, result);
    else
        screen_was_withdrawn(screen, showing, result);
}
