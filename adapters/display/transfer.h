/* transfer: one HTTP exchange, by libcurl on the loop. transfer.c is the one file that includes
 * libcurl. Runs: loop.
 *
 * The lower half of http.h, which brings the line, the name lookup and the copies; boards use that.
 * Everything that an order points at is lent until the transfer ends. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_TRANSFER_H
#define LAWCAST_ADAPTERS_DISPLAY_TRANSFER_H

#include "adapters/display/http.h"

struct engine;
struct transfer; /* valid until ended is called or transfer_break returns */

struct transfer_order {
    const struct http_request *request;
    const char
        *address; /* of the URL's host when that is a name, else NULL; lent during the call only */
    int64_t timeout_ms;
    http_callback *ended; /* exactly once, never from inside transfer_begin */
    void *ctx;
};

/* The host of an http:// or https:// URL, without the brackets of IPv6; NULL for any other. Free
 * it. */
char *transfer_host_of(const char *url);

struct engine *engine_new(uv_loop_t *loop);
/* No transfer may be under way. closed: when the last handle is gone; never from inside. */
void engine_close(struct engine *engine, void (*closed)(void *ctx), void *ctx);
void engine_free(struct engine *engine);

struct transfer *transfer_begin(struct engine *engine, const struct transfer_order *order);
/* Ends it without a callback. True when it is certain that no byte of the request left. */
bool transfer_break(struct transfer *transfer);

#endif
