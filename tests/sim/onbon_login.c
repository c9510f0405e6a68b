/* onbon_login: verification codes and sessions of an onbon-y board. See onbon_y.h, onbon_room.h.
 * Runs: any. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"
#include "tests/sim/onbon_room.h"

int onbon_get_code(struct onbon_call *call)
{
    struct onbon *onbon = call->onbon;
    char *code = onbon->codes[onbon->issued % ONBON_CODES];
    time_t seconds = (time_t)(call->now_ms / 1000);
    struct tm tm;

    localtime_r(&seconds, &tm);
    if (!strftime(code, ONBON_CODE_DIGITS + 1, "%Y%m%d%H%M%S", &tm))
        return ONBON_PROCESSING;
    snprintf(code + 14, ONBON_CODE_DIGITS + 1 - 14, "%06u", onbon->issued++ % 1000000);
    onbon_put(call, "verificationcode", code);
    return ONBON_OK;
}

/* Uses the code up. */
static bool onbon_take_code(struct onbon *onbon, const char *code)
{
    for (size_t i = 0; i < ONBON_CODES && *code; i++) {
        if (strcmp(onbon->codes[i], code) != 0)
            continue;
        onbon->codes[i][0] = '\0';
        return true;
    }
    return false;
}

static void onbon_sha1(const char *text, char hex[static DIGEST_HEX_MOST])
{
    struct digest digest = digest_of(DIGEST_SHA1, text, strlen(text));

    digest_hex(&digest, hex);
}

/* Lower-case hexadecimal SHA1(code + lower-case hexadecimal SHA1(password)). */
static void onbon_proof(const char *code, const char *password, char proof[static DIGEST_HEX_MOST])
{
    MEM_FREE_LATER char *text = NULL;

    onbon_sha1(password, proof);
    text = mem_printf("%s%s", code, proof);
    onbon_sha1(text, proof);
}

int onbon_login(struct onbon_call *call)
{
    struct onbon *onbon = call->onbon;
    const char *user = onbon_text(call, "username"), *code = onbon_text(call, "verificationcode");
    const char *password = onbon_text(call, "password");
    char proof[DIGEST_HEX_MOST], seed[64];
    char *session = onbon->sessions[onbon->issued % ONBON_SESSIONS];

    if (!user || !code || !password)
        return ONBON_KEY;
    if (!onbon_take_code(onbon, code))
        return ONBON_CODE;
    if (strcmp(user, board_option(onbon->spec, "user", "guest")) != 0)
        return ONBON_USER;
    onbon_proof(code, board_option(onbon->spec, "password", "guest"), proof);
    if (strcmp(password, proof) != 0)
        return ONBON_PASSWORD;
    snprintf(seed, sizeof seed, "%.41s/%u", proof, onbon->issued++);
    onbon_sha1(seed, proof);
    memcpy(session, proof, ONBON_SESSION_DIGITS);
    session[ONBON_SESSION_DIGITS] = '\0';
    onbon_put(call, "sessionID", session);
    return ONBON_OK;
}

const char *onbon_find_session(const struct onbon *onbon, const char *session)
{
    for (size_t i = 0; i < ONBON_SESSIONS && *session; i++)
        if (strcmp(onbon->sessions[i], session) == 0)
            return onbon->sessions[i];
    return NULL;
}

int onbon_logout(struct onbon_call *call)
{
    const char *user = onbon_text(call, "username");

    if (!user)
        return ONBON_KEY;
    if (strcmp(user, board_option(call->onbon->spec, "user", "guest")) != 0)
        return ONBON_USER;
    for (size_t i = 0; i < ONBON_SESSIONS; i++)
        if (strcmp(call->onbon->sessions[i], call->session) == 0)
            call->onbon->sessions[i][0] = '\0';
    return ONBON_OK;
}

void onbon_end_sessions(struct onbon *onbon)
{
    memset(onbon->sessions, 0, sizeof onbon->sessions);
}
