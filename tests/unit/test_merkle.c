/* test_merkle: the tree of RFC 6962 against its definition, and against proofs that lie.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/merkle.h"

#define LEAVES 300

struct leaves {
    struct merkle_hash hashes[LEAVES];
};

static void make_leaves(struct leaves *leaves)
{
    for (size_t i = 0; i < LEAVES; i++) {
        char text[16];
        int n = snprintf(text, sizeof text, "leaf %zu", i);

        merkle_leaf(text, (size_t)n, &leaves->hashes[i]);
    }
}

/* MTH as RFC 6962 defines it: by recursion over all leaves. */
static int range(void *ctx, uint64_t from, uint64_t until, struct merkle_hash *out)
{
    const struct leaves *leaves = ctx;
    struct merkle_hash left, right;
    uint64_t half = 1;

    if (until - from == 1) {
        *out = leaves->hashes[from];
        return 0;
    }
    while (half * 2 < until - from)
        half *= 2;
    range(ctx, from, from + half, &left);
    range(ctx, from + half, until, &right);
    merkle_node(&left, &right, out);
    return 0;
}

static void root_of(struct leaves *leaves, uint64_t size, struct merkle_hash *root)
{
    assert_int_equal(range(leaves, 0, size, root), 0);
}

/* The eight leaves and roots of the test vectors of Certificate Transparency's reference code. */
static void test_known_roots(void **state)
{
    static const struct {
        const char *data;
        size_t length;
    } inputs[] = {{"", 0},
                  {"\x00", 1},
                  {"\x10", 1},
                  {"\x20\x21", 2},
                  {"\x30\x31", 2},
                  {"\x40\x41\x42\x43", 4},
                  {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
                  {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
    static const char *const roots[] = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    struct merkle tree = {0};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct merkle_hash leaf, root;
        struct digest text = {.n = MERKLE_HASH};
        char hex[DIGEST_HEX_MOST];

        merkle_leaf(inputs[i].data, inputs[i].length, &leaf);
        merkle_append(&tree, &leaf);
        merkle_root(&tree, &root);
        memcpy(text.bytes, root.bytes, MERKLE_HASH);
        digest_hex(&text, hex);
        assert_string_equal(hex, roots[i]);
    }
}

static void test_empty_root(void **state)
{
    struct merkle tree = {0};
    struct merkle_hash root;
    struct digest nothing = digest_of(DIGEST_SHA256, "", 0);

    (void)state;
    merkle_root(&tree, &root);
    assert_memory_equal(root.bytes, nothing.bytes, MERKLE_HASH);
}

static void test_appending_is_the_definition(void **state)
{
    struct leaves leaves;
    struct merkle tree = {0};

    (void)state;
    make_leaves(&leaves);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        struct merkle_hash grown, defined;

        merkle_append(&tree, &leaves.hashes[size - 1]);
        merkle_root(&tree, &grown);
        root_of(&leaves, size, &defined);
        assert_memory_equal(grown.bytes, defined.bytes, MERKLE_HASH);
    }
}

static void test_tiles_are_their_leaves(void **state)
{
    struct leaves leaves;
    struct merkle tree = {0}, by_tile = {0};
    struct merkle_hash tile, a, b;

    (void)state;
    make_leaves(&leaves);
    root_of(&leaves, MERKLE_TILE, &tile);
    merkle_append_tile(&by_tile, &tile);
    for (size_t i = 0; i < LEAVES; i++) {
        merkle_append(&tree, &leaves.hashes[i]);
        if (i >= MERKLE_TILE)
            merkle_append(&by_tile, &leaves.hashes[i]);
    }
    merkle_root(&tree, &a);
    merkle_root(&by_tile, &b);
    assert_memory_equal(a.bytes, b.bytes, MERKLE_HASH);
    assert_int_equal(by_tile.size, LEAVES);
}

static void test_inclusion(void **state)
{
    static const uint64_t sizes[] = {1, 2, 3, 5, 7, 8, 9, 33, 255, 256, 257, LEAVES};
    struct leaves leaves;

    (void)state;
    make_leaves(&leaves);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct merkle_hash root;

        root_of(&leaves, sizes[s], &root);
        for (uint64_t i = 0; i < sizes[s]; i++) {
            struct merkle_proof proof;

            assert_int_equal(merkle_prove_inclusion(i, sizes[s], range, &leaves, &proof), 0);
            assert_true(merkle_is_included(&leaves.hashes[i], i, sizes[s], &proof, &root));
            assert_false(merkle_is_included(&leaves.hashes[i], i ^ 1, sizes[s], &proof, &root) &&
                         sizes[s] > 1);
            assert_false(
                merkle_is_included(&leaves.hashes[(i + 1) % LEAVES], i, sizes[s], &proof, &root));
            proof.n++;
            memset(&proof.hashes[proof.n - 1], 0, sizeof *proof.hashes);
            assert_false(merkle_is_included(&leaves.hashes[i], i, sizes[s], &proof, &root));
        }
    }
}

static void test_consistency(void **state)
{
    struct leaves leaves;

    (void)state;
    make_leaves(&leaves);
    for (uint64_t after = 1; after <= 70; after++) {
        for (uint64_t before = 1; before <= after; before++) {
            struct merkle_hash old, now, other;
            struct merkle_proof proof;

            root_of(&leaves, before, &old);
            root_of(&leaves, after, &now);
            assert_int_equal(merkle_prove_consistency(before, after, range, &leaves, &proof), 0);
            assert_true(merkle_is_consistent(before, &old, after, &now, &proof));
            other = old;
            other.bytes[7] ^= 1;
            assert_false(merkle_is_consistent(before, &other, after, &now, &proof));
            other = now;
            other.bytes[31] ^= 0x80;
            assert_false(merkle_is_consistent(before, &old, after, &other, &proof));
            if (proof.n) {
                proof.n--;
                assert_false(merkle_is_consistent(before, &old, after, &now, &proof));
            }
        }
    }
    assert_false(merkle_is_consistent(0, NULL, 1, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_roots),
        cmocka_unit_test(test_empty_root),
        cmocka_unit_test(test_appending_is_the_definition),
        cmocka_unit_test(test_tiles_are_their_leaves),
        cmocka_unit_test(test_inclusion),
        cmocka_unit_test(test_consistency),
    };

    return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
