/* why: what modems and their agents complain of, for people.
 * Runs: any (one call at a time).
 *
 * Agents and logs speak English, and a gateway that the machine started may, too: what it writes
 * into the books is told to each reader in the reader's language. */
#ifndef LAWCAST_MODEM_WHY_H
#define LAWCAST_MODEM_WHY_H

/* The sentence in the user's language, valid until the next call; itself in English, and when it is
 * none that is known. Names, numbers and devices in it ("/dev/ttyUSB0: ...") stay as they are. */
const char *why_label(const char *english);

#endif
