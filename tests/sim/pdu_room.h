/* pdu_room: how PDUs that a network sends are written, shared by pdu_write.c and deliver.c.
 * Runs: any (pure). */
#ifndef LAWCAST_TESTS_SIM_PDU_ROOM_H
#define LAWCAST_TESTS_SIM_PDU_ROOM_H

#include "tests/sim/pdu.h"

enum { /* first octet of what the centre sends, 9.2.2.1 and 9.2.2.3 */
       PDU_MTI_DELIVER = 0x00,
       PDU_MTI_STATUS = 0x02,
       PDU_NO_MORE = 0x04,   /* TP-MMS */
       PDU_HAS_HEADER = 0x40 /* TP-UDHI */
};

enum { /* type of address, 9.1.2.5 */
       PDU_TOA_UNKNOWN = 0x81,
       PDU_TOA_INTERNATIONAL = 0x91,
       PDU_TOA_LETTERS = 0xD0
};

void pdu_put(struct pdu_bytes *out, unsigned byte);
/* Starts a PDU: the service centre. Returns where the TPDU begins. */
size_t pdu_put_centre(struct pdu_bytes *out);
void pdu_put_address(struct pdu_bytes *out, const char *digits, unsigned type);
void pdu_put_time(struct pdu_bytes *out, int64_t wall_ms);
/* Packs n septets after the bytes that are there, the first one from bit fill (0..6) on. */
void pdu_put_septets(struct pdu_bytes *out, const uint16_t *septets, size_t n, unsigned fill);

#endif
