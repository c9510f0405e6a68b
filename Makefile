# lawcast: `make demo` carries the real order in a rehearsal, `make test` runs every test.
# Both install what is missing first (Debian 12). `make help` lists the rest.

BUILD ?= build
# make's own default is cc, which may be either.
ifeq ($(origin CC),default)
CC := $(firstword $(foreach name,gcc clang cc,$(if $(shell command -v $(name)),$(name))))
endif
SANITIZE ?=
OPTIMIZE ?= -O2

PACKAGES := pkg-config libuv1-dev libconfig-dev libsqlite3-dev libcurl4-openssl-dev libc-ares-dev libgammu-dev \
	libcsv-dev libjansson-dev libssl-dev libpango1.0-dev fonts-wqy-microhei \
	libcmocka-dev libmicrohttpd-dev tzdata libsodium-dev libqrencode-dev libxlsxwriter-dev python3 openssl

WARNINGS := -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Werror
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE
LINKING := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZE),)
HARDENING += -D_FORTIFY_SOURCE=3
else
HARDENING += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
LINKING += -fsanitize=$(SANITIZE)
endif
# gcc only: clang 14 refuses it without a second, discouraged option.
ifeq ($(findstring clang,$(shell $(CC) --version)),)
HARDENING += -ftrivial-auto-var-init=zero
# It sees overlaps and cut texts that aren't there in what it has instrumented.
ifneq ($(SANITIZE),)
WARNINGS += -Wno-restrict -Wno-format-truncation
endif
endif
CFLAGS := -std=c17 $(OPTIMIZE) -g -D_GNU_SOURCE -I. $(WARNINGS) $(HARDENING)

LIB_SOURCES := $(wildcard gateway/base/*.c gateway/model/*.c gateway/config/*.c gateway/ledger/*.c \
	gateway/dispatch/*.c gateway/report/*.c gateway/audit/*.c gateway/control/*.c adapters/*.c adapters/display/*.c \
	adapters/display/kinds/*.c) \
	$(filter-out adapters/modem/agent%,$(wildcard adapters/modem/*.c))
MAIN_SOURCES := $(wildcard gateway/*.c)
AGENT_SOURCES := $(wildcard adapters/modem/agent*.c)
SIM_SOURCES := $(wildcard tests/sim/*.c)
SUPPORT_SOURCES := $(filter-out tests/support/disk_%,$(wildcard tests/support/*.c))
# Stands in place of libc's write, sync and rename: only in what is named below.
DISK_SOURCES := $(wildcard tests/support/disk_*.c)
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
SUITE_SOURCES := $(wildcard tests/adapters/test_*.c)
E2E_SOURCES := $(wildcard tests/e2e/test_*.c)
BENCH_SOURCES := $(wildcard tests/bench/bench_*.c)
BENCH_PARTS := $(filter-out $(BENCH_SOURCES),$(wildcard tests/bench/*.c))

comma := ,
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
program = $(patsubst tests/%.c,$(BUILD)/tests/%,$(1))

LIB := $(BUILD)/liblawcast.a
LIB_LIBS := -luv -lconfig -lsqlite3 -lcurl -lcares -lcsv -ljansson -lmicrohttpd -lcrypto -lsodium -lqrencode -lxlsxwriter \
	$(shell pkg-config --libs pangocairo 2>/dev/null)
# Adapters are known by being linked (adapters/adapter.h), so they can't wait in the archive for
# somebody to ask for them.
ADAPTERS := $(call object,$(wildcard adapters/display/kinds/*.c) adapters/fake.c adapters/modem/modem.c)
PROGRAMS := $(BUILD)/lawcast $(BUILD)/lawcast-modem $(BUILD)/lawcast-sim
TESTS := $(call program,$(UNIT_SOURCES) $(SUITE_SOURCES) $(E2E_SOURCES))
REPLAYS := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/tests/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES := $(call program,$(BENCH_SOURCES))

FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)

.PHONY: all help deps pages pot programs tests benches fuzzers demo test bench bench-modems \
	bench-boards bench-ledger fuzz install clean
.DEFAULT_GOAL := all

JOBS := -j$(shell nproc)

all: deps
	@$(MAKE) --no-print-directory $(JOBS) programs

programs: $(PROGRAMS) pages
tests: $(PROGRAMS) $(TESTS) $(REPLAYS)
benches: $(PROGRAMS) $(BENCHES)

help:
	@sed -n 's/^#: //p' Makefile

#: make            build lawcast, lawcast-modem and lawcast-sim in build/
#: make demo       rehearse campaigns/constitution-day: 130,000 messages, 320 modems, 2 boards
#: make test       unit, conformance and end-to-end tests, plain and under ASan+UBSan
#: make bench      speed, as key=value lines
#: make bench-ledger  the books at 64 and 1,024 in flight, with and without the log; reports (2 minutes)
#: make bench-modems  64 to 256 modems, and what else is installed of SMS gateways (8 minutes)
#: make bench-boards  1,000 and 10,000 boards, and curl --parallel on the same work (3 minutes)
#: make fuzz       every fuzz target for 20 s each (needs clang)
#: make pot        build/lawcast.pot: every message, for a translation gateway/po/LL.po
#: make install    into $(DESTDIR)$(PREFIX)
#: make clean      remove build/

deps:
	@tests/support/install-packages $(PACKAGES)

demo: all
	@mkdir -p build/demo/constitution-day
	@cp campaigns/constitution-day/campaign.cfg build/demo/constitution-day
	@tests/support/make-recipients build/demo/constitution-day
	$(BUILD)/lawcast rehearse -c conf/lawcast.cfg --out build/demo --undelivered 8 --rejected 2 \
		build/demo/constitution-day

# -O1: compiles in two thirds of the time.
SANITIZED := BUILD=build/sanitized SANITIZE=address,undefined OPTIMIZE=-O1

test: deps
	@tests/support/install-packages poppler-utils gettext groff-base tmux
	@tests/support/check-floors
	@$(MAKE) --no-print-directory $(JOBS) tests
	@$(MAKE) --no-print-directory $(JOBS) $(SANITIZED) tests
	@tests/support/run-tests $(BUILD) build/sanitized

bench: deps
	@$(MAKE) --no-print-directory $(JOBS) benches
	@for program in $(BENCHES); do $$program || exit 1; done

LEDGER_BENCHES := $(addprefix $(BUILD)/tests/bench/,bench_ledger bench_ledger_plain bench_report)

bench-ledger: deps
	@$(MAKE) --no-print-directory $(JOBS) $(LEDGER_BENCHES)
	@for program in $(LEDGER_BENCHES); do $$program || exit 1; done

bench-modems: deps
	@$(MAKE) --no-print-directory $(JOBS) programs $(BUILD)/tests/bench/bench_modems
	@$(BUILD)/tests/bench/bench_modems all

bench-boards: deps
	@tests/support/install-packages curl
	@$(MAKE) --no-print-directory $(JOBS) $(BUILD)/tests/bench/bench_boards
	@$(BUILD)/tests/bench/bench_boards

FUZZ_SECONDS ?= 20
FUZZING := BUILD=build/fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link

fuzz: deps
	@tests/support/install-packages clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory $(JOBS) $(FUZZING) fuzzers
	@for program in build/fuzz/tests/fuzz/fuzz_*; do echo $$program; mkdir -p $$program.corpus; \
		$$program -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$$program. $$program.corpus || exit 1; done

fuzzers: $(call program,$(FUZZ_SOURCES))

CATALOGS := $(patsubst gateway/po/%.po,$(BUILD)/locale/%/LC_MESSAGES/lawcast.mo,$(wildcard gateway/po/*.po))

# Sources of pages have marks for what the program knows of itself (gateway/manpage.h); each is made
# in the language of its folder.
MAN_PAGES := $(patsubst gateway/man/%,$(BUILD)/man/%,$(patsubst %.in,%,$(foreach section,1 5 7,$(wildcard \
	gateway/man/*.$(section) gateway/man/*.$(section).in gateway/man/*/*.$(section) gateway/man/*/*.$(section).in))))

pages: $(MAN_PAGES) $(CATALOGS)

$(BUILD)/man/%: gateway/man/%.in $(BUILD)/lawcast
	@mkdir -p $(@D)
	@LC_ALL=$(if $(findstring /,$*),$(*D),en) LANGUAGE= LAWCAST_LOCALE_DIR= $(BUILD)/lawcast help --man $< >$@.new
	@mv $@.new $@

$(BUILD)/man/%: gateway/man/%
	@mkdir -p $(@D)
	@cp $< $@

pot:
	@tests/support/install-packages gettext python3
	@rm -rf $(BUILD)/pot
	@mkdir -p $(BUILD)/pot
	@python3 gateway/po/mark_texts.py . $(BUILD)/pot >$(BUILD)/pot/files
	@cd $(BUILD)/pot && xgettext --from-code=UTF-8 --language=C --keyword --keyword=lang:1 \
		--package-name=lawcast --files-from=files --output=../lawcast.pot

$(BUILD)/locale/%/LC_MESSAGES/lawcast.mo: gateway/po/%.po
	@tests/support/install-packages gettext
	@mkdir -p $(@D)
	@msgfmt --check-format -o $@ $<

PREFIX ?= /usr/local
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/lawcast \
		$(DESTDIR)$(PREFIX)/share/lawcast
	install $(BUILD)/lawcast $(DESTDIR)$(PREFIX)/bin
	install $(BUILD)/lawcast-modem $(BUILD)/lawcast-sim $(DESTDIR)$(PREFIX)/libexec/lawcast
	for page in $(patsubst $(BUILD)/man/%,%,$(MAN_PAGES)); do install -D -m 644 $(BUILD)/man/$$page \
		$(DESTDIR)$(PREFIX)/share/man/$$(dirname $$page)/man$${page##*.}/$$(basename $$page) || exit 1; done
	for catalog in $(patsubst $(BUILD)/locale/%,%,$(CATALOGS)); do install -D -m 644 $(BUILD)/locale/$$catalog \
		$(DESTDIR)$(PREFIX)/share/locale/$$catalog || exit 1; done
	install -m 644 tests/support/verify_bundle.py tests/support/verify_receipt.py tests/support/verify_report.py \
		$(DESTDIR)$(PREFIX)/share/lawcast
	install -d $(DESTDIR)/etc/lawcast $(DESTDIR)/var/lib/lawcast
	[ -e $(DESTDIR)/etc/lawcast/lawcast.cfg ] || install -m 640 conf/lawcast.cfg $(DESTDIR)/etc/lawcast
	[ -e $(DESTDIR)/etc/lawcast/operators.csv ] || install -m 644 conf/operators.csv $(DESTDIR)/etc/lawcast

# libgammu's headers include each other by bare names.
$(BUILD)/obj/adapters/modem/agent_gammu.o $(BUILD)/obj/tests/unit/test_sms_text_gammu.o: \
	CFLAGS += -isystem /usr/include/gammu

$(BUILD)/obj/gateway/report/canvas.o: CFLAGS += $(addprefix -isystem ,$(patsubst -I%,%,$(filter \
	-I%,$(shell pkg-config --cflags pangocairo 2>/dev/null))))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call object,$(LIB_SOURCES))
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/lawcast: $(call object,$(MAIN_SOURCES)) $(ADAPTERS) $(LIB)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS)

# lawcast on a disk that fails on command.
$(BUILD)/lawcast-faulty: $(call object,$(MAIN_SOURCES) $(DISK_SOURCES)) $(ADAPTERS) $(LIB)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS)

# -rdynamic: libgammu must find the agent's usleep before libc's.
$(BUILD)/lawcast-modem: $(call object,$(AGENT_SOURCES)) $(LIB)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -rdynamic -o $@ $^ -lGammu

$(BUILD)/lawcast-sim: $(call object,$(SIM_SOURCES)) $(LIB)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ -luv -ljansson -lmicrohttpd -lcrypto

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call object,$(SUPPORT_SOURCES)) $(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS) -lcmocka $(EXTRA_LIBS)

# A part of the program itself, which no library has; it needs the library in its turn.
$(BUILD)/tests/unit/test_alarm_queue: $(call object,gateway/alarm.c)
$(BUILD)/tests/unit/test_alarm_queue: EXTRA_LIBS := $(LIB)

$(BUILD)/tests/unit/test_sms_text_gammu: EXTRA_LIBS := -lGammu
$(BUILD)/tests/unit/test_http $(BUILD)/tests/unit/test_screen_patience: EXTRA_LIBS := -Wl,--wrap=clock_mono_ms

FAULTY := $(call program,tests/unit/test_ledger_faults.c tests/unit/test_ledger_disk.c tests/unit/test_history.c)
$(FAULTY): EXTRA_LIBS := -Wl,--wrap=clock_wall_ms,--wrap=digest_random
FAULTY_E2E := $(call program,tests/e2e/test_disk.c tests/e2e/test_restore_crash.c)
$(FAULTY) $(FAULTY_E2E): $(call object,$(DISK_SOURCES))
$(FAULTY_E2E): | $(BUILD)/lawcast-faulty

$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(call object,$(BENCH_PARTS) $(SUPPORT_SOURCES)) \
		$(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS) -lcmocka

# The same without the log: see tests/bench/log_off.h.
LOG_OFF := store_journal_entry store_journal_change leaves_append leaves_flush store_seal store_sign \
	store_sign_in_time
$(BUILD)/tests/bench/bench_ledger_plain: $(call object,tests/bench/bench_ledger.c $(BENCH_PARTS) \
		$(SUPPORT_SOURCES)) $(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) $(addprefix -Wl$(comma)--wrap=,$(LOG_OFF)) -o $@ $^ $(LIB_LIBS) -lcmocka

# What is tested of the simulator is linked in whole, but for its main.
SIM_PARTS := $(call object,$(filter-out tests/sim/main.c,$(SIM_SOURCES)))
$(BUILD)/tests/unit/test_sim_%: $(BUILD)/obj/tests/unit/test_sim_%.o $(SIM_PARTS) \
		$(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS) -lcmocka

$(BUILD)/tests/fuzz/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o \
		$(SIM_PARTS) $(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS) -lcmocka

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(SIM_PARTS) $(ADAPTERS) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(CFLAGS) $(LINKING) -fsanitize=fuzzer -o $@ $^ $(LIB_LIBS)

-include $(patsubst %.o,%.d,$(call object,$(LIB_SOURCES) $(MAIN_SOURCES) $(AGENT_SOURCES) \
	$(SIM_SOURCES) $(SUPPORT_SOURCES) $(DISK_SOURCES) $(UNIT_SOURCES) $(SUITE_SOURCES) $(E2E_SOURCES) $(BENCH_SOURCES) \
	$(BENCH_PARTS) $(FUZZ_SOURCES) tests/fuzz/replay.c))

.SECONDARY:

clean:
	rm -rf build
