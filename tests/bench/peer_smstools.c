/* peer_smstools: SMS Server Tools 3, one process per modem and one folder of messages for all. See
 * peer.h.
 * Runs: any (blocks; for benches). */
#include <stdio.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "tests/bench/peer.h"

static void peer_smstools_write_config(struct peer_room *room)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const char *dir = room->stage.dir;

    buffer_printf(&text,
                  "devices = M* 100-%d\noutgoing = %s/outgoing\nchecked = %s/checked\n"
                  "incoming = %s/incoming\nfailed = %s/failed\nlogfile = %s/log\n"
                  "infofile = %s/info\npidfile = %s/pid\nloglevel = 3\ndelaytime = 1\n"
                  "delaytime_mainprocess = 1\nsleeptime_mainprocess = 1\nerrorsleeptime = 1\n"
                  "blocktime = 5\ntrust_outgoing = yes\nignore_outgoing_priority = yes\n"
                  "spool_directory_order = yes\nreceive_before_send = no\n"
                  "max_continuous_sending = 3600\nautosplit = 3\n",
                  99 + room->which->modems, dir, dir, dir, dir, dir, dir, dir);
    for (int i = 0; i < room->which->modems; i++)
        buffer_printf(&text,
                      "[M%d]\ndevice = %s\nincoming = no\nreport = no\nbaudrate = 115200\n"
                      "rtscts = no\nsend_delay = 0\npre_init = yes\ncheck_network = no\n"
                      "detect_unexpected_input = no\ndetect_message_routing = no\n"
                      "status_signal_quality = no\nstartsleeptime = 0\nsmsc = 8613800100500\n",
                      100 + i, sim_client_modem(room->sim, (size_t)i));
    peer_write(room, "smsd.conf", "%s", buffer_text(&text));
}

void peer_smstools_write(struct peer_room *room)
{
    static const char *const folders[] = {"outgoing", "checked", "incoming", "failed"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        peer_make(room, "%s", folders[i]);
    peer_smstools_write_config(room);
    for (size_t i = 0; i < room->which->messages; i++) {
        MEM_FREE_LATER char *name = mem_printf("outgoing/m%06zu", i);

        peer_write(room, name, "To: %lld\nAlphabet: UTF-8\n\n" PEER_TEXT,
                   (long long)PEER_FIRST + (long long)i);
    }
}

void peer_smstools_start(struct peer_room *room)
{
    MEM_FREE_LATER char *config = mem_printf("-c%s/smsd.conf", room->stage.dir);
    const char *const argv[] = {"smsd", config, "-t", NULL}; /* else it forks away */

    room->pids[room->n_pids++] = peer_spawn(room, argv);
}
