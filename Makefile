# lawcast: `make demo` carries the real order in a rehearsal, `make test` runs every test.
# Both install what is missing first (Debian 12). `make help` lists the rest.

BUILD ?= build
CC ?= gcc
SANITIZE ?=

PACKAGES := pkg-config libuv1-dev libconfig-dev libsqlite3-dev libcurl4-openssl-dev libgammu-dev \
	libcsv-dev libjansson-dev libcmocka-dev libmicrohttpd-dev

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
ifeq ($(findstring clang,$(CC)),)
HARDENING += -ftrivial-auto-var-init=zero
endif
CFLAGS := -std=c17 -O2 -g -D_GNU_SOURCE -I. $(WARNINGS) $(HARDENING)

LIB_SOURCES := $(wildcard gateway/base/*.c gateway/model/*.c gateway/config/*.c gateway/ledger/*.c \
	gateway/dispatch/*.c gateway/report/*.c adapters/*.c adapters/display/*.c) \
	$(filter-out adapters/modem/agent%,$(wildcard adapters/modem/*.c))
MAIN_SOURCES := $(wildcard gateway/*.c)
AGENT_SOURCES := $(wildcard adapters/modem/agent*.c)
SIM_SOURCES := $(wildcard tests/sim/*.c)
SUPPORT_SOURCES := $(wildcard tests/support/*.c)
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
SUITE_SOURCES := $(wildcard tests/adapters/test_*.c)
E2E_SOURCES := $(wildcard tests/e2e/test_*.c)
BENCH_SOURCES := $(wildcard tests/bench/bench_*.c)

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
program = $(patsubst tests/%.c,$(BUILD)/tests/%,$(1))

LIB := $(BUILD)/liblawcast.a
LIB_LIBS := -luv -lconfig -lsqlite3 -lcurl -lcsv -ljansson
PROGRAMS := $(BUILD)/lawcast $(BUILD)/lawcast-modem $(BUILD)/lawcast-sim
TESTS := $(call program,$(UNIT_SOURCES) $(SUITE_SOURCES) $(E2E_SOURCES))

.PHONY: all help deps demo test test-plain test-sanitized test-run check-floors bench fuzz clean
.DEFAULT_GOAL := all

all: deps
	@$(MAKE) --no-print-directory programs

.PHONY: programs tests
programs: $(PROGRAMS)
tests: $(PROGRAMS) $(TESTS)

help:
	@sed -n 's/^#: //p' Makefile

#: make            build lawcast, lawcast-modem and lawcast-sim in build/
#: make demo       rehearse campaigns/constitution-day: 130,000 messages, 64 modems, 2 boards
#: make test       unit, conformance and end-to-end tests, plain and under ASan+UBSan
#: make bench      speed, as key=value lines
#: make fuzz       every fuzz target for 20 s each (needs clang)
#: make install    into $(DESTDIR)$(PREFIX)
#: make clean      remove build/

deps:
	@tests/support/install-packages $(PACKAGES)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call object,$(LIB_SOURCES))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/lawcast: $(call object,$(MAIN_SOURCES)) $(LIB)
	$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS)

# -rdynamic: libgammu must find the agent's usleep before libc's.
$(BUILD)/lawcast-modem: $(call object,$(AGENT_SOURCES)) $(LIB)
	$(CC) $(CFLAGS) $(LINKING) -rdynamic -o $@ $^ -lGammu

$(BUILD)/lawcast-sim: $(call object,$(SIM_SOURCES)) $(LIB)
	$(CC) $(CFLAGS) $(LINKING) -o $@ $^ -luv -ljansson -lmicrohttpd

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call object,$(SUPPORT_SOURCES)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LINKING) -o $@ $^ $(LIB_LIBS) -lcmocka $(EXTRA_LIBS)

$(BUILD)/tests/unit/test_sms_text_gammu: EXTRA_LIBS := -lGammu

-include $(patsubst %.o,%.d,$(call object,$(LIB_SOURCES) $(MAIN_SOURCES) $(AGENT_SOURCES) \
	$(SIM_SOURCES) $(SUPPORT_SOURCES) $(UNIT_SOURCES) $(SUITE_SOURCES) $(E2E_SOURCES) $(BENCH_SOURCES)))

.SECONDARY:

clean:
	rm -rf build
