/* validity: how long the network may try to deliver, as a message carries it.
 * Runs: any (pure). Source: 3GPP TS 23.040 9.2.3.12.1 (TP-VP, relative format). */
#ifndef LAWCAST_MODEM_VALIDITY_H
#define LAWCAST_MODEM_VALIDITY_H

#include <stdint.h>

/* The longest relative validity that ends within seconds, but at least the shortest there is (5
 * minutes). 0 seconds: no limit, which is the longest there is (63 weeks). */
uint8_t validity_relative(int64_t seconds);

#endif
