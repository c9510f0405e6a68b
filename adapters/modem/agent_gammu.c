/* agent_gammu: one modem, through libgammu. See agent_gammu.h.
 * Runs: agent. */
#include "adapters/modem/agent_gammu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <gammu.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#include "adapters/modem/agent_ear.h"
#include "adapters/modem/agent_pace.h"
#include "adapters/modem/cms.h"
#include "adapters/modem/tap.h"
#include "adapters/modem/validity.h"

#define GAMMU_START_MS 30000 /* no modem that is well needs that long to be prepared */
#define GAMMU_QUIET_MS 100   /* after a refused prompt the modem may have more to say */

struct gammu {
    struct gammu_options options;
    struct tty *tty; /* with our own descriptor; libgammu has another */
    GSM_StateMachine *machine;
    GSM_SMSC smsc;
    GSM_SMSMessage message; /* 7 KB: once, not per part */
    char centre[24];
    char maker[30], model[30];
    unsigned failures; /* that the tap knew of when the text had been handed over */
    char *naming;      /* one of both, whose name comes next; or NULL */
    struct {
        bool come;
        int status, reference;
    } answer; /* the callback's note */
};

/* libgammu reads ~ in a UCS-2 text as the beginning of a character of its own, and a text of 70
 * characters has no room for a second one. It asks this exported function, so ours is asked instead
 * (as with usleep), and it copies. gammu_check_copy proves that at every start. */
void EncodeUnicodeSpecialNOKIAChars(unsigned char *dest, const unsigned char *src, size_t len);
void EncodeUnicodeSpecialNOKIAChars(unsigned char *dest, const unsigned char *src, size_t len)
{
    memcpy(dest, src, len * 2);
    dest[len * 2] = dest[len * 2 + 1] = 0;
}

static const struct {
    GSM_Error error;
    const char *why;
} gammu_reasons[] = {
    {ERR_DEVICEOPENERROR, "the device can't be opened: another program has it, or it is no modem"},
    {ERR_DEVICENOTEXIST, "the device doesn't exist"},
    {ERR_DEVICENOPERMISSION, "no permission to open the device: is the user in group dialout?"},
    {ERR_DEVICEWRITEERROR, "the device can't be written to: is the modem unplugged?"},
    {ERR_TIMEOUT, "no answer from the modem"},
    {ERR_ABORTED, "no answer from the modem in time"},
    {ERR_NOSIM, "no usable SIM in the modem"},
    {ERR_SECURITYERROR, "the SIM asks for a code: enter it or switch it off"},
    {ERR_EMPTYSMSC, "the SIM has no message centre number: set smsc"},
    {ERR_EMPTY, "the SIM has no message centre number: set smsc"},
    {ERR_NETWORK_ERROR, "the modem has no network"},
    {ERR_BUSY, "the modem is busy"},
    {ERR_BUG, "the modem doesn't take messages now"},
    {ERR_NOTSUPPORTED, "the modem doesn't support a command that is needed"},
    {ERR_UNKNOWNCONNECTIONTYPESTRING, "libgammu doesn't know this kind of connection"},
};

static const char *gammu_reason(GSM_Error error)
{
    for (size_t i = 0; i < sizeof gammu_reasons / sizeof *gammu_reasons; i++)
        if (gammu_reasons[i].error == error)
            return gammu_reasons[i].why;
    return GSM_ErrorName(error);
}

static void gammu_give_up(void *ctx)
{
    GSM_AbortOperation(ctx);
}

static void gammu_take_answer(GSM_StateMachine *machine, int status, int reference, void *ctx)
{
    struct gammu *gammu = ctx;

    (void)machine;
    gammu->answer.come = true;
    gammu->answer.status = status;
    gammu->answer.reference = reference;
}

/* What fits into a part: 160 units and their end. */
static void gammu_put_text(unsigned char *out, const char *text, size_t length)
{
    size_t at = 0, n = 0;

    while (at < length && n < GSM_MAX_SMS_CHARS_LENGTH) {
        int32_t code = utf8_next(text, length, &at);
        int32_t units[2] = {code, 0};

        if (code >= 0x10000) {
            units[0] = 0xD800 + ((code - 0x10000) >> 10);
            units[1] = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        for (size_t i = 0; i < 1 + (code >= 0x10000); i++, n++) {
            out[2 * n] = (unsigned char)(units[i] >> 8);
            out[2 * n + 1] = (unsigned char)units[i];
        }
    }
    out[2 * n] = out[2 * n + 1] = 0;
}

static void gammu_put_number(unsigned char *out, const char *number)
{
    EncodeUnicode(out, number, strnlen(number, GSM_MAX_NUMBER_LENGTH));
}

static void gammu_fill(struct gammu *gammu, const struct gammu_part *part)
{
    GSM_SMSMessage *message = &gammu->message;
    char number[24];

    memset(message, 0, sizeof *message);
    GSM_SetDefaultSMSData(message);
    message->PDU = part->want_report ? SMS_Status_Report : SMS_Submit;
    message->Class = -1;
    message->SMSC = gammu->smsc;
    message->SMSC.Location = 0;
    message->SMSC.Validity.Format = SMS_Validity_RelativeFormat;
    message->SMSC.Validity.Relative = (GSM_ValidityPeriod)validity_relative(part->valid_s);
    snprintf(number, sizeof number, "+%lld", (long long)part->number);
    gammu_put_number(message->Number, number);
    message->Coding = part->alphabet == SMS_GSM7 ? SMS_Coding_Default_No_Compression
                                                 : SMS_Coding_Unicode_No_Compression;
    gammu_put_text(message->Text, part->text, part->length);
    message->Length = (int)UnicodeLength(message->Text);
    if (part->total > 1) {
        const unsigned char header[] = {
            5, 0, 3, part->reference, (unsigned char)part->total, (unsigned char)part->seq};

        message->UDH.Type = UDH_ConcatenatedMessages;
        message->UDH.Length = sizeof header;
        memcpy(message->UDH.Text, header, sizeof header);
    }
}

static void gammu_configure(struct gammu *gammu)
{
    GSM_Config *config = GSM_GetConfig(gammu->machine, 0);

    config->Device = mem_dup(gammu->options.device);
    config->Connection = mem_dup(gammu->options.connection);
    /* Named, because finding it out opens the device twice. The make is asked for nevertheless. */
    snprintf(config->Model, sizeof config->Model, "at");
    config->UseGlobalDebugFile = TRUE;
    for (size_t i = 0; i < sizeof config->CNMIParams / sizeof *config->CNMIParams; i++)
        config->CNMIParams[i] = -1;
    /* Status reports straight to us (+CDS): stored ones would fill the SIM. */
    config->CNMIParams[3] = 1;
    GSM_SetConfigNum(gammu->machine, 1);
}

static GSM_Error gammu_ask_centre(struct gammu *gammu)
{
    const char *digits;
    GSM_Error error;

    gammu->smsc.Location = 1;
    error = GSM_GetSMSC(gammu->machine, &gammu->smsc);
    if (error != ERR_NONE)
        return error;
    digits = DecodeUnicodeString(gammu->smsc.Number);
    if (strspn(digits, "+0123456789") == strlen(digits))
        snprintf(gammu->centre, sizeof gammu->centre, "%.23s", digits);
    return ERR_NONE;
}

/* Message centre, reports. */
static GSM_Error gammu_prepare(struct gammu *gammu)
{
    GSM_Error error = ERR_NONE;

    if (gammu->options.smsc)
        gammu_put_number(gammu->smsc.Number, gammu->options.smsc);
    else
        error = gammu_ask_centre(gammu);
    if (error != ERR_NONE)
        return error;
    GSM_SetSendSMSStatusCallback(gammu->machine, gammu_take_answer, gammu);
    /* No callback for what comes in: the tap hears it, from the first byte on. It is to be stored
     * (mt 1, libgammu's choice), so that a crash loses nothing. */
    error = GSM_SetIncomingSMS(gammu->machine, TRUE);
    if (error == ERR_ABORTED)
        return error;
    if (error != ERR_NONE)
        fprintf(stderr, "the modem hands out no status reports: %s\n", gammu_reason(error));
    return ERR_NONE;
}

/* Is a ~ sent as it is? See EncodeUnicodeSpecialNOKIAChars. */
static bool gammu_check_copy(struct gammu *gammu)
{
    const struct gammu_part part = {
        .number = 1, .text = "~~a", .length = 3, .alphabet = SMS_UCS2, .total = 1, .seq = 1};
    static const unsigned char expected[] = {0, '~', 0, '~', 0, 'a'};
    unsigned char frame[1000] = {0};
    int length = 0;

    gammu_fill(gammu, &part);
    return GSM_EncodeSMSFrame(GSM_GetGlobalDebug(), &gammu->message, frame, PHONE_SMSSubmit,
                              &length, TRUE) == ERR_NONE &&
           length == PHONE_SMSSubmit.Text + (int)sizeof expected &&
           memcmp(frame + PHONE_SMSSubmit.Text, expected, sizeof expected) == 0;
}

/* Tells what was said about no message of ours; idle: errors too. */
static void gammu_doubt(struct gammu *gammu, bool idle, const char *when)
{
    unsigned taken = tap_fetch_taken(&gammu->tty->tap);
    unsigned errors = tap_fetch_errors(&gammu->tty->tap);
    char what[120];

    if (taken == 0 && (!idle || errors == 0))
        return;
    snprintf(what, sizeof what, "%s %s: the answer to an earlier message?",
             taken ? "a message was taken" : "an error came", when);
    gammu->options.doubt(gammu->options.ctx, what);
}

/* libgammu asks for the names when it begins; asked for them later it would ask again. */
static bool gammu_note_name(void *ctx, const char *line, size_t length)
{
    struct gammu *gammu = ctx;

    if (gammu->naming && strcmp(line, "OK") != 0 && !strstr(line, "ERROR"))
        snprintf(gammu->naming, sizeof gammu->maker, "%.*s", (int)length, line);
    gammu->naming = strcmp(line, "AT+CGMI") == 0   ? gammu->maker
                    : strcmp(line, "AT+CGMM") == 0 ? gammu->model
                                                   : NULL;
    return false;
}

/* Everything up to the modem's readiness. */
static const char *gammu_talk(struct gammu *gammu)
{
    int64_t start_ms =
        gammu->options.timeout_ms < GAMMU_START_MS ? gammu->options.timeout_ms : GAMMU_START_MS;
    GSM_Error error;

    gammu->tty->tap.answer = gammu_note_name;
    gammu->tty->tap.answer_ctx = gammu;
    ear_set(&gammu->tty->tap);
    pace_set(gammu->tty->fd, gammu->options.grace_ms);
    pace_limit(clock_mono_ms() + start_ms, gammu_give_up, gammu->machine);
    /* Begins with ESC, which ends the message that a killed agent may have left half written. One
     * try for each command: we have our own way to try again. */
    error = GSM_InitConnection(gammu->machine, 1);
    if (error == ERR_NONE)
        error = gammu_prepare(gammu);
    pace_limit(0, NULL, NULL);
    gammu->tty->tap.answer = NULL;
    gammu_doubt(gammu, false, "while the modem was prepared");
    if (tap_is_flooded(&gammu->tty->tap))
        return tty_complaint(gammu->tty);
    if (error != ERR_NONE)
        return gammu_reason(error);
    return gammu->tty->tap.heard ? NULL : "this libgammu can't be listened to";
}

static const char *gammu_start(struct gammu *gammu)
{
    const char *why;

    if (!gammu_check_copy(gammu))
        return "this libgammu changes the character ~ and can't be told not to";
    gammu_configure(gammu);
    tty_unlock(gammu->tty);
    gammu->tty->lent = true;
    why = gammu_talk(gammu);
    gammu->tty->lent = false;
    /* flock is enough, and exclusive use would outlive us on a line that someone else holds open.
     */
    ioctl(gammu->tty->fd, TIOCNXCL);
    return why;
}

static void gammu_close(struct gammu *gammu)
{
    ear_set(NULL);
    pace_set(-1, -1);
    pace_limit(0, NULL, NULL);
    GSM_FreeStateMachine(gammu->machine);
    free(gammu);
}

struct gammu *gammu_open(const struct gammu_options *options, struct tty *tty, char *why,
                         size_t why_size)
{
    struct gammu *gammu = mem_new(struct gammu);
    const char *reason;

    gammu->options = *options;
    gammu->tty = tty;
    gammu->machine = GSM_AllocStateMachine();
    reason = gammu->machine ? gammu_start(gammu) : "out of memory";
    if (!reason)
        return gammu;
    snprintf(why, why_size, "%s", reason);
    gammu_close(gammu);
    return NULL;
}

const char *gammu_centre(const struct gammu *gammu)
{
    return gammu->centre;
}

void gammu_describe(const struct gammu *gammu, char text[static 64])
{
    char both[2 * sizeof gammu->maker + 1];
    size_t at = 0, end = 0;

    snprintf(both, sizeof both, "%s%s%s", gammu->maker, *gammu->maker && *gammu->model ? " " : "",
             gammu->model);
    while (utf8_next(both, strlen(both), &at) >= ' ')
        end = at;
    both[end] = '\0';
    snprintf(text, 64, "%s", both);
}

void gammu_settle(struct gammu *gammu)
{
    gammu_doubt(gammu, true, "while nothing was sent");
}

int gammu_fd(const struct gammu *gammu)
{
    return gammu->tty->fd;
}

bool gammu_read(struct gammu *gammu)
{
    bool sane = tty_read(gammu->tty);

    gammu_settle(gammu);
    return sane;
}

/* The prompt was refused, libgammu sent ESC: what the modem still says to that must not be taken
 * for the answer to the next command. */
static void gammu_quieten(struct gammu *gammu)
{
    int64_t limit = clock_mono_ms() + 1000;

    while (clock_mono_ms() < limit && pace_wait(gammu->tty->fd, clock_mono_ms() + GAMMU_QUIET_MS))
        if (!tty_read(gammu->tty))
            return;
}

static void gammu_judge(const struct gammu *gammu, int64_t after_ms, struct gammu_answer *answer)
{
    const struct tap *tap = &gammu->tty->tap;
    int code = gammu->answer.status;

    if (code == 0) {
        answer->verdict = GAMMU_TAKEN;
        answer->reference = tap->taken ? tap->reference : gammu->answer.reference;
        return;
    }
    if (tap->taken && after_ms >= 0) {
        answer->verdict = GAMMU_SILENT;
        answer->lame = true;
        answer->why = "the modem says that it took the message, and that it didn't";
        return;
    }
    answer->verdict = GAMMU_REFUSED;
    answer->code = code > 0 && code <= TAP_CODE_MAX ? code : -1;
    answer->after_ms = after_ms;
}

/* GSM_SendSMS failed: whatever the reason, it comes before Ctrl-Z, so nothing was sent. */
static void gammu_judge_unsent(struct gammu *gammu, GSM_Error error, struct gammu_answer *answer)
{
    if (gammu->answer.come && gammu->answer.status != 0) {
        gammu_judge(gammu, CMS_BEFORE, answer);
        gammu_quieten(gammu);
        return;
    }
    answer->verdict = GAMMU_UNSENT;
    answer->why = gammu_reason(error);
    answer->lame = error != ERR_BUSY && error != ERR_BUG;
    if (!answer->lame)
        answer->wait_ms = 1000;
    else if (error != ERR_TIMEOUT && error != ERR_ABORTED && error != ERR_DEVICEWRITEERROR)
        answer->wait_ms = 5000;
}

/* Each overlooks some: libgammu those with a line between them and OK, the tap those with noise
 * before them. */
static bool gammu_has_reference(const struct gammu *gammu)
{
    int reference = gammu->answer.reference;

    return gammu->tty->tap.taken > 0 || (reference >= 0 && reference <= 255);
}

/* An OK alone may be the late one of something else. What comes behind it libgammu doesn't take for
 * an answer any more; the tap does. false: nothing comes. */
static bool gammu_await_more(struct gammu *gammu, int64_t limit, struct gammu_answer *answer)
{
    struct tty *tty = gammu->tty;

    answer->why = "the modem says OK, and not that it took the message";
    while (tty->tap.taken == 0 && tty->tap.failures == gammu->failures) {
        if (!pace_wait(tty->fd, limit) || clock_mono_ms() >= limit)
            return false;
        if (!tty_read(tty)) {
            answer->why = tty_complaint(tty);
            return false;
        }
    }
    if (tty->tap.taken == 0)
        gammu->answer.status = tty->tap.code;
    return true;
}

static void gammu_await(struct gammu *gammu, int64_t limit, struct gammu_answer *answer)
{
    int64_t since = clock_mono_ms();

    while (!gammu->answer.come) {
        uint64_t heard = gammu->tty->tap.heard;

        if (!pace_wait(gammu->tty->fd, limit) || clock_mono_ms() >= limit) {
            answer->why = "no answer from the modem in time";
            return;
        }
        /* Nothing may have passed the sieve. */
        if (GSM_ReadDevice(gammu->machine, FALSE) <= 0 &&
            (tap_is_flooded(&gammu->tty->tap) || gammu->tty->tap.heard == heard)) {
            gammu->tty->gone = !tap_is_flooded(&gammu->tty->tap);
            answer->why = tty_complaint(gammu->tty);
            return;
        }
    }
    if (gammu->answer.status == 0 && !gammu_has_reference(gammu) &&
        !gammu_await_more(gammu, limit, answer))
        return;
    answer->lame = false;
    gammu_judge(gammu, clock_mono_ms() - since, answer);
}

/* One answer was ours; a second one shows that one of both wasn't. */
static void gammu_settle_answers(struct gammu *gammu)
{
    if (gammu->tty->tap.taken > 0)
        gammu->tty->tap.taken--;
    gammu_doubt(gammu, false, "twice for one message");
}

void gammu_send(struct gammu *gammu, const struct gammu_part *part, struct gammu_answer *answer)
{
    int64_t limit = clock_mono_ms() + gammu->options.timeout_ms;
    GSM_Error error;

    memset(answer, 0, sizeof *answer);
    gammu->answer.come = false;
    gammu_fill(gammu, part);
    gammu->tty->lent = true;
    pace_limit(limit, gammu_give_up, gammu->machine);
    error = GSM_SendSMS(gammu->machine, &gammu->message);
    /* It hides that it was told to give up, and is no use any more. */
    if (error != ERR_NONE && pace_check(false))
        error = ERR_ABORTED;
    pace_limit(0, NULL, NULL);
    gammu->tty->lent = false;
    gammu_doubt(gammu, false, "before it was handed over");
    if (error != ERR_NONE) {
        gammu_judge_unsent(gammu, error, answer);
        return;
    }
    /* Nothing is read between the prompt and here: an earlier "answer" was to something else. */
    gammu->answer.come = false;
    gammu->failures = gammu->tty->tap.failures;
    answer->verdict = GAMMU_SILENT;
    answer->lame = true;
    gammu_await(gammu, limit, answer);
    gammu_settle_answers(gammu);
}
