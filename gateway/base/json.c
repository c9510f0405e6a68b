/* json: documents in and out. See json.h.
 * Runs: any. Library: jansson (only here). */
#include "gateway/base/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/log.h"

/* struct jv is jansson's json_t under another name, so that its header stays in this file. */
static json_t *jv_in(struct jv *value)
{
    return (json_t *)(void *)value;
}

static const json_t *jv_look(const struct jv *value)
{
    return (const json_t *)(const void *)value;
}

static struct jv *jv_out(json_t *value)
{
    if (!value)
        log_panic("json: a value could not be made");
    return (struct jv *)(void *)value;
}

static const struct jv *jv_lend(const json_t *value)
{
    return (const struct jv *)(const void *)value;
}

struct jv *jv_parse(const char *text, size_t length, const char **why)
{
    static _Thread_local json_error_t error;
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (why)
        *why = value ? NULL : error.text;
    return (struct jv *)(void *)value;
}

void jv_free(struct jv *value)
{
    json_decref(jv_in(value));
}

struct jv *jv_int(int64_t value)
{
    return jv_out(json_integer(value));
}

struct jv *jv_bool(bool value)
{
    return jv_out(json_boolean(value));
}

void jv_put(struct jv *object, const char *key, struct jv *value)
{
    if (json_object_set_new(jv_in(object), key, jv_in(value)))
        log_panic("json: can't put %s", key);
}

void jv_push(struct jv *array, struct jv *value)
{
    if (json_array_append_new(jv_in(array), jv_in(value)))
        log_panic("json: can't push");
}

struct jv *jv_object(void)
{
    return jv_out(json_object());
}

struct jv *jv_array(void)
{
    return jv_out(json_array());
}

struct jv *jv_string(const char *utf8)
{
    return jv_out(json_string(utf8));
}

struct jv *jv_null(void)
{
    return jv_out(json_null());
}

struct jv *jv_copy(const struct jv *value)
{
    return jv_out(json_deep_copy(jv_look(value)));
}

const struct jv *jv_element(const struct jv *array, size_t i)
{
    return jv_lend(json_array_get(jv_look(array), i));
}

const struct jv *jv_entry(const struct jv *object, size_t i, const char **key)
{
    json_t *look = (json_t *)(uintptr_t)jv_look(object);
    void *at = json_object_iter(look);

    while (at && i--)
        at = json_object_iter_next(look, at);
    if (!at)
        return NULL;
    *key = json_object_iter_key(at);
    return jv_lend(json_object_iter_value(at));
}

const struct jv *jv_member(const struct jv *object, const char *key)
{
    const struct jv *value;
    const char *name;

    for (size_t i = 0; (value = jv_entry(object, i, &name)); i++)
        if (strcasecmp(name, key) == 0)
            return value;
    return NULL;
}

/* One step of a pointer: token is unescaped (~1 is /, ~0 is ~). */
static const struct jv *jv_step(const struct jv *value, const char *token)
{
    if (json_is_object(jv_look(value)))
        return jv_lend(json_object_get(jv_look(value), token));
    if (json_is_array(jv_look(value)) && *token && strspn(token, "0123456789") == strlen(token) &&
        strlen(token) < 10 && (token[0] != '0' || !token[1]))
        return jv_element(value, (size_t)strtoul(token, NULL, 10));
    return NULL;
}

const struct jv *jv_at(const struct jv *value, const char *pointer)
{
    BUFFER_FREE_LATER struct buffer token = BUFFER_NULL;

    while (value && *pointer) {
        if (*pointer++ != '/')
            return NULL;
        buffer_clear(&token);
        for (; *pointer && *pointer != '/'; pointer++) {
            if (pointer[0] == '~' && (pointer[1] == '0' || pointer[1] == '1'))
                buffer_add_char(&token, *++pointer == '1' ? '/' : '~');
            else
                buffer_add_char(&token, *pointer);
        }
        value = jv_step(value, buffer_text(&token));
    }
    return value;
}

const char *jv_text(const struct jv *value)
{
    return json_string_value(jv_look(value));
}

int64_t jv_number(const struct jv *value, int64_t other)
{
    return json_is_integer(jv_look(value)) ? json_integer_value(jv_look(value)) : other;
}

bool jv_is_object(const struct jv *value)
{
    return json_is_object(jv_look(value));
}

bool jv_is_array(const struct jv *value)
{
    return json_is_array(jv_look(value));
}

size_t jv_size(const struct jv *value)
{
    return jv_is_array(value) ? json_array_size(jv_look(value)) : json_object_size(jv_look(value));
}

static int jv_append(const char *bytes, size_t length, void *out)
{
    buffer_add(out, bytes, length);
    return 0;
}

static void jv_dump(const struct jv *value, size_t flags, struct buffer *out)
{
    if (json_dump_callback(jv_look(value), jv_append, out, flags))
        log_panic("json: a value could not be written");
}

bool jv_scalar(const struct jv *value, struct buffer *out)
{
    if (!value || jv_is_object(value) || jv_is_array(value))
        return false;
    if (jv_text(value))
        buffer_add_text(out, jv_text(value));
    else
        jv_dump(value, JSON_ENCODE_ANY | JSON_COMPACT, out);
    return true;
}

void jv_write(const struct jv *value, bool indented, struct buffer *out)
{
    jv_dump(value, (indented ? JSON_INDENT(2) : JSON_COMPACT) | JSON_ENCODE_ANY, out);
}

void jv_escape(const char *utf8, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer quoted = BUFFER_NULL;
    struct jv *text = jv_string(utf8);

    jv_dump(text, JSON_ENCODE_ANY, &quoted);
    jv_free(text);
    buffer_add(out, buffer_text(&quoted) + 1, quoted.length - 2);
}
