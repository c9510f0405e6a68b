/* peer_gammu: gammu-smsd with the service "files", one process and one folder of messages per
 * modem. See peer.h.
 * Runs: any (blocks; for benches). */
#include <stdio.h>

#include "gateway/base/mem.h"
#include "tests/bench/peer.h"

#define PEER_GAMMU_TEXT                                                                            \
    "30105E026CD55BA3529E30115F18626C5BAA6CD57CBE795EFF0C51715EFA6587660E57CE5E0262D265368BF7"     \
    "56DE590D0052"

static void peer_gammu_write_modem(struct peer_room *room, int modem)
{
    static const char *const folders[] = {"outbox", "inbox", "sent", "error"};
    MEM_FREE_LATER char *name = mem_printf("%d.cfg", modem);
    const char *dir = room->stage.dir;

    peer_make(room, "%d", modem);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        peer_make(room, "%d/%s", modem, folders[i]);
    peer_write(room, name,
               "[gammu]\ndevice = %s\nconnection = at115200\nmodel = at\nsynchronizetime = no\n"
               "logformat = nothing\n"
               "[smsd]\nservice = files\nphoneid = m%d\nlogfile = %s/%d.log\ndebuglevel = 0\n"
               "commtimeout = 1\nsendtimeout = 30\nloopsleep = 0\nstatusfrequency = 0\n"
               "receivefrequency = 3600\nchecksecurity = 0\ncheckbattery = 0\nchecksignal = 0\n"
               "checknetwork = 0\nresetfrequency = 0\nhardresetfrequency = 0\n"
               "deliveryreport = no\nsmsc = " PEER_CENTRE "\n"
               "outboxpath = %s/%d/outbox/\ninboxpath = %s/%d/inbox/\nsentsmspath = %s/%d/sent/\n"
               "errorsmspath = %s/%d/error/\n",
               sim_client_modem(room->sim, (size_t)modem), modem, dir, modem, dir, modem, dir,
               modem, dir, modem, dir, modem);
}

/* The format of gammu-smsd-inject. */
static void peer_gammu_write_message(struct peer_room *room, size_t i)
{
    int modem = (int)(i % (size_t)room->which->modems);
    long long number = (long long)(PEER_FIRST + (long long)i);
    MEM_FREE_LATER char *name =
        mem_printf("%d/outbox/OUTC20260101_080000_%02zu_+%lld_sms0.smsbackup", modem,
                   i / (size_t)room->which->modems % 100, number);

    peer_write(room, name,
               "[SMSBackup000]\nPDU = Submit\nState = Sent\nNumber = \"+%lld\"\nText00 = %s\n"
               "Coding = Unicode_No_Compression\nFolder = 1\nLength = 25\nClass = -1\n"
               "ReplySMSC = False\nRejectDuplicates = False\nReplaceMessage = 0\n"
               "MessageReference = 0\n",
               number, PEER_GAMMU_TEXT);
}

void peer_gammu_write(struct peer_room *room)
{
    for (int i = 0; i < room->which->modems; i++)
        peer_gammu_write_modem(room, i);
    for (size_t i = 0; i < room->which->messages; i++)
        peer_gammu_write_message(room, i);
}

void peer_gammu_start(struct peer_room *room)
{
    for (int i = 0; i < room->which->modems; i++) {
        MEM_FREE_LATER char *config = mem_printf("%s/%d.cfg", room->stage.dir, i);
        const char *const argv[] = {"gammu-smsd", "-c", config, NULL};

        room->pids[room->n_pids++] = peer_spawn(room, argv);
    }
}
