# qingfen - settlement and tariff clearing tools.
#
#	make		the tools, in build/bin
#	make check	what CI runs
#	make help	every target
#
# Objects and everything else that is made go below build/.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
MANDIR   ?= $(PREFIX)/share/man
DATADIR  ?= $(PREFIX)/share/qingfen

# release, asan or cover; only release is installed.
MODE     ?= release
B        := build/$(MODE)
BIN      := $(if $(filter release,$(MODE)),build/bin,$(B)/bin)
CC       ?= gcc
PKGS     := sqlite3 libxml-2.0 yajl libcrypto gmp
CPPFLAGS += -Ilib -I$(B)/gen -D_GNU_SOURCE -DQF_VERSION='"$(VERSION)"' \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla \
            -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
# Objects are shared with a build without CI=1, which has shown its warnings:
# "make clean" first where none may be left.
ifdef CI
WARN     += -Werror
endif
CFLAGS_release := -O2 -g
# What is undefined ends the program: not every finding reaches the logs.
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer \
                  -fno-sanitize-recover=undefined
CFLAGS_cover   := -O0 -g --coverage
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
CFLAGS   += -std=c11 $(WARN) $(CFLAGS_$(MODE))
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv

TOOLS    := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
LIB_SRC  := $(wildcard lib/*/*.c lib/*/*/*.c)
GEN      := $(patsubst schemas/%,$(B)/gen/%.h,\
              $(wildcard schemas/*.sql schemas/*.xsd))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
TEST_SRC := $(wildcard tests/unit/*_test.c)

# What is made is named in a word; V=1 shows the commands whole.
Q := $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo "  $(1)	$@")

.PHONY: all clean help
.SECONDARY:
all: $(TOOLS:%=$(BIN)/%)

# A tool with subcommands has them in a folder of its name.
.SECONDEXPANSION:
$(BIN)/%: $(B)/cmd/%.o $$(addprefix $(B)/,$$(addsuffix .o, \
	  $$(basename $$(wildcard cmd/$$*/*.c)))) $(B)/libqf.a
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libqf.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) qcs $@ $^

$(B)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A schema as the bytes of a C array: ledger.sql becomes ledger.sql.h with
# "static const char ledger_sql[]", ended by a NUL.
$(B)/gen/%.h: schemas/%
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q){ printf 'static const char %s[] = {' "$(subst -,_,$(subst .,_,$*))"; \
	  od -An -v -tx1 $< | sed "s/ \(..\)/'\\\\x\1',/g"; \
	  printf '0};\n'; } > $@.tmp && mv $@.tmp $@

# Unit tests: one program of the tests of all modules.
$(B)/unit: $(TEST_SRC:%.c=$(B)/%.o) $(B)/libqf.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

# What is checked.  The packages must be there before pkg-config is asked,
# which is when this file is read, hence a second make.
.PHONY: deps check check-all unit cli golden lint man-lint verify-twice city
deps:
	@tests/deps.sh

# As many at once as there are processors, each with its output in one piece.
check: deps
	@$(MAKE) --no-print-directory -j$$(nproc) --output-sync=target CI=1 \
	    check-all

check-all: unit cli verify-twice city lint man-lint settle-model \
	tariff-model response-model share-model clear-model auction-model

unit: $(B)/unit
	@tests/unit.sh $(B)/unit

cli: all
	@QF_BIN=$(BIN) tests/cli/run.sh $(CASES)

golden: all
	@GOLDEN=$(or $(GOLDEN),1) tests/cli/run.sh $(CASES)

# The small city: the same bytes anywhere, tools run again, two at once, killed,
# and what was wrong put right.
city: all
	@QF_BIN=$(BIN) python3 -B tests/city/matrix.py --quick
	@QF_BIN=$(BIN) python3 -B tests/city/again.py
	@QF_BIN=$(BIN) python3 -B tests/city/corrections.py

# Two verifiers that share no code, on the same good and changed ledgers.
verify-twice: all
	@python3 tests/verify/agree.py $(BIN)

lint: $(GEN)
	@CC="$(CC)" CPPFLAGS='$(CPPFLAGS)' tests/lint.sh

man-lint: all
	@tests/manlint.sh $(BIN)

# Findings go to logs, and the logs judge: Criterion does not.
.PHONY: check-asan check-valgrind check-fault check-matrix check-untracked \
        coverage
LOGS := build/logs
check-asan: deps
	@rm -rf $(LOGS)/asan && mkdir -p $(LOGS)/asan
	@$(MAKE) --no-print-directory MODE=asan CI=1 all build/asan/unit
	@ASAN_OPTIONS=log_path=$(CURDIR)/$(LOGS)/asan/log \
	  UBSAN_OPTIONS=print_stacktrace=1:log_path=$(CURDIR)/$(LOGS)/asan/log \
	  $(MAKE) --no-print-directory MODE=asan CI=1 unit cli; \
	  status=$$?; tests/findings.sh check-asan $(LOGS)/asan && exit $$status

VALGRIND = valgrind -q --leak-check=full --show-leak-kinds=definite \
           --log-file=$(CURDIR)/$(LOGS)/valgrind/%p
check-valgrind:
	@tests/deps.sh valgrind
	@rm -rf $(LOGS)/valgrind build/valgrind
	@mkdir -p $(LOGS)/valgrind build/valgrind
	@$(MAKE) --no-print-directory CI=1 all $(B)/unit
	@for tool in $(TOOLS); do \
	  printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(VALGRIND)' \
	    $(CURDIR)/$(BIN)/$$tool > build/valgrind/$$tool; \
	  chmod +x build/valgrind/$$tool; done
	@printf '#!/bin/sh\nexec %s "$$@"\n' \
	  '$(VALGRIND) --trace-children=yes $(CURDIR)/$(B)/unit' \
	  > build/valgrind/unit; chmod +x build/valgrind/unit
	@tests/unit.sh build/valgrind/unit; status=$$?; \
	  QF_BIN=build/valgrind tests/cli/run.sh || status=$$?; \
	  tests/findings.sh check-valgrind $(LOGS)/valgrind && exit $$status

check-fault:
	@tests/deps.sh fault
	@$(MAKE) --no-print-directory CI=1 all
	@tests/fault/run.sh

check-matrix: deps
	@$(MAKE) --no-print-directory CI=1 all
	@QF_BIN=$(BIN) python3 -B tests/city/matrix.py

coverage: deps
	@rm -rf build/cover
	@$(MAKE) --no-print-directory MODE=cover unit cli
	@tests/coverage.sh build/cover

check-untracked:
	@left=$$(git status --porcelain --untracked-files=all); \
	  [ -z "$$left" ] || { echo "left behind:"; echo "$$left"; exit 1; }

# The whole on small, real and large data.
.PHONY: demo conformance bench
demo: deps
	@$(MAKE) --no-print-directory -s all
	@testdata/demo.sh

conformance: deps
	@$(MAKE) --no-print-directory -s all
	@tests/conformance/run.sh $(DATA)

bench: deps
	@$(MAKE) --no-print-directory -s all
	@tests/bench/run.sh

.PHONY: install uninstall
MAN = $(wildcard man/*.[157] man/zh_CN/*.[157])
# Where a page goes: man/zh_CN/qf-rate.1 to zh_CN/man1/qf-rate.1.
man_place = $(patsubst man/%,%,$(dir $(1)))man$(subst .,,$(suffix $(1)))/$(notdir $(1))
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/schemas
	install -m 755 $(TOOLS:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	$(foreach page,$(MAN),install -D -m 644 $(page) \
	  $(DESTDIR)$(MANDIR)/$(call man_place,$(page)) &&) true
	install -m 644 $(wildcard schemas/*.sql schemas/*.xsd) \
	  $(DESTDIR)$(DATADIR)/schemas
	cd schemas && find rules -type f -exec \
	  install -D -m 644 {} $(DESTDIR)$(DATADIR)/schemas/{} \;

uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(foreach page,$(MAN),\
	  $(DESTDIR)$(MANDIR)/$(call man_place,$(page)))
	rm -rf $(DESTDIR)$(DATADIR)

# The same questions to us and to another implementation.
DIFFERENTIAL := dec zone
$(B)/%_driver: $(B)/tests/differential/%_driver.o $(B)/libqf.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: check-differential
check-differential: CASES := $(or $(CASES),100000)
check-differential: all $(DIFFERENTIAL:%=$(B)/%_driver)
	for name in $(DIFFERENTIAL); do \
	  python3 tests/differential/$$name.py $(B)/$${name}_driver || exit; \
	done
	python3 tests/differential/settle.py --bin $(BIN) --worlds 100
	python3 tests/differential/tariff.py --bin $(BIN) --cases $(CASES)
	python3 tests/differential/response.py --bin $(BIN) --worlds 300
	python3 tests/differential/share.py --bin $(BIN) --worlds 100
	python3 tests/differential/clear.py --bin $(BIN) --books 10000
	python3 tests/differential/auction.py --bin $(BIN) --cases 3000

# A few of their worlds, tariffs and books, for make check.
.PHONY: settle-model tariff-model response-model share-model clear-model \
	auction-model
settle-model: all
	@python3 tests/differential/settle.py --bin $(BIN) --worlds 12

tariff-model: all
	@python3 tests/differential/tariff.py --bin $(BIN) --cases 200 --loads 10

response-model: all
	@python3 tests/differential/response.py --bin $(BIN) --worlds 20 --seed 1000

share-model: all
	@python3 tests/differential/share.py --bin $(BIN) --worlds 10 --seed 1000

clear-model: all
	@python3 tests/differential/clear.py --bin $(BIN) --books 200

auction-model: all
	@python3 tests/differential/auction.py --bin $(BIN) --cases 100

# Each parser on odd bytes for some seconds, under the sanitizers.
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SECONDS ?= 10
$(B)/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(B)/libqf.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: fuzz-smoke
fuzz-smoke:
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang \
	  $(FUZZERS:%=build/fuzz/%)
	@tests/fuzz/smoke.sh build/fuzz $(FUZZ_SECONDS) $(FUZZERS)

clean:
	rm -rf build

help:
	@sed -n 's/^#	make/	make/p' $(MAKEFILE_LIST)
	@echo "	make unit cli city verify-twice lint man-lint	the parts of make check"
	@echo "	make cli CASES=qf-rate		only some of the cases"
	@echo "	make golden [CASES=...]		new expected results"
	@echo "	make check-asan check-valgrind check-fault check-matrix coverage"
	@echo "	make demo			a small city in a month"
	@echo "	make conformance DATA=DIR	suites of real data"
	@echo "	make bench			a million points in a day"
	@echo "	make fuzz-smoke [FUZZ_SECONDS=]	odd bytes to each parser"
	@echo "	make install [DESTDIR= PREFIX=]	uninstall; clean"
	@echo "	make deps check-untracked"

-include $(shell find $(B) -name '*.d' 2>/dev/null)
