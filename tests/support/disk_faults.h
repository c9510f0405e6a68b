/* disk_faults: a disk that fails on command: stands between a program and the files of its books.
 * Runs: any.
 *
 * A program that is linked with disk_faults.c has its own write, pwrite64, fdatasync, open64, ... :
 * SQLite finds them before libc's. Every change of a watched file (write, sync, cut, rename,
 * removal) is a step; steps are numbered from 1. The commands lie in a file that is mapped by who
 * gives them and by who suffers them, so they can be changed while a program runs.
 *
 * Nothing is synced in earnest: no test pulls a real plug. A power cut is played: what was written
 * since a file was last synced, and which names were made, changed or removed since the folder was,
 * is put back as it was, all of it or by chance. Removed files are kept until then beside their
 * place, with a '~' at the end of the name. */
#ifndef LAWCAST_TESTS_SUPPORT_DISK_FAULTS_H
#define LAWCAST_TESTS_SUPPORT_DISK_FAULTS_H

#include <stdatomic.h>
#include <stdint.h>

#define DISK_FAULTS_ENV "LAWCAST_DISK_FAULTS" /* the file of the commands */
#define DISK_SECTOR     512

/* How the process ends at its step die_at. */
enum disk_death {
    DEATH_BEFORE,     /* SIGKILL */
    DEATH_AFTER,      /* SIGKILL once it is done; nobody is answered */
    DEATH_HALF,       /* the first half of a write is done; of anything else as BEFORE */
    DEATH_SECTORS,    /* some of its sectors */
    DEATH_POWER,      /* the power fails: nothing that wasn't synced is left */
    DEATH_POWER_SOME, /* the same, but some sectors and names had got there */
    DISK_DEATHS
};

/* What fails from step refuse_from on. */
enum disk_refusal {
    REFUSE_NOTHING,
    REFUSE_GROWTH,  /* what needs more room: as on a full disk */
    REFUSE_CHANGES, /* every write, cut, rename, removal, and opening for writing */
    REFUSE_SYNCS,
};

struct disk_faults {
    char path[192]; /* watched: whatever begins so, and the folder that it is in */
    atomic_llong steps;
    atomic_llong die_at; /* 0: never */
    atomic_int death;
    atomic_int refusal, error; /* error: errno */
    atomic_llong refuse_from;
    atomic_llong refused; /* so many calls */
    atomic_int sync_ms;   /* so long takes every sync */
    atomic_llong syncs;   /* so many */
    atomic_ullong seed;
};

/* Makes the file of the commands, with none in it; to be unmapped. NULL: it can't be. */
struct disk_faults *disk_faults_make(const char *file, const char *path);
void disk_faults_unmap(struct disk_faults *faults);
/* From now on this process suffers them. One that finds DISK_FAULTS_ENV at its start does so. */
void disk_faults_suffer(struct disk_faults *faults);

#endif
