/* boards_place: what happens to a board: power, sleep, tricks, faults.
 * Runs: loop. */
#include "tests/sim/boards_room.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"

void board_place_ask(struct board_place *place, const struct board_request *request,
                     struct board_reply *reply)
{
    bool cut = place->trip == TRIP_CUT && place->ahead == 0;

    boards_advance(place->boards);
    if (place->ahead > 0) {
        place->ahead--;
    } else if (place->faults > 0) {
        place->faults--;
        reply->status = place->status;
        reply->headers[0] = *place->retry ? place->retry : NULL;
        return;
    }
    place->kind->request(place->state, request, clock_wall_ms(), reply);
    if (place->garbles > 0 && --place->garbles == 0) {
        reply->status = place->garbled;
        buffer_clear(&reply->body);
        buffer_add_text(&reply->body, "<html><p>Sorry</p></html>");
    }
    boards_advance(place->boards);
    if (cut) {
        place->trip = TRIP_NONE;
        board_place_power(place, false);
    }
}

void board_place_trip(struct board_place *place)
{
    if (place->ahead > 0 || place->trip == TRIP_NONE || place->trip == TRIP_CUT)
        return;
    if (place->trip == TRIP_HANG)
        place->hangs = true;
    else
        board_place_power(place, false);
    place->trip = TRIP_NONE;
}

void board_place_power(struct board_place *place, bool on)
{
    boards_advance(place->boards);
    if (on && place->dark)
        place->kind->power_on(place->state, clock_wall_ms());
    else if (!on && !place->dark)
        place->kind->power_off(place->state, clock_wall_ms());
    place->dark = !on;
    boards_advance(place->boards);
}

void board_place_reboot(struct board_place *place)
{
    board_place_power(place, false);
    board_place_power(place, true);
}

static void board_place_trick(struct board_place *place, enum board_trick trick, bool on)
{
    boards_advance(place->boards);
    place->kind->trick(place->state, trick, on, clock_wall_ms());
    boards_advance(place->boards);
}

void board_place_lie(struct board_place *place, bool on)
{
    board_place_trick(place, TRICK_LIE, on);
}

void board_place_pretend(struct board_place *place, bool on)
{
    board_place_trick(place, TRICK_PRETEND, on);
}

void board_place_sleep(struct board_place *place, bool on)
{
    board_place_trick(place, TRICK_SLEEP, on);
}

void board_place_skew(struct board_place *place, int64_t skew_ms)
{
    boards_advance(place->boards);
    place->kind->skew(place->state, skew_ms, clock_wall_ms());
    boards_advance(place->boards);
}

int board_place_expire(struct board_place *place)
{
    if (!place->kind->expire)
        return 1;
    place->kind->expire(place->state);
    return 0;
}

void board_place_own(struct board_place *place, const char *name, const char *text)
{
    place->kind->own(place->state, name, text, clock_wall_ms());
}

void board_place_list(const struct board_place *place, struct jv *names)
{
    place->kind->list(place->state, names);
}

void board_place_fault(struct board_place *place, unsigned status, int64_t times, int64_t retry_s)
{
    place->status = status;
    place->faults = times;
    place->ahead = 0;
    place->retry[0] = '\0';
    if (retry_s > 0)
        snprintf(place->retry, sizeof place->retry, "Retry-After: %lld", (long long)retry_s);
}

void board_place_garble(struct board_place *place, unsigned status, int64_t nth)
{
    place->garbled = status;
    place->garbles = nth;
}

void board_place_set_trip(struct board_place *place, enum board_trip trip)
{
    place->trip = trip;
    place->ahead = 0;
}

void board_place_set_ahead(struct board_place *place, int64_t requests)
{
    place->ahead = requests;
}

bool board_place_is_armed(const struct board_place *place)
{
    return place->trip != TRIP_NONE || place->faults > 0 || place->garbles > 0;
}

void board_place_hang(struct board_place *place, bool on)
{
    place->hangs = on;
    if (on)
        return;
    board_place_drop_guests(place);
    board_place_drop_hung(place);
    boards_run(place->boards);
}

void board_place_offline(struct board_place *place, bool on)
{
    place->offline = on;
}
