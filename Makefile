# qingfen - settlement and tariff clearing tools.
#
#	make            the tools, in build/bin
#	make check      what CI runs
#	make help       every target
#
# Objects and everything else that is made go below build/.

MODE     ?= release
B        := build/$(MODE)
BIN      := build/bin
CC       ?= gcc
PKGS     := sqlite3 libxml-2.0 yajl libcrypto gmp
CPPFLAGS += -Ilib -I$(B)/gen -D_GNU_SOURCE -DQF_VERSION='"0.1.0"' \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla \
            -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
ifdef CI
WARN     += -Werror
endif
CFLAGS_release := -O2 -g
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer
CFLAGS_cover   := -O0 -g --coverage
CFLAGS   += -std=c11 $(WARN) $(CFLAGS_$(MODE))
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv

TOOLS    := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
LIB_SRC  := $(wildcard lib/*/*.c)
GEN      := $(patsubst schemas/%,$(B)/gen/%.h,\
              $(wildcard schemas/*.sql schemas/*.xsd))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
TEST_SRC := $(wildcard tests/unit/*_test.c)

.PHONY: all clean help
all: $(TOOLS:%=$(BIN)/%)

$(BIN)/%: $(B)/cmd/%.o $(B)/libqf.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libqf.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A schema as the bytes of a C array: ledger.sql becomes ledger.sql.h with
# "static const char ledger_sql[]", ended by a NUL.
$(B)/gen/%.h: schemas/%
	@mkdir -p $(@D)
	{ printf 'static const char %s[] = {' "$(subst -,_,$(subst .,_,$*))"; \
	  od -An -v -tx1 $< | sed "s/ \(..\)/'\\\\x\1',/g"; \
	  printf '0};\n'; } > $@.tmp
	mv $@.tmp $@

# Unit tests: one program of all modules' tests.
$(B)/unit: $(TEST_SRC:%.c=$(B)/%.o) $(B)/libqf.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

.PHONY: unit
unit: $(B)/unit
	$(B)/unit --quiet

# The same questions to us and to another implementation.
DIFFERENTIAL := dec zone
$(B)/%_driver: $(B)/tests/differential/%_driver.o $(B)/libqf.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: check-differential
check-differential: $(DIFFERENTIAL:%=$(B)/%_driver)
	for name in $(DIFFERENTIAL); do \
	  python3 tests/differential/$$name.py $(B)/$${name}_driver || exit; \
	done

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
