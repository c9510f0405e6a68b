/* store_keys: what signs the books, and whether they are the newest that were signed.
 * Runs: ledger thread (opening: the loop, before there is a thread).
 *
 * Beside the books lie <books>.key, the secret key (0400), and <books>.key.checkpoint, the last
 * checkpoint that it has signed (store_mark.h). A checkpoint is signed after the commit of what it
 * covers, then noted in the books, then in that file: so the books never know less than the file,
 * unless they are an older copy. */
#ifndef LAWCAST_LEDGER_STORE_KEYS_H
#define LAWCAST_LEDGER_STORE_KEYS_H

#include <stddef.h>

#include "gateway/base/buffer.h"

struct store;
struct signer; /* opaque */

char *store_key_path(const char *books_path);      /* to be freed, as the next two */
char *store_mark_path(const char *books_path);     /* the last checkpoint */
char *store_next_key_path(const char *books_path); /* a key that is about to be the key */
/* Names the key that is lost to the books: the next opening goes on with another of the same log,
 * which the journal says nobody vouches for. */
char *store_lost_key_path(const char *books_path);
/* The name of new books: of the key that lies there already, else a new one. Makes the key when
 * there is none. 0 with *origin to be freed, or -errno with why. */
int store_keys_found(const char *books_path, char **origin, char *why, size_t why_size);
/* Takes the key up, tells the journal of it when it is new, and looks whether the books have the
 * last checkpoint. In a transaction of its own. 0, or -errno with why. */
int store_keys_open(struct store *store, const char *books_path, char *why, size_t why_size);
/* Signs what is committed, if anything is new; in time: when the last time is long enough ago. 0 or
 * -errno: then the books are as they were. */
int store_sign(struct store *store);
int store_sign_in_time(struct store *store);
/* With each commit and rollback: a key that has handed over signs no more, once that is told. */
void store_keys_commit(struct store *store);
void store_keys_rollback(struct store *store);
void store_keys_close(struct store *store);

#endif
