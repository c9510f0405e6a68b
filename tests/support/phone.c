/* phone: a test's hand on a simulated modem. See phone.h. */
#include "tests/support/phone.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"

enum { PHONE_PATIENCE_MS = 10000 };

void phone_open(struct phone *phone, const char *path)
{
    *phone = (struct phone){.fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)};
    assert_true(phone->fd >= 0);
}

void phone_close(struct phone *phone)
{
    close(phone->fd);
    buffer_free(&phone->seen);
}

void phone_say(struct phone *phone, const char *text)
{
    assert_int_equal(write(phone->fd, text, strlen(text)), strlen(text));
}

/* Noise may have NULs, so this is no string. */
static const char *phone_find(const struct phone *phone, const char *text)
{
    return memmem(buffer_text(&phone->seen), phone->seen.length, text, strlen(text));
}

void phone_expect(struct phone *phone, const char *text)
{
    struct pollfd wait = {.fd = phone->fd, .events = POLLIN};
    const char *at;

    while (!(at = phone_find(phone, text))) {
        char bytes[512];
        ssize_t got;

        if (poll(&wait, 1, PHONE_PATIENCE_MS) <= 0)
            fail_msg("no \"%s\" after \"%s\"", text, buffer_text(&phone->seen));
        got = read(phone->fd, bytes, sizeof bytes);
        assert_true(got > 0);
        buffer_add(&phone->seen, bytes, (size_t)got);
    }
    buffer_consume(&phone->seen, (size_t)(at - phone->seen.data) + strlen(text));
}

void phone_ask(struct phone *phone, const char *command, const char *answer)
{
    MEM_FREE_LATER char *line = mem_printf("%s\r", command);
    MEM_FREE_LATER char *wanted = *answer ? mem_printf("%s\r\r\n%s\r\n\r\nOK\r\n", command, answer)
                                          : mem_printf("%s\r\r\nOK\r\n", command);

    phone_say(phone, line);
    phone_expect(phone, wanted);
}

void phone_send(struct phone *phone, int n)
{
    MEM_FREE_LATER char *pdu = mem_printf("0031000D91683108000000F%d0008FF045BAA6CD5\x1a", n);

    phone_say(phone, "AT+CMGS=19\r");
    phone_expect(phone, "AT+CMGS=19\r\r\n> ");
    phone_say(phone, pdu);
}
