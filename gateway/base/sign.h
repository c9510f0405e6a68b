/* sign: Ed25519 keys (RFC 8032), their files and texts; sign.c is the one file that includes
 * libsodium.
 * Runs: any; a secret key is used by one thread at a time.
 *
 * A key has a name, as signed notes want it (note.h): not empty, no space, no '+', no line break.
 * Texts: public   NAME+8 hex digits+base64 of the type (0x01; 0x04 of who co-signs) and the 32
 * bytes secret   PRIVATE+KEY+NAME+8 hex digits+base64 of 0x01 and the 32 bytes of the seed The
 * digits are the key's id: the first 4 bytes of SHA-256(NAME | 0x0A | type | 32 bytes). Both as
 * c2sp.org/signed-note and the note package of Go's sumdb have them. */
#ifndef LAWCAST_BASE_SIGN_H
#define LAWCAST_BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGN_NAME_MOST 128 /* with its NUL */
#define SIGN_TEXT_MOST 256 /* of a public key, with its NUL */
#define SIGN_BYTES     64  /* of a signature */

enum sign_type { SIGN_LOG = 1, SIGN_WITNESS = 4 };

struct sign_key; /* secret; locked in memory, wiped when freed */

struct sign_public {
    char name[SIGN_NAME_MOST];
    enum sign_type type;
    unsigned char id[4], bytes[32];
};

bool sign_is_name(const char *name);
/* NULL: the name can't be one. */
struct sign_key *sign_key_make(const char *name);
/* Its name is the prefix and 12 random digits. */
struct sign_key *sign_key_make_under(const char *prefix);
/* The text of a secret key; blanks and line breaks at its end are nothing. NULL: it is none. */
struct sign_key *sign_key_parse(const char *text);
void sign_key_free(struct sign_key *key); /* NULL is fine */
/* The public half, of this type. */
void sign_key_public(const struct sign_key *key, enum sign_type type, struct sign_public *out);
void sign_key_sign(const struct sign_key *key, const void *data, size_t length,
                   unsigned char out[static SIGN_BYTES]);

/* 0, or 1: it is none (also when the id is not that of name and key). */
int sign_public_parse(const char *text, struct sign_public *out);
void sign_public_text(const struct sign_public *key, char text[static SIGN_TEXT_MOST]);
bool sign_verify(const struct sign_public *key, const void *data, size_t length,
                 const unsigned char signature[static SIGN_BYTES]);

/* The file of a secret key: one line, mode 0400, never written over. */
/* Makes it, durably with its name. 0 or -errno (-EEXIST). */
int sign_key_save(const struct sign_key *key, const char *path);
/* 0; 1: the file holds no key; 2: others than its owner may read it; or -errno. */
int sign_key_load(const char *path, struct sign_key **out);

#endif
