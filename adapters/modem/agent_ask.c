/* agent_ask: one question to the modem, and its answer. See agent_ask.h.
 * Runs: agent. */
#include "adapters/modem/agent_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#include "adapters/modem/agent_pace.h"

/* Until the modem is asked again to wake up: soon at first, because an answer without an echo isn't
 * heard. */
#define ASK_FIRST_MS 250
#define ASK_MOST_MS  2000

/* A question on its way. An ending before its echo is a late one to something else. */
struct ask_turn {
    const char *question;
    ask_hear *hear;
    void *ctx;
    bool begun; /* the echo has come */
    bool ended;
    int code; /* 0: OK; -1: an error without a number */
};

static bool ask_is_end(struct ask_turn *turn, const char *line)
{
    static const char *const words[] = {"ERROR", "MODEM ERROR:", "COMMAND NOT SUPPORT"};
    int code;

    turn->code = 0;
    if (strcmp(line, "OK") == 0)
        return true;
    turn->code = -1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            return true;
    if (strncmp(line, "+CME ERROR:", 11) != 0 && strncmp(line, "+CMS ERROR:", 11) != 0)
        return false;
    if (sscanf(line + 11, "%d", &code) == 1 && code >= 0)
        turn->code = code;
    return true;
}

/* Noise may stand before the echo. */
static bool ask_is_echo(const struct ask_turn *turn, const char *line, size_t length)
{
    size_t wanted = strlen(turn->question);

    return length >= wanted && strcmp(line + length - wanted, turn->question) == 0;
}

static bool ask_take_line(void *ctx, const char *line, size_t length)
{
    struct ask_turn *turn = ctx;

    if (turn->ended)
        return false;
    if (!turn->begun) {
        turn->begun = ask_is_echo(turn, line, length);
        return turn->begun || ask_is_end(turn, line);
    }
    turn->ended = ask_is_end(turn, line);
    if (!turn->ended && turn->hear)
        turn->hear(turn->ctx, line, length);
    return true;
}

/* Puts the question and listens until limit_ms. */
static bool ask_turn(struct asker *asker, struct ask_turn *turn, int64_t limit_ms)
{
    struct tty *tty = asker->tty;
    char text[80];
    int length = snprintf(text, sizeof text, "%s\r", turn->question);

    LOG_ASSERT(!tty->lent && length < (int)sizeof text);
    tty->tap.answer = ask_take_line;
    tty->tap.answer_ctx = turn;
    if (!tty_write(tty, text, (size_t)length, limit_ms))
        asker->deaf = true;
    while (!asker->deaf && !turn->ended && pace_wait(tty->fd, limit_ms)) {
        asker->deaf = !tty_read(tty);
        if (clock_mono_ms() >= limit_ms)
            break;
    }
    tty->tap.answer = NULL;
    explicit_bzero(text, sizeof text); /* it may hold a PIN */
    return turn->ended;
}

static bool ask_is_there(struct asker *asker, const char *question, int64_t limit_ms)
{
    struct ask_turn turn = {.question = question};

    return ask_turn(asker, &turn, limit_ms);
}

bool ask_wake(struct asker *asker, int64_t limit_ms)
{
    static const char escape[] = "\x1b\r";

    if (!tty_write(asker->tty, escape, sizeof escape - 1, limit_ms))
        asker->deaf = true;
    for (int64_t wait_ms = ASK_FIRST_MS; !asker->deaf; wait_ms *= 2) {
        int64_t soon = clock_mono_ms() + (wait_ms < ASK_MOST_MS ? wait_ms : ASK_MOST_MS);

        if (ask_is_there(asker, "ATE1", soon < limit_ms ? soon : limit_ms))
            return true;
        asker->deaf |= clock_mono_ms() >= limit_ms;
    }
    return false;
}

enum ask_result ask(struct asker *asker, const char *question, ask_hear *hear, void *ctx)
{
    struct ask_turn turn = {.question = question, .hear = hear, .ctx = ctx};

    if (asker->deaf)
        return ASK_SILENT;
    if (!ask_turn(asker, &turn, clock_mono_ms() + asker->limit_ms)) {
        asker->deaf |= !ask_is_there(asker, "AT", clock_mono_ms() + asker->limit_ms);
        return ASK_SILENT;
    }
    asker->code = turn.code;
    return turn.code ? ASK_REFUSED : ASK_OK;
}

struct ask_value {
    const char *prefix;
    char *value;
    size_t size;
};

static void ask_hear_value(void *ctx, const char *line, size_t length)
{
    struct ask_value *value = ctx;
    size_t skip = strlen(value->prefix);

    if (strncmp(line, value->prefix, skip) != 0)
        return;
    while (line[skip] == ' ')
        skip++;
    while (length > skip && line[length - 1] == ' ')
        length--;
    length -= skip;
    if (length >= value->size)
        length = value->size - 1;
    memcpy(value->value, line + skip, length);
    value->value[length] = '\0';
}

enum ask_result ask_value(struct asker *asker, const char *question, const char *prefix,
                          char *value, size_t size)
{
    struct ask_value note = {prefix, value, size};

    value[0] = '\0';
    return ask(asker, question, ask_hear_value, &note);
}
