/* peer_kannel: Kannel's bearerbox, one thread per modem; its own mtbatch hands the messages in. See
 * peer.h. mtbatch knows no UCS-2, so they are GSM-7 texts of the same length: if that makes a
 * difference, it is in Kannel's favour.
 * Runs: any (blocks; for benches). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/bench/peer.h"

#define PEER_KANNEL_MS 10000

static struct sockaddr_in peer_kannel_address(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Free a moment ago; Kannel can't be told to choose. */
static int peer_kannel_port(void)
{
    struct sockaddr_in address = peer_kannel_address(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* false: it doesn't open its port; what it said is in the file "said". */
static bool peer_kannel_await(int port)
{
    int64_t limit = clock_mono_ms() + PEER_KANNEL_MS;
    struct sockaddr_in address = peer_kannel_address(port);

    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int rc = connect(fd, (struct sockaddr *)(void *)&address, sizeof address);

        close(fd);
        if (rc == 0 || clock_mono_ms() > limit)
            return rc == 0;
        stage_pause();
    }
}

static void peer_kannel_write_config(struct peer_room *room)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const char *dir = room->stage.dir;

    room->port = peer_kannel_port();
    buffer_printf(&text,
                  "group = core\nadmin-port = %d\nadmin-interface = 127.0.0.1\n"
                  "admin-password = unused\nadmin-deny-ip = \"*.*.*.*\"\nsmsbox-port = %d\n"
                  "smsbox-interface = 127.0.0.1\nbox-deny-ip = \"*.*.*.*\"\n"
                  "box-allow-ip = 127.0.0.1\nlog-file = %s/log\nlog-level = 3\n"
                  "store-type = spool\nstore-location = %s/store\ndlr-storage = internal\n"
                  "sms-incoming-queue-limit = 1000000\n\n"
                  "group = smsbox\nbearerbox-host = 127.0.0.1\n\n"
                  "group = modems\nid = bank\nname = bank\ninit-string = \"AT+CNMI=1,0,0,0,0\"\n"
                  "sendline-sleep = 0\nneed-sleep = false\nenable-hwhs = AT\nspeed = "
                  "115200\nno-pin = true\n\n",
                  peer_kannel_port(), room->port, dir, dir);
    for (int i = 0; i < room->which->modems; i++)
        buffer_printf(&text,
                      "group = smsc\nsmsc = at\nsmsc-id = m%d\nmodemtype = bank\ndevice = %s\n"
                      "speed = 115200\nmy-number = 10690000\nsms-center = " PEER_CENTRE
                      "\nvalidityperiod = 167\n\n",
                      i, sim_client_modem(room->sim, (size_t)i));
    peer_write(room, "kannel.conf", "%s", buffer_text(&text));
}

void peer_kannel_write(struct peer_room *room)
{
    BUFFER_FREE_LATER struct buffer numbers = BUFFER_NULL;

    peer_make(room, "store");
    peer_kannel_write_config(room);
    for (size_t i = 0; i < room->which->messages; i++)
        buffer_printf(&numbers, "%lld\n", (long long)PEER_FIRST + (long long)i);
    peer_write(room, "numbers", "%s", buffer_text(&numbers));
    peer_write(room, "content", "Know the law, keep the law");
}

void peer_kannel_start(struct peer_room *room)
{
    MEM_FREE_LATER char *config = mem_printf("%s/kannel.conf", room->stage.dir);
    MEM_FREE_LATER char *content = mem_printf("%s/content", room->stage.dir);
    MEM_FREE_LATER char *numbers = mem_printf("%s/numbers", room->stage.dir);
    char port[16];
    const char *const box[] = {"bearerbox", "-v", "3", config, NULL};
    const char *const batch[] = {"mtbatch", "-v", "3",        "-b",    "127.0.0.1", "-p",
                                 port,      "-f", "10690000", content, numbers,     NULL};

    snprintf(port, sizeof port, "%d", room->port);
    room->pids[room->n_pids++] = peer_spawn(room, box);
    if (peer_kannel_await(room->port))
        room->helper = peer_spawn(room, batch);
}
