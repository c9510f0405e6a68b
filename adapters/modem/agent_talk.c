/* agent_talk: the agent's side of the conversation with the loop. See agent_talk.h.
 * Runs: agent. */
#include "adapters/modem/agent_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"

#include "adapters/modem/agent_pace.h"

#define TALK_FAREWELL_MS 2000 /* how long the loop has to close our input */

/* The loop may be gone; then nobody needs to know. */
void talk_flush(struct talk *talk)
{
    size_t done = 0;

    if (talk->out.length)
        talk->said_ms = clock_mono_ms();
    while (done < talk->out.length) {
        ssize_t n = write(STDOUT_FILENO, talk->out.data + done, talk->out.length - done);

        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    buffer_clear(&talk->out);
}

void talk_hear(struct talk *talk)
{
    char piece[4096];
    ssize_t n = read(STDIN_FILENO, piece, sizeof piece);

    if (n > 0)
        buffer_add(&talk->in, piece, (size_t)n);
    else if (n == 0 || errno != EINTR)
        talk->ended = true;
    explicit_bzero(piece, sizeof piece);
}

bool talk_has_line(const struct talk *talk)
{
    return talk->in.length && memchr(talk->in.data, '\n', talk->in.length);
}

int talk_refuse(void)
{
    fprintf(stderr, "a line on standard input is nonsense\n");
    return AGENT_NONSENSE;
}

int talk_await(struct talk *talk, enum line_kind kind)
{
    enum line_take take;

    while ((take = line_take(&talk->in, &talk->line)) == LINE_NONE) {
        if (talk->ended)
            return talk->in.length ? talk_refuse() : AGENT_DONE;
        talk_hear(talk);
    }
    return take == LINE_TAKEN && talk->line.kind == kind ? AGENT_GOES_ON : talk_refuse();
}

int talk_part(struct talk *talk)
{
    int64_t limit = clock_mono_ms() + TALK_FAREWELL_MS;
    struct outcome returned = {.kind = OUTCOME_RETURNED};

    snprintf(returned.detail, sizeof returned.detail, "the modem was lost before");
    for (;;) {
        enum line_take take = line_take(&talk->in, &talk->line);

        if (take == LINE_NONSENSE)
            return talk_refuse();
        if (take == LINE_TAKEN && talk->line.kind == LINE_SEND)
            line_add_result(&talk->out, talk->line.send.id, &returned);
        talk_flush(talk);
        if (take == LINE_TAKEN)
            continue;
        if (talk->ended || !pace_wait(STDIN_FILENO, limit))
            return AGENT_LOST;
        talk_hear(talk);
    }
}

void talk_wipe(struct talk *talk)
{
    explicit_bzero(talk->line.pin, sizeof talk->line.pin);
    if (talk->in.data)
        explicit_bzero(talk->in.data + talk->in.length, talk->in.room - talk->in.length);
    if (talk->in.data)
        talk->in.data[talk->in.length] = '\0';
}
