/* agent_gammu: one modem, through libgammu; agent_gammu.c is the one file that includes its
 * headers. Runs: agent.
 *
 * libgammu's numbers (ERR_NONE is 1), types and static buffers end here. It is never called from
 * inside its own callbacks, which corrupts it: they only take notes. After a give-up (time limit)
 * libgammu can't be used any more: the agent ends and a new one is started. */
#ifndef LAWCAST_MODEM_AGENT_GAMMU_H
#define LAWCAST_MODEM_AGENT_GAMMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/sms_text.h"

#include "adapters/modem/agent_tty.h"

struct gammu; /* opaque: an open modem */

struct gammu_options {
    const char *device, *connection;
    const char *smsc; /* NULL: as the SIM says */
    int grace_ms, timeout_ms;
    /* The modem said something about a message that is none of ours, or not now. */
    void (*doubt)(void *ctx, const char *what);
    void *ctx;
};

/* One part as it goes into one SMS-SUBMIT. */
struct gammu_part {
    int64_t number; /* 86... */
    const char *text;
    size_t length;
    enum sms_alphabet alphabet;
    bool want_report;
    int64_t valid_s;         /* 0: no limit */
    int total, seq;          /* seq from 1; total 1: not concatenated */
    unsigned char reference; /* that ties the parts together */
};

enum gammu_verdict {
    GAMMU_TAKEN,   /* reference */
    GAMMU_REFUSED, /* code, after_ms: the modem or the network said no */
    GAMMU_UNSENT,  /* why: the text was never handed over */
    GAMMU_SILENT,  /* why: handed over, no answer: nobody knows */
};

struct gammu_answer {
    enum gammu_verdict verdict;
    int reference;    /* 0..255, -1: none given */
    int code;         /* -1: ERROR without a number */
    int64_t after_ms; /* between the text and the refusal; CMS_BEFORE: before it */
    int64_t wait_ms;  /* UNSENT: not before; 0: the modem alone is at fault */
    bool lame;        /* the modem can't go on: this agent has to end */
    const char *why;
};

/* Prepares the modem at tty (lent; unlocked by it). NULL: why says what is wrong. */
struct gammu *gammu_open(const struct gammu_options *options, struct tty *tty, char *why,
                         size_t why_size);
/* For poll: readable means gammu_read. */
int gammu_fd(const struct gammu *gammu);
/* Reads what the modem said by itself; calls doubt. false: it is gone, or talks without sense and
 * end, and can't be used any more. */
bool gammu_read(struct gammu *gammu);
/* After a question of our own (agent_ask.h): calls doubt for what came beside its answer. */
void gammu_settle(struct gammu *gammu);
/* Sends one part and waits for its answer; calls doubt for what makes no sense. */
void gammu_send(struct gammu *gammu, const struct gammu_part *part, struct gammu_answer *answer);
/* The message centre as the SIM has it; "": not asked, because the options name one. */
const char *gammu_centre(const struct gammu *gammu);
/* Maker and model, as the modem says them; text has room for 64 bytes. */
void gammu_describe(const struct gammu *gammu, char text[static 64]);

#endif
