/* audit_trust: the public keys that somebody trusts, as --key names them.
 * Runs: any. */
#ifndef LAWCAST_AUDIT_TRUST_H
#define LAWCAST_AUDIT_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/note.h"
#include "gateway/base/sign.h"
#include "gateway/command.h"

#define TRUST_MOST 64

struct trust {
    struct sign_public keys[TRUST_MOST];
    size_t n;
};

/* word: a public key, or a file with one a line (keys.txt of a bundle is one). COMMAND_FINE, or
 * COMMAND_REFUSED, told. */
int trust_add(struct trust *trust, const struct command *command, const char *word);
/* Another one of the log or of a witness; not the same twice. False: there is no room. */
bool trust_add_key(struct trust *trust, const struct sign_public *key);
/* The key of this type that has signed the note, or NULL. */
const struct sign_public *trust_signer(const struct trust *trust, enum sign_type type,
                                       const char *note, size_t length);
/* The key of a line of a note; NULL: it isn't known. */
const struct sign_public *trust_find(const struct trust *trust, const struct note_signer *signer);

#endif
