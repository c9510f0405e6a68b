/* merkle: the tree of RFC 6962, section 2.1: append, root, and both kinds of proof.
 * Runs: any (pure).
 *
 * A leaf is SHA-256(0x00 | data), a node SHA-256(0x01 | left | right). Of a tree that only grows,
 * the peaks are kept: the roots of its whole subtrees, the biggest first, one for each bit that is
 * set in the size. Whoever wants a proof lends a function that hashes a run of leaves. */
#ifndef LAWCAST_BASE_MERKLE_H
#define LAWCAST_BASE_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_HASH  32
#define MERKLE_DEPTH 63  /* most peaks, and most hashes of an inclusion proof */
#define MERKLE_TILE  256 /* leaves of a subtree that the books and bundles keep the root of */

struct merkle_hash {
    unsigned char bytes[MERKLE_HASH];
};

struct merkle {
    uint64_t size; /* leaves; 0: empty */
    struct merkle_hash peaks[MERKLE_DEPTH];
};

void merkle_leaf(const void *data, size_t length, struct merkle_hash *out);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *out);
void merkle_append(struct merkle *tree, const struct merkle_hash *leaf);
/* The same; true when a run of MERKLE_TILE leaves is whole with it, and its root. */
bool merkle_append_noting(struct merkle *tree, const struct merkle_hash *leaf,
                          struct merkle_hash *tile);
/* Appends a whole subtree of MERKLE_TILE leaves; the size must be a multiple of that. */
void merkle_append_tile(struct merkle *tree, const struct merkle_hash *tile);
/* Of the empty tree: SHA-256 of nothing. */
void merkle_root(const struct merkle *tree, struct merkle_hash *out);
/* How many peaks a tree of this size has. */
size_t merkle_peaks(uint64_t size);
bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);

/* The root of the leaves from..until-1 (until > from): 0, or what it likes. Runs are those that RFC
 * 6962 splits a tree into: aligned, whole or at the end of the tree. */
typedef int merkle_range(void *ctx, uint64_t from, uint64_t until, struct merkle_hash *out);

struct merkle_proof {
    size_t n;
    struct merkle_hash hashes[MERKLE_DEPTH + 1];
};

/* That leaf index is in the tree of this size (index < size). 0, or what range answered. */
int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_range *range, void *ctx,
                           struct merkle_proof *out);
bool merkle_is_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                        const struct merkle_proof *proof, const struct merkle_hash *root);
/* That the tree of size before is the beginning of that of size after (0 < before <= after). */
int merkle_prove_consistency(uint64_t before, uint64_t after, merkle_range *range, void *ctx,
                             struct merkle_proof *out);
bool merkle_is_consistent(uint64_t before, const struct merkle_hash *root_before, uint64_t after,
                          const struct merkle_hash *root_after, const struct merkle_proof *proof);

#endif
