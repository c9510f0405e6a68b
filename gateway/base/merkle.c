/* merkle: the tree of RFC 6962. See merkle.h.
 * Runs: any (pure). */
#include "gateway/base/merkle.h"

#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/log.h"

_Static_assert(MERKLE_HASH == DIGEST_SHA256_BYTES, "nodes are SHA-256");

void merkle_leaf(const void *data, size_t length, struct merkle_hash *out)
{
    static const unsigned char mark = 0x00;
    const struct digest_piece pieces[] = {{&mark, 1}, {data, length}};

    digest_sha256(pieces, 2, out->bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *out)
{
    static const unsigned char mark = 0x01;
    const struct digest_piece pieces[] = {
        {&mark, 1}, {left->bytes, MERKLE_HASH}, {right->bytes, MERKLE_HASH}};

    digest_sha256(pieces, 3, out->bytes);
}

size_t merkle_peaks(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

/* Adds a subtree of so many leaves, a power of two that divides the size: as in counting with bits,
 * each equal peak before it is joined with it. tile: the root of the run that becomes whole by it;
 * NULL: not wanted. */
static void merkle_add(struct merkle *tree, struct merkle_hash node, uint64_t leaves,
                       struct merkle_hash *tile)
{
    size_t n = merkle_peaks(tree->size);
    uint64_t bit = leaves;

    LOG_ASSERT(tree->size <= INT64_MAX - leaves && tree->size % leaves == 0);
    for (; tree->size & bit; bit <<= 1) {
        if (bit == MERKLE_TILE && tile)
            *tile = node;
        merkle_node(&tree->peaks[--n], &node, &node);
    }
    if (bit == MERKLE_TILE && tile)
        *tile = node;
    tree->peaks[n] = node;
    tree->size += leaves;
}

void merkle_append(struct merkle *tree, const struct merkle_hash *leaf)
{
    merkle_add(tree, *leaf, 1, NULL);
}

bool merkle_append_noting(struct merkle *tree, const struct merkle_hash *leaf,
                          struct merkle_hash *tile)
{
    merkle_add(tree, *leaf, 1, tile);
    return tree->size % MERKLE_TILE == 0;
}

void merkle_append_tile(struct merkle *tree, const struct merkle_hash *tile)
{
    merkle_add(tree, *tile, MERKLE_TILE, NULL);
}

void merkle_root(const struct merkle *tree, struct merkle_hash *out)
{
    size_t n = merkle_peaks(tree->size);

    if (n == 0) {
        digest_sha256(NULL, 0, out->bytes);
        return;
    }
    *out = tree->peaks[--n];
    while (n)
        merkle_node(&tree->peaks[--n], out, out);
}

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_HASH) == 0;
}

/* The biggest power of two below n (n > 1): where RFC 6962 splits a tree. */
static uint64_t merkle_split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static int merkle_prove_add(uint64_t from, uint64_t until, merkle_range *range, void *ctx,
                            struct merkle_proof *out)
{
    LOG_ASSERT(out->n < sizeof out->hashes / sizeof *out->hashes);
    return range(ctx, from, until, &out->hashes[out->n++]);
}

/* Proofs list the hashes from the leaf up; the walk goes down, so they are turned round. */
static void merkle_turn(struct merkle_proof *proof)
{
    for (size_t i = 0; i < proof->n / 2; i++) {
        struct merkle_hash other = proof->hashes[i];

        proof->hashes[i] = proof->hashes[proof->n - 1 - i];
        proof->hashes[proof->n - 1 - i] = other;
    }
}

int merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_range *range, void *ctx,
                           struct merkle_proof *out)
{
    uint64_t from = 0, until = size;
    int rc = 0;

    LOG_ASSERT(index < size);
    out->n = 0;
    while (until - from > 1 && rc == 0) {
        uint64_t middle = from + merkle_split(until - from);

        if (index < middle) {
            rc = merkle_prove_add(middle, until, range, ctx, out);
            until = middle;
        } else {
            rc = merkle_prove_add(from, middle, range, ctx, out);
            from = middle;
        }
    }
    merkle_turn(out);
    return rc;
}

/* RFC 9162, section 2.1.3.2. */
bool merkle_is_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                        const struct merkle_proof *proof, const struct merkle_hash *root)
{
    struct merkle_hash at = *leaf;
    uint64_t node = index, last = size - 1;

    if (index >= size)
        return false;
    for (size_t i = 0; i < proof->n; i++) {
        if (last == 0)
            return false;
        if (node & 1 || node == last) {
            merkle_node(&proof->hashes[i], &at, &at);
            while (!(node & 1) && node) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(&at, &proof->hashes[i], &at);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_same(&at, root);
}

/* RFC 6962, section 2.1.2: SUBPROOF. known: the old tree's root is what this run hashes to, so that
 * it needn't be told. */
int merkle_prove_consistency(uint64_t before, uint64_t after, merkle_range *range, void *ctx,
                             struct merkle_proof *out)
{
    uint64_t from = 0, until = after;
    bool known = true;
    int rc = 0;

    LOG_ASSERT(before > 0 && before <= after);
    out->n = 0;
    while (until != before && rc == 0) {
        uint64_t middle = from + merkle_split(until - from);

        if (before <= middle) {
            rc = merkle_prove_add(middle, until, range, ctx, out);
            until = middle;
        } else {
            rc = merkle_prove_add(from, middle, range, ctx, out);
            from = middle;
            known = false;
        }
    }
    if (rc == 0 && !known)
        rc = merkle_prove_add(from, until, range, ctx, out);
    merkle_turn(out);
    return rc;
}

/* RFC 9162, section 2.1.4.2. */
bool merkle_is_consistent(uint64_t before, const struct merkle_hash *root_before, uint64_t after,
                          const struct merkle_hash *root_after, const struct merkle_proof *proof)
{
    struct merkle_hash old, now;
    uint64_t node = before - 1, last = after - 1;
    size_t i = 0;

    if (before == 0 || before > after)
        return false;
    if (before == after)
        return proof->n == 0 && merkle_same(root_before, root_after);
    if ((before & (before - 1)) == 0)
        old = *root_before;
    else if (proof->n)
        old = proof->hashes[i++];
    else
        return false;
    now = old;
    while (node & 1) {
        node >>= 1;
        last >>= 1;
    }
    for (; i < proof->n; i++) {
        if (last == 0)
            return false;
        if (node & 1 || node == last) {
            merkle_node(&proof->hashes[i], &old, &old);
            merkle_node(&proof->hashes[i], &now, &now);
            while (!(node & 1) && node) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(&now, &proof->hashes[i], &now);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_same(&old, root_before) && merkle_same(&now, root_after);
}
