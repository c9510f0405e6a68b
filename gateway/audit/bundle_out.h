/* bundle_out: the folder of a bundle while it is written.
 * Runs: any (blocks).
 *
 * Files are made in a folder beside the one that was asked for, which gets its name when all of
 * them are durable: whoever sees the name sees the whole bundle. Folders are 0700 and files 0600.
 * The first failure is kept; what comes after it does nothing, so only the end has to be asked. */
#ifndef LAWCAST_AUDIT_BUNDLE_OUT_H
#define LAWCAST_AUDIT_BUNDLE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gateway/base/buffer.h"

struct bundle_out {
    char *folder, *work; /* what it will be called, and is called until then */
    FILE *file;          /* the one that is being written */
    struct bundle_name {
        char *name;
        char sum[65]; /* SHA-256; "" until it is whole */
    } * names;
    size_t n, room;
    int rc;
};

/* 0; -ENOTEMPTY: the folder is there and holds something; -ENOTDIR: it is none; or -errno. Ends
 * with bundle_out_end in any case. */
int bundle_out_begin(struct bundle_out *out, const char *folder);
/* Begins a file, with its folder when the name has one; the one before it is ended first. false:
 * not possible. */
bool bundle_out_file(struct bundle_out *out, const char *name);
void bundle_out_add(struct bundle_out *out, const void *bytes, size_t length);
/* A whole file. */
void bundle_out_text(struct bundle_out *out, const char *name, const struct buffer *text);
bool bundle_out_has(const struct bundle_out *out, const char *name);
/* Adds SHA256SUMS and gives the folder its name, or removes all of it after a failure, also when rc
 * says that one happened elsewhere. 0, rc, or the first -errno. Frees. */
int bundle_out_end(struct bundle_out *out, int rc);

#endif
