/* mem: memory that is never refused, and freeing that can't be forgotten.
 * Runs: any.
 *
 * Every allocation is zeroed. When memory runs out the process ends with a message: the books on
 * disk are whole at every instant, so dying is safe and half-working is not. */
#ifndef LAWCAST_BASE_MEM_H
#define LAWCAST_BASE_MEM_H

#include <stddef.h>

/* n objects of size bytes each, zeroed; the product is checked. Never NULL. Free with free(). */
void *mem_alloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
/* Grows p to n objects of size bytes; new bytes are NOT zeroed. Never NULL. */
void *mem_grow(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
/* Copies; NULL stays NULL. */
char *mem_dup(const char *text);
char *mem_dup_n(const char *bytes, size_t length) __attribute__((returns_nonnull));
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

#define mem_new(type)      ((type *)mem_alloc(1, sizeof(type)))
#define mem_array(n, type) ((type *)mem_alloc((n), sizeof(type)))

/* Declares that the variable's string is freed when its scope is left. */
void mem_cleanup_free(void *pointer_to_pointer);
#define MEM_FREE_LATER __attribute__((cleanup(mem_cleanup_free)))

#endif
