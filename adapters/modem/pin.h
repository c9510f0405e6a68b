/* pin: which PIN was refused, without the PIN.
 * Runs: any (pure). */
#ifndef LAWCAST_MODEM_PIN_H
#define LAWCAST_MODEM_PIN_H

#include <stdint.h>

/* The mark of a modem's PIN for the books, never 0: the same for the same two, nearly always
 * another one otherwise. A PIN is short enough to be found from any such mark; what the books get
 * is the mark of a PIN that was refused, and that one opens nothing. */
int64_t modem_pin_mark(const char *id, const char *pin);

/* What is to be remembered when that PIN is about to be tried and known, an earlier memory (0:
 * none), is of it or of another: -mark, the first try; mark, the last one, since the first one
 * ended nobody knows how. So a power cut in the middle doesn't take the SIM away, and two tries
 * lock none. */
int64_t modem_pin_try(int64_t known, int64_t mark);

#endif
