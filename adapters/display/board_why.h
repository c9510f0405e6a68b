/* board_why: why a board is down, a slogan refused or a reading failed, for people.
 * Runs: any (one call at a time).
 *
 * Adapters, logs and the books speak English; whoever reads is told in the own language. What a
 * device says in its own words stays as it is. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_BOARD_WHY_H
#define LAWCAST_ADAPTERS_DISPLAY_BOARD_WHY_H

/* The sentence in the user's language, valid until the next call; itself in English, and when
 * nothing of it is known. "login: ...", what the dialogue was about, is translated too. */
const char *board_why_label(const char *english);

#endif
