# The front door. Meson and Ninja do the work; this finds them everything they
# need, from a bare Debian 12 on. The targets a person types:
#
#   make                      build/portolan
#   make scan TARGET=host     build it and scan a host
#   make test                 every check there is (tools/test names them)
#   make install              into PREFIX (default /usr/local), DESTDIR honoured
#   make bench fuzz golden deb clean
BUILD  ?= build
PREFIX ?= /usr/local
PROGRAM = $(BUILD)/portolan

.PHONY: all deps scan test install bench fuzz golden deb clean
.DEFAULT_GOAL := all

all: deps
	@tools/configure $(BUILD) --prefix=$(PREFIX)
	ninja -C $(BUILD) portolan

deps:
	@tools/deps

# make scan TARGET=192.0.2.1, or with ARGS="-p- --reason".
scan:
	@test -n "$(TARGET)" || { echo 'say which host: make scan TARGET=192.0.2.1' >&2; exit 1; }
	@$(MAKE) --no-print-directory all
	$(PROGRAM) $(ARGS) $(TARGET)

test:
	@tools/deps --test
	@tools/test

install: all
	meson install -C $(BUILD)

# Side by side with Debian's nmap; a million names through servers that lose some; the
# raw scans beside nmap, masscan and zmap; service detection of every server of the lab
# beside nmap's; how true the confidence of OS guesses is. In namespaces of their own; as root.
bench: all
	@tools/deps --test
	ninja -C $(BUILD)
	/usr/bin/python3 bench/run --program $(PROGRAM)
	bench/names --build $(BUILD)
	/usr/bin/python3 bench/raw --build $(BUILD)
	/usr/bin/python3 bench/services --program $(PROGRAM)
	/usr/bin/python3 bench/match --build $(BUILD)
	/usr/bin/python3 bench/os --build $(BUILD)
	/usr/bin/python3 bench/os-confidence --build $(BUILD)

# Each harness for SECONDS (default 60), findings in build-clang/fuzz-findings.
fuzz:
	@tools/deps --test
	tools/fuzz --seconds $(or $(SECONDS),60)

# Rewrites test/golden/ from what the program says today; the diff is yours to judge.
golden:
	@tools/deps --test
	tools/test golden

deb:
	@tools/deps --package
	dpkg-buildpackage -us -uc -b

clean:
	rm -rf build build-asan build-clang build-tsan
