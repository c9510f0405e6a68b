/* test_backup: copies of books: made under another name, by one at a time, never over anything; and
 * their pictures. Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"
#include "gateway/ledger/copy.h"
#include "gateway/ledger/evidence.h"

static char *beside(const struct kit *kit, const char *ending)
{
    return mem_printf("%s%s", kit->path, ending);
}

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static struct books *open_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    return books;
}

static void one_copy_at_a_time_and_nothing_is_written_over(void **state)
{
    struct kit *kit = *state;
    struct books *books = open_books(kit);
    MEM_FREE_LATER char *path = beside(kit, ".copy");
    MEM_FREE_LATER char *part = beside(kit, ".copy.incomplete");
    struct copy first, second;
    struct stat file;

    put_file(part, "what a crash has left");
    assert_int_equal(copy_begin(&first, path), 0);
    assert_int_equal(copy_begin(&second, path), -EALREADY);
    copy_end(&second);
    assert_int_equal(access(part, F_OK), 0); /* still the first one's */
    assert_int_equal(copy_books(&first, books), 0);
    put_file(path, "somebody was faster");
    assert_int_equal(copy_finish(&first), -EEXIST);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(copy_finish(&first), 0);
    copy_end(&first);
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    books_close(books);
    unlink(path);
}

static void what_is_not_finished_is_gone(void **state)
{
    struct kit *kit = *state;
    struct books *books = open_books(kit);
    MEM_FREE_LATER char *path = beside(kit, ".copy");
    MEM_FREE_LATER char *nowhere = beside(kit, "/below/a/file");
    struct copy copy;

    assert_int_equal(copy_begin(&copy, path), 0);
    assert_int_equal(copy_books(&copy, books), 0);
    assert_int_equal(copy_check(books), 0);
    copy_end(&copy);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(copy_begin(&copy, nowhere), -ENOTDIR);
    copy_end(&copy);
    books_close(books);
}

static void add_picture(const char *folder, const char *data, char path[static 300])
{
    struct evidence picture = {
        .picture = data, .picture_length = strlen(data), .picture_type = "png"};
    char name[EVIDENCE_NAME];

    assert_int_equal(evidence_keep(folder, &picture, name), 0);
    snprintf(path, 300, "%s/%s", folder, name);
}

/* /dev/shm is another disk, where nothing can be linked; elsewhere it is a second folder. */
static void pictures_are_brought_once(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *from = evidence_folder(kit->path);
    MEM_FREE_LATER char *stray = mem_printf("%s/notes.txt", from);
    char to[] = "/dev/shm/lawcast-copy-XXXXXX", one[300], two[300];
    struct copy_pictures pictures;

    if (!mkdtemp(to))
        skip();
    assert_int_equal(copy_evidence(from, to, COPY_APART, &pictures),
                     0); /* no folder: no pictures */
    assert_int_equal(pictures.n, 0);
    add_picture(from, "a picture", one);
    add_picture(from, "another one", two);
    put_file(stray, "not ours");
    assert_int_equal(chmod(two, 0600), 0);
    put_file(two, "another two"); /* it isn't what its name says */
    assert_int_equal(copy_evidence(from, to, COPY_APART, &pictures), 0);
    assert_int_equal(pictures.n, 2);
    assert_int_equal(pictures.added, 2);
    assert_int_equal(pictures.damaged, 1);
    assert_int_equal(copy_evidence(from, to, COPY_APART, &pictures), 0);
    assert_int_equal(pictures.added, 0);
    copy_drop_evidence(to);
    assert_int_equal(access(to, F_OK), -1); /* so the stray file hadn't come along */
    assert_int_equal(unlink(stray), 0);
}

/* Of two files with the same blocks one bad block spoils both: a backup has its own. What is spoilt
 * already is brought again, either way. */
static void a_spoilt_picture_is_brought_again(void **state)
{
    static const struct {
        enum copy_way way;
        nlink_t links;
    } cases[] = {{COPY_APART, 1}, {COPY_LINKED, 2}};
    struct kit *kit = *state;
    MEM_FREE_LATER char *from = evidence_folder(kit->path);
    MEM_FREE_LATER char *to = mem_printf("%s.copy", kit->path);
    char ours[300];

    add_picture(from, "a picture", ours);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MEM_FREE_LATER char *theirs = mem_printf("%s%s", to, strrchr(ours, '/'));
        BUFFER_FREE_LATER struct buffer data = BUFFER_NULL;
        struct copy_pictures pictures;
        struct stat file;

        assert_int_equal(copy_evidence(from, to, cases[i].way, &pictures), 0);
        assert_int_equal(pictures.added, 1);
        assert_int_equal(stat(theirs, &file), 0);
        assert_int_equal(file.st_nlink, cases[i].links);
        assert_int_equal(file.st_mode & 0777, 0400);
        assert_int_equal(unlink(theirs), 0);
        put_file(theirs, "A picture"); /* of the same length */
        assert_int_equal(copy_evidence(from, to, cases[i].way, &pictures), 0);
        assert_int_equal(pictures.added, 1);
        assert_int_equal(pictures.damaged, 0);
        assert_int_equal(buffer_read_file(&data, theirs, 100), 0);
        assert_string_equal(buffer_text(&data), "a picture");
        copy_drop_evidence(to);
    }
}

/* What stands in the way isn't overlooked: an incomplete copy would pass for a whole one. */
static void busy_books_are_not_half_copied(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *path = beside(kit, ".copy");
    struct copy copy;
    struct db *db;

    kit_close(kit);
    assert_int_equal(db_open(&db, kit->path, DB_WRITE), 0);
    assert_int_equal(copy_begin(&copy, path), 0);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_exec(db, "UPDATE meta SET summed = 1"), 0);
    assert_int_equal(copy_db(&copy, db), -EBUSY);
    assert_true(*db_why(db));
    db_rollback(db);
    assert_int_equal(copy_db(&copy, db), 0);
    assert_int_equal(copy_read_again(&copy), 0);
    assert_int_equal(ftruncate(copy.fd, 8192), 0);
    assert_int_equal(copy_read_again(&copy), -EUCLEAN);
    copy_end(&copy);
    db_close(db);
}

static void a_reader_leaves_no_log(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *log = beside(kit, "-wal");
    MEM_FREE_LATER char *index = beside(kit, "-shm");
    struct books *books, *other;

    kit_close(kit);
    books = open_books(kit);
    other = open_books(kit);
    books_close(books);
    assert_int_equal(access(log, F_OK), 0); /* the other one needs it */
    books_close(other);
    books = open_books(kit);
    books_close(books);
    assert_int_equal(access(log, F_OK), -1);
    assert_int_equal(access(index, F_OK), -1);
    assert_int_equal(kit_open(kit), 0);
    books = open_books(kit);
    books_close(books);
    assert_int_equal(access(log, F_OK), 0); /* the writer's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_copy_at_a_time_and_nothing_is_written_over, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_finished_is_gone, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(pictures_are_brought_once, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_reader_leaves_no_log, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_spoilt_picture_is_brought_again, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(busy_books_are_not_half_copied, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
