/* webhook: a publishing platform that is told by HTTP what to show.
 * Runs: any (pure).
 *
 * Every request below its root carries lawcast-event (slogan.publish, slogan.withdraw,
 * slogan.verify, board.probe) and, but for the last, webhook-id and perhaps lawcast-name; the
 * slogan's name is the latter, else the former. Method, status and body are as the specification
 * says; in the body stand {name}, {playing}, {power} (on, off), {clock} (seconds) and {picture}
 * (base64 PNG). A publish with a status 2xx shows the request's body under the name, once however
 * often it is repeated, from "from" until "until" when the body is JSON with these; with a
 * lawcast-name a webhook-id that was here before changes nothing. A withdraw hides it; a verify
 * gives the specified reply only while the name is stored, else 404 and {}. OPTIONS answers 204.
 *
 * Options, by the names of lawcast.cfg: token; user, password; key with key_header or key_query;
 * secret (one; Standard Webhooks, 5 minutes); sign, sign_parts, sign_secret, sign_format and
 * sign_header or sign_query, with {method} {path} {body} {name} {key} {secret}, {now...} (the
 * header x-time) and {nonce} (the header x-nonce, which can't be used twice). What doesn't fit is a
 * 401.
 *
 * A publish whose JSON has "callback" is called back: "shown" when it is on the screen, "playlog"
 * when it has been; a verify with it: "shown" or "failed", or with "picture": true "screenshot".
 * With the option calls_twice each call is made twice. */
#ifndef LAWCAST_TESTS_SIM_WEBHOOK_H
#define LAWCAST_TESTS_SIM_WEBHOOK_H

#include "tests/sim/board.h"
#include "tests/sim/reel.h"

enum { PLATFORM_ITEMS_MAX = 1000, PLATFORM_NAME_MAX = 200, PLATFORM_SEEN = 256 };

/* webhook_login.c: who asks? */
struct platform_login {
    const struct board_spec *spec;
    char nonces[PLATFORM_SEEN][65];
    size_t n_nonces; /* ever */
};

bool platform_login(struct platform_login *login, const struct board_request *request,
                    const char *name, int64_t clock_ms);
/* The signature of a message, to be freed; NULL: there is no secret. */
char *platform_sign(const struct board_spec *spec, const char *id, int64_t clock_s,
                    const struct buffer *body);

/* webhook_call.c: what the platform tells by itself. */
struct platform_calls {
    const struct board_spec *spec;
    const struct board_screen *screen;
    unsigned n; /* made so far */
};

/* document is the call's JSON, which it takes over. */
void platform_call(struct platform_calls *calls, const char *url, struct jv *document,
                   int64_t clock_ms);

#endif
