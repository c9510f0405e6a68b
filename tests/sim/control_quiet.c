/* control_quiet: how a frozen clock goes on: who moves it waits until nothing else moves.
 * Runs: loop.
 *
 * The caller says how many messages it has with modems, how many reports it has heard, and how many
 * modems it can't reach. While the modems' side of that is another figure, something is on its way
 * between the two, and time must stand. */
#include "gateway/base/clock.h"
#include "tests/sim/control_room.h"

const char *control_quiet(struct control_call *call)
{
    struct control_quiet *quiet = &call->control->quiet;
    int64_t *const fields[] = {&quiet->n, &quiet->air, &quiet->said, &quiet->gone};

    if (!clock_is_frozen())
        return "the clock isn't frozen";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (control_number(call->words[i], INT64_C(1000000000000), fields[i]))
            return "not a number";
    quiet->asked = call->later = true;
    return NULL;
}

void control_tell_bank(struct control_call *call)
{
    struct bank_view view = bank_view(call->control->bank);

    jv_put(call->answer, "air", jv_int(view.air));
    jv_put(call->answer, "said", jv_int(view.said));
    jv_put(call->answer, "gone", jv_int(view.gone));
}

void control_look(struct control *control, struct buffer *answer)
{
    struct control_quiet *quiet = &control->quiet;
    int64_t next, boards;
    struct bank_view view;

    if (!quiet->asked || !boards_are_quiet(control->boards))
        return;
    view = bank_view(control->bank);
    if (view.air != quiet->air || view.said != quiet->said || view.gone != quiet->gone)
        return;
    quiet->asked = false;
    next = bank_next_ms(control->bank);
    boards = boards_next_ms(control->boards);
    next = boards < next ? boards : next;
    buffer_printf(answer, "{\"ok\":\"quiet\",\"n\":%lld", (long long)quiet->n);
    if (next != INT64_MAX)
        buffer_printf(answer, ",\"next\":%lld", (long long)next);
    buffer_add_text(answer, "}\n");
}
