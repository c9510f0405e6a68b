/* note: signed notes (c2sp.org/signed-note) and the checkpoints of a log in them
 * (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature).
 * Runs: any (pure).
 *
 *   origin                        which log: the name of its key
 *   52                            size of the tree
 *   base64 of the root
 *                                 an empty line ends what is signed
 *   (em dash) NAME base64         the log's signature, then those of other offices
 *
 * Another office's line is a cosignature/v1: it holds the time by that office's clock and says that
 * the office has seen this checkpoint, and none that contradicts it. Notes come from strangers:
 * nothing in them is trusted until it is verified, and malformed ones are refused whole. */
#ifndef LAWCAST_BASE_NOTE_H
#define LAWCAST_BASE_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/merkle.h"
#include "gateway/base/sign.h"

#define NOTE_MOST       8192 /* bytes of a note */
#define NOTE_SIGNATURES 16   /* most lines that are read */

struct checkpoint {
    char origin[SIGN_NAME_MOST];
    uint64_t size;
    struct merkle_hash root;
};

/* Adds the text of a checkpoint: what is to be signed. */
void checkpoint_write(const struct checkpoint *checkpoint, struct buffer *note);
/* Reads it out of a note, signed or not. 0, or 1: it is none. */
int checkpoint_read(const char *note, size_t length, struct checkpoint *out);

/* Adds a signature line, and before the first one the empty line. The note is whole and ends with a
 * line break. */
void note_sign(struct buffer *note, const struct sign_key *key);
/* A cosignature/v1, of a key of type SIGN_WITNESS; time_s: seconds since 1970. 0, or 1: the note is
 * no checkpoint, or is not signed yet. */
int note_cosign(struct buffer *note, const struct sign_key *key, int64_t time_s);

/* Adds the lines of another note of the same text, but for signers that note has already. 0, or 1:
 * another text, malformed, or there is no room: then note is as it was. */
int note_merge(struct buffer *note, const char *other, size_t length);

enum note_verdict {
    NOTE_GOOD,
    NOTE_UNSIGNED,  /* no line by this key */
    NOTE_FORGED,    /* a line by this key, whose signature is wrong */
    NOTE_MALFORMED, /* no note at all */
};
/* time_s: of a cosignature; NULL: not wanted. */
enum note_verdict note_verify(const char *note, size_t length, const struct sign_public *key,
                              int64_t *time_s);
/* Who has signed: names and ids of the lines, in their order; how many. 0: none, or malformed. */
struct note_signer {
    char name[SIGN_NAME_MOST];
    unsigned char id[4];
};
size_t note_signers(const char *note, size_t length,
                    struct note_signer out[static NOTE_SIGNATURES]);
/* What is signed: as many bytes of note; 0: malformed. */
size_t note_body(const char *note, size_t length);

#endif
