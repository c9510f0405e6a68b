/* json: documents in and out; json.c is the one file that includes jansson. Names start with jv_,
 * because jansson owns json_.
 * Runs: any.
 *
 * Building: jv_object/jv_array make empty ones, jv_put/jv_push give a value to its container,
 * which then owns it. Reading: jv_at walks an RFC 6901 pointer and lends what it finds. */
#ifndef LAWCAST_BASE_JSON_H
#define LAWCAST_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

struct jv; /* opaque: one value */

/* Parses length bytes of strict JSON (any value; duplicate keys, bad UTF-8 and trailing bytes are
 * errors). NULL on error, then *why (if why is not NULL) is a static or thread-local sentence. */
struct jv *jv_parse(const char *text, size_t length, const char **why);
void jv_free(struct jv *value); /* NULL is fine */

struct jv *jv_object(void);
struct jv *jv_array(void);
struct jv *jv_string(const char *utf8); /* bad UTF-8 ends the process: callers validate */
struct jv *jv_int(int64_t value);
struct jv *jv_bool(bool value);
struct jv *jv_null(void);
struct jv *jv_copy(const struct jv *value);
void jv_put(struct jv *object, const char *key, struct jv *value);
void jv_push(struct jv *array, struct jv *value);

/* The value at an RFC 6901 pointer ("" is the whole document), or NULL. Lent. */
const struct jv *jv_at(const struct jv *value, const char *pointer);
/* Member of an object, its name compared without regard to ASCII case; or NULL. Lent. */
const struct jv *jv_member(const struct jv *object, const char *key);
const char *jv_text(const struct jv *value);              /* NULL unless a string */
int64_t jv_number(const struct jv *value, int64_t other); /* other unless an integer */
bool jv_is_object(const struct jv *value);
bool jv_is_array(const struct jv *value);
size_t jv_size(const struct jv *value); /* elements or members; 0 for others */
const struct jv *jv_element(const struct jv *array, size_t i); /* NULL past the end */
/* Member i of an object in its order; *key is lent. NULL past the end. */
const struct jv *jv_entry(const struct jv *object, size_t i, const char **key);
/* A string as it is, a number, true, false or null as JSON writes it; nothing for containers
 * (returns false). For comparing with what a configuration says. */
bool jv_scalar(const struct jv *value, struct buffer *out);

/* Adds the document; keys stay in order. indented: for people. */
void jv_write(const struct jv *value, bool indented, struct buffer *out);
/* Adds text as the inside of a JSON string, without the quotes. */
void jv_escape(const char *utf8, struct buffer *out);

#endif
