/* control: the gateway's control socket, for commands on the same machine.
 * Runs: loop (control_open .. control_close); control_ask runs in a command and blocks.
 *
 * A Unix socket beside the books: control_path(ledger). One command a line, words parted by spaces;
 * each is answered by one line of JSON: {"ok":VERB, ...} or {"error":SENTENCE} in the language of
 * the gateway, at most CONTROL_ANSWER_MAX bytes. verbs.h has all verbs, lawcast-control(7) what
 * they answer.
 *
 * Only the gateway's own user and root are listened to (SO_PEERCRED), whatever the file's mode
 * says. A guest's next command waits for the answer to the last. A socket that a crash left behind
 * is taken over: whoever opens one holds the lock on the books. */
#ifndef LAWCAST_CONTROL_H
#define LAWCAST_CONTROL_H

#include <stddef.h>
#include <sys/types.h>

#include <uv.h>

#include "gateway/base/json.h"

#define CONTROL_LINE_MAX    20480 /* bytes, its end not counted: room for what a unit hands in */
#define CONTROL_WORDS_MAX   8
#define CONTROL_ANSWER_MAX  65536 /* bytes, its end counted: a longer one becomes an error */
#define CONTROL_GUEST_MAX   48
#define CONTROL_CLIENTS_MAX 16

struct control; /* opaque */

/* Does what n >= 1 words say and fills answer, an empty object, with "ok" or "error". */
typedef void control_obey(void *ctx, size_t n, char *const *words, struct jv *answer);

/* An answer that needs time: control_promise is called in control_obey, whose answer is then
 * thrown away; control_keep says it (and frees both), also when the guest has left meanwhile or
 * control is closed. */
struct control_promise;
struct control_promise *control_promise(struct control *control);
void control_keep(struct control_promise *promise, struct jv *answer);

/* Who asks: "user lo", or "user 1000" of one without a name (only within control_obey). Lent. */
const char *control_guest(const struct control *control);

/* The same of a user id. May ask a directory service. */
void control_name_user(uid_t user, char name[static CONTROL_GUEST_MAX]);

/* To be freed. */
char *control_path(const char *ledger);
/* 0, or -errno: the gateway can do without. path is lent. */
int control_open(struct control **out, uv_loop_t *loop, const char *path, control_obey *obey,
                 void *ctx);
/* Hangs up and removes the socket; frees itself once the loop has closed its handles. NULL is fine.
 */
void control_close(struct control *control);

/* Splits a line in place; the number of words, 0: none, more than CONTROL_WORDS_MAX, or characters
 * that no word has (controls, bytes above 126). */
size_t control_split(char *line, char *words[static CONTROL_WORDS_MAX]);

/* Says one line (without its end) to the gateway at path and waits for its answer, at most 5 s. 0:
 * *answer is to be freed; -ENOENT, -ECONNREFUSED: no gateway listens; another -errno. */
int control_ask(const char *path, const char *line, struct jv **answer);

#endif
