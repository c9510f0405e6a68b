/* plain_http: one HTTP request to a simulated board, and its reply. Include in one file of a test
 * program. Runs: any (blocks). */
#ifndef LAWCAST_TESTS_E2E_PLAIN_HTTP_H
#define LAWCAST_TESTS_E2E_PLAIN_HTTP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"

enum { PLAIN_HTTP_PATIENCE_MS = 60000 };

struct plain_request {
    const char *url;  /* http://127.0.0.1:PORT/... */
    const char *path; /* put behind it */
    const char *method;
    const char *headers; /* each ended by "\r\n", or "" */
    const char *body;
};

static int plain_http_connect(const char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* The whole reply, with its head; to be freed. */
static char *plain_http(const struct plain_request *request)
{
    struct pollfd wait = {.fd = plain_http_connect(request->url), .events = POLLIN};
    MEM_FREE_LATER char *text = mem_printf(
        "%s %s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n"
        "%s",
        request->method, strchr(strrchr(request->url, ':'), '/'), request->path, request->headers,
        strlen(request->body), request->body);
    struct buffer reply = BUFFER_NULL;
    char bytes[4096];
    ssize_t got;

    assert_int_equal(write(wait.fd, text, strlen(text)), strlen(text));
    while (poll(&wait, 1, PLAIN_HTTP_PATIENCE_MS) > 0 &&
           (got = read(wait.fd, bytes, sizeof bytes)) > 0)
        buffer_add(&reply, bytes, (size_t)got);
    close(wait.fd);
    return buffer_take(&reply);
}

#endif
