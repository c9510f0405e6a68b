/* wire: one question and one answer over a TCP connection of its own, on the loop.
 * Runs: loop.
 *
 * The lower half of http.h for requests with whole, as transfer.h is for all others; boards use
 * http.h. The connection is closed with the reply; what comes behind it is not looked at. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_WIRE_H

#include "adapters/display/http.h"

struct wires;
struct wire; /* valid until ended is called or wire_break returns */

struct wire_order {
    const struct http_request *request; /* lent until the exchange ends */
    const char *address;                /* numeric, of the URL's host; lent during the call only */
    int64_t timeout_ms;
    http_callback *ended; /* exactly once, never from inside wire_begin; status 200, type "" */
    void *ctx;
};

/* The host of tcp://host:port, without the brackets of IPv6; NULL for any other URL. Free it. */
char *wire_host_of(const char *url);

struct wires *wires_new(uv_loop_t *loop);
/* No exchange may be under way. closed: when the last handle is gone; never from inside. */
void wires_close(struct wires *wires, void (*closed)(void *ctx), void *ctx);
void wires_free(struct wires *wires);

struct wire *wire_begin(struct wires *wires, const struct wire_order *order);
/* Ends it without a callback. True when it is certain that no byte of the request left. */
bool wire_break(struct wire *wire);

#endif
