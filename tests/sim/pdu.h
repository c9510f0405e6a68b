/* pdu: SMS transfer PDUs as a modem and a network see them.
 * Runs: any (pure). Sources: 3GPP TS 23.040 9.2.2, 9.2.3, 9.1.2.5; TS 23.038 4, 6.2.1.
 *
 * Reading is strict: what a lenient network would mend is an error here, because the simulator is
 * the witness of what was sent. It shares no code with gateway/model/sms_text for the same reason.
 */
#ifndef LAWCAST_TESTS_SIM_PDU_H
#define LAWCAST_TESTS_SIM_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PDU_BYTES_MAX = 176, /* service centre 12, SUBMIT or DELIVER 164 */
    PDU_NUMBER_MAX = 20, /* digits of an address */
    PDU_TEXT_MAX = 480,  /* UTF-8 of one part: at most 160 characters of 3 bytes */
    PDU_NO_VP = -1,
};

enum pdu_alphabet { PDU_GSM7, PDU_UCS2 };

/* Why a PDU was refused; pdu_error_name for the log. */
enum pdu_error {
    PDU_OK = 0,
    PDU_LENGTH = 1,   /* cut short, trailing bytes, or not as long as announced */
    PDU_KIND = 2,     /* not an SMS-SUBMIT */
    PDU_ADDRESS = 3,  /* TP-DA: no digits, more than 20, not a number, wrong filler */
    PDU_CODING = 4,   /* TP-PID or TP-DCS: neither GSM-7 nor UCS-2, or compressed */
    PDU_VALIDITY = 5, /* TP-VP: neither none nor relative */
    PDU_HEADER = 6,   /* user data header: malformed, or part 0 or past the end */
    PDU_TEXT = 7,     /* split escape or surrogate pair, unassigned character, NUL */
    PDU_ERRORS
};

struct pdu_submit {
    char number[PDU_NUMBER_MAX + 1]; /* digits, without + */
    bool international;
    bool want_report;
    int vp;               /* TP-VP as it was sent, or PDU_NO_VP */
    int32_t validity_min; /* the same in minutes; 0: not given */
    enum pdu_alphabet alphabet;
    unsigned concat, part, parts; /* 0, 1, 1 when the message stands alone */
    char text[PDU_TEXT_MAX + 1];
};

struct pdu_report {
    const char *number;
    bool international;
    uint8_t reference, status;
    int64_t sent_ms, done_ms; /* wall time; written in the process's time zone */
};

/* One encoded PDU, service centre first. */
struct pdu_bytes {
    uint8_t bytes[PDU_BYTES_MAX];
    size_t length;
    size_t tpdu; /* of which after the service centre: what AT announces */
};

/* Reads an SMS-SUBMIT. announced is the length that AT+CMGS gave. 0, or a positive enum pdu_error.
 */
int pdu_read_submit(const uint8_t *bytes, size_t length, size_t announced, struct pdu_submit *out);
const char *pdu_error_name(int error);

/* number: digits only, at most PDU_NUMBER_MAX. */
void pdu_write_report(const struct pdu_report *report, struct pdu_bytes *out);

#endif
