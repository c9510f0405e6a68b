/* store_attach: what units hand in after the day, and who is responsible.
 * Runs: ledger thread.
 *
 * Nothing is replaced: what is told anew is a further row and a further record, and the last one
 * holds. A contact's phone enters the record as the tag of its text, by the books' own key. */
#include "gateway/ledger/store_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"

/* ---- what both find ---- */

/* 1: found; 0: there is none; or -errno. */
static int store_find_code(struct store *store, enum sql_statement s, const char *code, int64_t *id)
{
    int rc;

    db_bind_text(store->db, s, 1, code);
    rc = db_row(store->db, s);
    if (rc <= 0)
        return rc;
    *id = db_int(store->db, s, 0);
    db_end(store->db, s);
    return 1;
}

/* ---- what is handed in ---- */

struct store_place {
    int64_t campaign, unit;
};

/* 1: found; 0: no such campaign, or the unit has no part in it; or -errno. */
static int store_find_place(struct store *store, const struct ledger_op *op,
                            struct store_place *place)
{
    int rc = store_find_code(store, SQL_CAMPAIGN_FIND, op->attach.campaign, &place->campaign);

    if (rc > 0)
        rc = store_find_code(store, SQL_UNIT_FIND, op->attach.unit, &place->unit);
    if (rc <= 0)
        return rc;
    db_start(store->db, SQL_QUOTA, place->campaign, place->unit);
    rc = db_row(store->db, SQL_QUOTA);
    if (rc > 0)
        db_end(store->db, SQL_QUOTA);
    return rc;
}

struct store_activity {
    char *held, *place, *content;
    int64_t participants;
};

static void store_activity_free(struct store_activity *activity)
{
    free(activity->held);
    free(activity->place);
    free(activity->content);
}

/* Takes what is told; says whether that is news. */
static bool store_activity_tell(char **field, const char *told)
{
    if (!told || (*field && strcmp(*field, told) == 0))
        return false;
    free(*field);
    *field = mem_dup(told);
    return true;
}

/* What was handed in last, or nothing. 0 or -errno. */
static int store_activity_last(struct store *store, const struct store_place *place,
                               struct store_activity *out)
{
    struct db *db = store->db;
    int rc;

    *out = (struct store_activity){.participants = -1};
    db_start(db, SQL_ACTIVITY_LAST, place->campaign, place->unit);
    rc = db_row(db, SQL_ACTIVITY_LAST);
    if (rc > 0) {
        *out = (struct store_activity){
            mem_dup(db_text(db, SQL_ACTIVITY_LAST, 0)), mem_dup(db_text(db, SQL_ACTIVITY_LAST, 1)),
            mem_dup(db_text(db, SQL_ACTIVITY_LAST, 2)), db_int(db, SQL_ACTIVITY_LAST, 3)};
        db_end(db, SQL_ACTIVITY_LAST);
        return 0;
    }
    out->held = mem_dup("");
    out->place = mem_dup("");
    out->content = mem_dup("");
    return rc;
}

static int store_activity_add(struct store *store, const struct store_place *place,
                              const struct store_activity *activity, int64_t at_ms)
{
    struct db *db = store->db;
    struct jv *object = jv_object();
    int rc;

    db_start(db, SQL_ACTIVITY_ADD, place->campaign, place->unit, at_ms, activity->participants);
    db_bind_text(db, SQL_ACTIVITY_ADD, 5, activity->held);
    db_bind_text(db, SQL_ACTIVITY_ADD, 6, activity->place);
    db_bind_text(db, SQL_ACTIVITY_ADD, 7, activity->content);
    rc = db_finish(db, SQL_ACTIVITY_ADD);
    jv_put(object, "campaign", jv_int(place->campaign));
    jv_put(object, "unit", jv_int(place->unit));
    jv_put(object, "held", jv_string(activity->held));
    jv_put(object, "place", jv_string(activity->place));
    jv_put(object, "participants", jv_int(activity->participants));
    jv_put(object, "content", jv_string(activity->content));
    if (rc == 0)
        return store_fact(store, FACT_ACTIVITY, object, at_ms);
    jv_free(object);
    return rc;
}

/* What isn't told stays as it was. */
static int store_activity_note(struct store *store, const struct store_place *place,
                               const struct ledger_op *op)
{
    struct store_activity activity;
    int rc = store_activity_last(store, place, &activity);
    bool news = store_activity_tell(&activity.held, op->attach.held);

    news |= store_activity_tell(&activity.place, op->attach.place);
    news |= store_activity_tell(&activity.content, op->attach.content);
    if (op->attach.participants >= 0 && op->attach.participants != activity.participants) {
        activity.participants = op->attach.participants;
        news = true;
    }
    if (rc == 0 && news)
        rc = store_activity_add(store, place, &activity, op->at_ms);
    store_activity_free(&activity);
    return rc;
}

/* ---- photos ---- */

/* The name that the folder of evidence gives it. */
static void store_photo_name(const struct ledger_photo *photo, char name[static EVIDENCE_NAME])
{
    struct digest digest;
    char text[DIGEST_HEX_MOST];

    if (photo->file) {
        snprintf(name, EVIDENCE_NAME, "%s", photo->file);
        return;
    }
    digest = digest_of(DIGEST_SHA256, photo->data, photo->length);
    digest_hex(&digest, text);
    snprintf(name, EVIDENCE_NAME, "%s.%s", text, photo->type);
}

/* 1: the unit has handed it in already; 0: not; or -errno. */
static int store_photo_is_known(struct store *store, const struct store_place *place,
                                const char *name)
{
    int rc;

    db_start(store->db, SQL_PHOTO_FIND, place->campaign, place->unit);
    db_bind_text(store->db, SQL_PHOTO_FIND, 3, name);
    rc = db_row(store->db, SQL_PHOTO_FIND);
    if (rc > 0)
        db_end(store->db, SQL_PHOTO_FIND);
    return rc;
}

/* Into the folder, unless it is there. 0 or -errno. */
static int store_photo_keep(struct store *store, const struct ledger_photo *photo,
                            char name[static EVIDENCE_NAME])
{
    struct evidence evidence = {
        .picture = photo->data, .picture_length = photo->length, .picture_type = photo->type};
    int rc;

    store_photo_name(photo, name);
    if (photo->file)
        return 0;
    rc = evidence_keep(store->evidence, &evidence, name);
    if (rc == 0)
        store->pictured = true;
    return rc;
}

/* One that is known is put back where its file is gone or was altered. 1 or -errno. */
static int store_photo_renew(struct store *store, const struct ledger_photo *photo)
{
    char name[EVIDENCE_NAME];
    int rc = store_photo_keep(store, photo, name);

    return rc < 0 ? rc : 1;
}

/* How many it has handed in, or -errno. */
static int store_photo_count(struct store *store, const struct store_place *place)
{
    int64_t n;
    int rc;

    db_start(store->db, SQL_PHOTO_COUNT, place->campaign, place->unit);
    rc = db_row(store->db, SQL_PHOTO_COUNT);
    if (rc < 0)
        return rc;
    n = db_int(store->db, SQL_PHOTO_COUNT, 0);
    db_end(store->db, SQL_PHOTO_COUNT);
    return (int)n;
}

/* The photos that weren't there, by their places in the op. */
struct store_news {
    size_t at[LEDGER_PHOTOS], n;
    char names[LEDGER_PHOTOS][EVIDENCE_NAME];
};

/* 0; 1: more than a unit may hand in; or -errno. */
static int store_photo_sift(struct store *store, const struct store_place *place,
                            const struct ledger_op *op, struct store_news *news)
{
    int there = store_photo_count(store, place);

    *news = (struct store_news){0};
    for (size_t i = 0; i < op->attach.n_photos && there >= 0; i++) {
        char name[EVIDENCE_NAME];
        bool twice = false;
        int rc;

        store_photo_name(&op->attach.photos[i], name);
        for (size_t k = 0; k < news->n; k++)
            twice = twice || strcmp(news->names[k], name) == 0;
        rc = twice ? 1 : store_photo_is_known(store, place, name);
        if (rc < 0)
            return rc;
        if (rc > 0 && !twice)
            rc = store_photo_renew(store, &op->attach.photos[i]);
        if (rc < 0)
            return rc;
        if (rc > 0)
            continue;
        if ((size_t)there + news->n >= LEDGER_PHOTOS)
            return 1;
        news->at[news->n] = i;
        memcpy(news->names[news->n++], name, sizeof name);
    }
    return there < 0 ? there : 0;
}

static int store_photo_add(struct store *store, const struct store_place *place,
                           const struct ledger_photo *photo, int64_t at_ms)
{
    struct db *db = store->db;
    char name[EVIDENCE_NAME];
    int rc = store_photo_keep(store, photo, name);
    struct jv *object;

    if (rc < 0)
        return rc;
    db_start(db, SQL_PHOTO_ADD, place->campaign, place->unit, at_ms);
    db_bind_text(db, SQL_PHOTO_ADD, 4, photo->name);
    db_bind_text(db, SQL_PHOTO_ADD, 5, name);
    rc = db_finish(db, SQL_PHOTO_ADD);
    if (rc < 0)
        return rc;
    object = jv_object();
    jv_put(object, "campaign", jv_int(place->campaign));
    jv_put(object, "unit", jv_int(place->unit));
    jv_put(object, "name", jv_string(photo->name));
    jv_put(object, "file", jv_string(name));
    return store_fact(store, FACT_PHOTO, object, at_ms);
}

static bool store_photos_are_there(const struct store *store, const struct ledger_op *op)
{
    for (size_t i = 0; i < op->attach.n_photos; i++)
        if (op->attach.photos[i].file && !evidence_has(store->evidence, op->attach.photos[i].file))
            return false;
    return true;
}

/* Nothing changes unless all of it can be taken. */
int store_attach(struct store *store, struct ledger_op *op)
{
    struct store_place place;
    struct store_news news;
    int rc = store_find_place(store, op, &place);

    op->attach.added = 0;
    if (rc <= 0) {
        op->result = LEDGER_NONE;
        return rc;
    }
    if (!store_photos_are_there(store, op)) {
        op->result = LEDGER_OPEN;
        return 0;
    }
    rc = store_photo_sift(store, &place, op, &news);
    if (rc > 0)
        op->result = LEDGER_FULL;
    if (rc)
        return rc < 0 ? rc : 0;
    if (op->attach.activity)
        rc = store_activity_note(store, &place, op);
    for (size_t i = 0; i < news.n && rc == 0; i++)
        rc = store_photo_add(store, &place, &op->attach.photos[news.at[i]], op->at_ms);
    op->attach.added = news.n;
    return rc;
}

/* ---- who is responsible ---- */

struct store_contact {
    int64_t unit;
    const char *name, *position, *phone;
};

/* 1: the books say so already (also when they know nobody, and nobody is named); 0: not; or
 * -errno. */
static int store_contact_is_known(struct store *store, const struct store_contact *contact)
{
    struct db *db = store->db;
    bool same;
    int rc;

    db_start(db, SQL_CONTACT_LAST, contact->unit);
    rc = db_row(db, SQL_CONTACT_LAST);
    if (rc <= 0)
        return rc < 0 ? rc : !*contact->name;
    same = strcmp(db_text(db, SQL_CONTACT_LAST, 0), contact->name) == 0 &&
           strcmp(db_text(db, SQL_CONTACT_LAST, 1), contact->position) == 0 &&
           strcmp(db_text(db, SQL_CONTACT_LAST, 2), contact->phone) == 0;
    db_end(db, SQL_CONTACT_LAST);
    return same;
}

/* "" of no phone. 0 or -errno. */
static int store_contact_tag(struct store *store, const char *phone,
                             char text[static RECORD_TAG_TEXT])
{
    struct record_key key;
    struct record_tag tag;
    int rc;

    text[0] = '\0';
    if (!*phone)
        return 0;
    rc = store_own_key(store, &key);
    if (rc)
        return rc < 0 ? rc : 0;
    record_tag_text(&key, phone, &tag, NULL);
    explicit_bzero(&key, sizeof key);
    record_tag_hex(&tag, text);
    return 0;
}

static int store_contact_add(struct store *store, const struct store_contact *contact,
                             int64_t at_ms)
{
    struct db *db = store->db;
    char tag[RECORD_TAG_TEXT];
    int rc = store_contact_tag(store, contact->phone, tag);
    struct jv *object;

    if (rc < 0)
        return rc;
    db_start(db, SQL_CONTACT_ADD, contact->unit, at_ms);
    db_bind_text(db, SQL_CONTACT_ADD, 3, contact->name);
    db_bind_text(db, SQL_CONTACT_ADD, 4, contact->position);
    db_bind_text(db, SQL_CONTACT_ADD, 5, contact->phone);
    rc = db_finish(db, SQL_CONTACT_ADD);
    if (rc < 0)
        return rc;
    object = jv_object();
    jv_put(object, "unit", jv_int(contact->unit));
    jv_put(object, "name", jv_string(contact->name));
    jv_put(object, "position", jv_string(contact->position));
    jv_put(object, "phone", jv_string(tag));
    return store_fact(store, FACT_CONTACT, object, at_ms);
}

/* Units that the books don't know have no part in anything yet. */
static int store_contact_note(struct store *store, const struct ledger_op *op, size_t i)
{
    struct store_contact contact = {.name = op->contacts.names[i],
                                    .position = op->contacts.positions[i],
                                    .phone = op->contacts.phones[i]};
    int rc = store_find_code(store, SQL_UNIT_FIND, op->contacts.units[i], &contact.unit);

    if (rc <= 0)
        return rc;
    rc = store_contact_is_known(store, &contact);
    return rc ? (rc < 0 ? rc : 0) : store_contact_add(store, &contact, op->at_ms);
}

static int store_deadline(struct store *store, const struct ledger_op *op)
{
    struct db *db = store->db;
    int64_t deadline_ms = op->contacts.deadline_ms;
    struct jv *object;
    int rc;

    db_start(db, SQL_DEADLINE_PUT, op->campaign, deadline_ms);
    rc = db_finish(db, SQL_DEADLINE_PUT);
    if (rc < 0 || !db_changes(db))
        return rc;
    object = jv_object();
    jv_put(object, "campaign", jv_int(op->campaign));
    jv_put(object, "contacts", jv_int(deadline_ms));
    return store_fact(store, FACT_DEADLINE, object, op->at_ms);
}

int store_contacts(struct store *store, struct ledger_op *op)
{
    int rc = op->campaign ? store_deadline(store, op) : 0;

    for (size_t i = 0; i < op->contacts.n && rc == 0; i++)
        rc = store_contact_note(store, op, i);
    return rc;
}
