# Everything that a person or a continuous-integration machine does here. `make help` lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Maven says what it tests and what is wrong, nothing else.
MVN = mvn -B -ntp -f java/pom.xml -Dstyle.color=never -Dbulla.native=$(CARGO_TARGET_DIR)/release
QUIET := -q
WARNING := -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
TOLD := $(WARNING) -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire=info

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
NATIVE := $(CARGO_TARGET_DIR)/release/libbulla_jni.so

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
SONAME := libbulla.so.$(firstword $(subst ., ,$(VERSION)))

CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := $(shell command -v cargo-deny || echo build/tools/bin/cargo-deny)

.PHONY: help
help: ## list what can be made
	@grep -E '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.PHONY: tools
tools:
	@missing=; \
	for tool in cargo cc java javac mvn python3; do \
	  command -v $$tool >/dev/null || missing="$$missing $$tool"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "missing:$$missing. Needed are Rust 1.93, a C compiler, JDK 17, Maven 3.8 and Python 3;" >&2; \
	  echo "on Debian: apt-get install gcc openjdk-17-jdk maven python3 python3-venv, and https://rustup.rs" >&2; \
	  exit 1; \
	fi; \
	release=$$(javac -version 2>&1 | sed -E 's/javac ([0-9]+).*/\1/'); \
	if [ "$$release" -lt 17 ]; then echo "JDK 17 or newer is needed, javac is $$release" >&2; exit 1; fi

# What is handed out does not tell where it was built, and is small: docs/decisions/0023-sizes.md.
native dist-native: export RUSTFLAGS := $(RUSTFLAGS) -C strip=symbols --remap-path-prefix=$(CURDIR)= \
  --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src=
native dist-native: export AWS_LC_SYS_CFLAGS := -Os --param=max-inline-insns-size=12 -DMY_ASSEMBLER_IS_TOO_OLD_FOR_512AVX \
  -fno-asynchronous-unwind-tables -fno-unwind-tables

.PHONY: native
native: tools ## build the native library that the Java modules carry, and the command
	cargo build --release --locked -p bulla-jni -p bulla-cli

$(NATIVE): native ;

.PHONY: test
test: test-rust test-interop test-java test-dist test-examples ## run every suite

# The C interface is tested by programs in C and C++, under valgrind.
.PHONY: tools-c
tools-c:
	@command -v c++ >/dev/null && command -v valgrind >/dev/null || { \
	  echo "c++ or valgrind is missing; installing them" >&2; \
	  apt-get update -qq && apt-get install -y -qq g++ valgrind; }

# The first run has both backends and compares them; AWS-LC serves. The second has RustCrypto alone.
SECOND_BACKEND := --workspace --no-default-features --features rust-crypto

.PHONY: test-rust
test-rust: tools tools-c
	cargo test --workspace --locked --features bulla-core/rust-crypto
	cargo test $(SECOND_BACKEND) --locked

.PHONY: header
header: ## write include/bulla.h anew from the sources
	@mkdir -p build
	cargo run -q --locked --example header > build/bulla.h
	mv build/bulla.h include/bulla.h

FUZZ_TARGETS := json canonical envelope portable statement object key config ledger bundle
FUZZ_SECONDS ?= 600
FUZZ_VERSION := 0.13.2
CARGO_FUZZ := $(shell command -v cargo-fuzz || echo build/tools/bin/cargo-fuzz)

build/tools/bin/cargo-fuzz:
	cargo install -q cargo-fuzz --version $(FUZZ_VERSION) --locked \
	  --root build/tools --target-dir build/tools/target
	rm -rf build/tools/target

# Sanitizers are unstable; the variable lets the stable compiler have them. Link-time optimisation
# would take longer than it gains. What is new is kept under build/, and comes into the corpus by
# hand, minimised by `cargo fuzz cmin`.
fuzz: export CARGO_PROFILE_RELEASE_LTO := off
fuzz: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS := 16
.PHONY: fuzz
fuzz: tools tools-c $(CARGO_FUZZ) ## fuzz every target for FUZZ_SECONDS
	@mkdir -p $(FUZZ_TARGETS:%=build/fuzz/%)
	for target in $(FUZZ_TARGETS); do \
	  RUSTC_BOOTSTRAP=1 $(CARGO_FUZZ) run --no-default-features --features libfuzzer,rust-crypto $$target \
	    build/fuzz/$$target fuzz/corpus/$$target -- -max_total_time=$(FUZZ_SECONDS) -timeout=20 -verbosity=0; \
	done

# 109 MB; go.sum says what they must be.
WYCHEPROOF = go -C tests/wycheproof
WYCHEPROOF_TEST := -p bulla-core --test wycheproof_json --locked -- --ignored

.PHONY: test-wycheproof
test-wycheproof: export GOMODCACHE := $(CURDIR)/build/go
test-wycheproof: export GOFLAGS := -mod=readonly -modcacherw
test-wycheproof: tools tools-examples ## read Wycheproof's vectors of JOSE, with both backends
	$(WYCHEPROOF) mod download
	WYCHEPROOF=$$($(WYCHEPROOF) list -m -f '{{.Dir}}' github.com/c2sp/wycheproof)/testvectors_v1; export WYCHEPROOF; \
	cargo test $(WYCHEPROOF_TEST); \
	cargo test --no-default-features --features rust-crypto $(WYCHEPROOF_TEST)

.PHONY: test-all
test-all: test test-wycheproof fuzz ## run every suite, all of the engine's own tests, and the fuzzer
	cargo test --release --locked -p bulla-bundle -- --ignored --nocapture
	$(MVN) $(TOLD) -pl ../tests/engine-suite -am verify -Dsuite=all -Dtest=EngineSuiteTest \
	  -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: test-java
test-java: native
	$(MVN) $(TOLD) verify

INTEROP := build/interop

# Debian keeps venv in a package of its own.
$(INTEROP)/ready: tests/interop/python/requirements.txt
	python3 -m venv $(INTEROP) || { \
	  echo "python3-venv is missing; installing it" >&2; \
	  apt-get update -qq && apt-get install -y -qq python3-venv && python3 -m venv $(INTEROP); }
	$(INTEROP)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

INSTALLED := node_modules/.package-lock.json
INTEROP_NODE := tests/interop/node/$(INSTALLED)
EXAMPLES_NODE := examples/node/$(INSTALLED)

%/$(INSTALLED): %/package-lock.json
	@command -v npm >/dev/null || { \
	  echo "npm is missing; installing it" >&2; apt-get update -qq && apt-get install -y -qq nodejs npm; }
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: test-interop
test-interop: $(INTEROP)/ready $(INTEROP_NODE) dist ## read the vectors with other implementations of the standards, and each others' envelopes
	PYTHONDONTWRITEBYTECODE=1 $(INTEROP)/bin/python -m pytest -q -p no:cacheprovider tests/interop/python
	npm test --prefix tests/interop/node

.PHONY: tools-dist
tools-dist:
	@command -v pkg-config >/dev/null || { \
	  echo "pkg-config is missing; installing it" >&2; \
	  apt-get update -qq && apt-get install -y -qq pkg-config; }

.PHONY: test-dist
test-dist: dist tools-dist
	python3 -m unittest discover -v -s tests/dist

.PHONY: tools-examples
tools-examples:
	@command -v go >/dev/null && command -v openssl >/dev/null || { \
	  echo "go or openssl is missing; installing them" >&2; \
	  apt-get update -qq && apt-get install -y -qq golang-go openssl; }

.PHONY: test-examples
test-examples: dist-native tools-dist tools-examples $(EXAMPLES_NODE) ## run the examples in other languages
	python3 -m unittest discover -v -s tests/examples

.PHONY: dist
dist: dist-native dist-java ## lay out what is handed out, under dist/
	@cd dist && find * -type f -exec ls -l {} +

.PHONY: dist-java
dist-java: native
	rm -rf dist/java
	$(MVN) $(QUIET) -Pdist -DskipTests -pl bulla-camunda,bulla-audit -am package
	cp java/bulla/target/bulla-*.jar dist/java/bulla.jar

# Link-time optimisation is had only without the library for Rust, which is not wanted here.
.PHONY: dist-native
dist-native:
	cargo rustc --release --locked -p bulla --lib --crate-type cdylib,staticlib
	cargo build --release --locked -p bulla-cli
	rm -rf dist/bin dist/include dist/lib dist/share
	install -D -t dist/bin $(CARGO_TARGET_DIR)/release/bulla
	cargo run -q --release --locked -p bulla-cli --example manual -- dist/share
	install -D -m 644 -t dist/include include/bulla.h
	install -D -m 644 $(CARGO_TARGET_DIR)/release/libbulla.so dist/lib/$(SONAME)
	ln -s $(SONAME) dist/lib/libbulla.so
	install -D -m 644 -t dist/lib $(CARGO_TARGET_DIR)/release/libbulla.a
	strip --strip-debug dist/lib/libbulla.a
	mkdir dist/lib/pkgconfig
	sed 's/@VERSION@/$(VERSION)/' bulla.pc.in > dist/lib/pkgconfig/bulla.pc

PREFIX := /usr/local
BINDIR = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
INCLUDEDIR = $(PREFIX)/include
LIBDIR = $(PREFIX)/lib

# Manual pages and completions.
SHARED = $(shell cd dist/share && find * -type f)

# What stands in bulla.pc, so that the installed tree may be moved.
PC_VARIABLES = -e 's|^prefix=.*|prefix=$${pcfiledir}/$(shell realpath -m --relative-to '$(LIBDIR)/pkgconfig' '$(PREFIX)')|' \
  -e 's|^libdir=.*|libdir=$(LIBDIR)|' -e 's|^includedir=.*|includedir=$(INCLUDEDIR)|' \
  -e 's|^\([a-z]*dir\)=$(PREFIX)/|\1=$${prefix}/|'

# It builds nothing that is there, since another user may run it.
dist/lib/libbulla.so:
	$(MAKE) dist-native

.PHONY: install
install: dist/lib/libbulla.so ## copy the command and the C library below PREFIX, behind DESTDIR
	install -D -t '$(DESTDIR)$(BINDIR)' dist/bin/bulla
	for page in $(SHARED); do install -D -m 644 "dist/share/$$page" "$(DESTDIR)$(DATADIR)/$$page"; done
	install -D -m 644 -t '$(DESTDIR)$(INCLUDEDIR)' dist/include/bulla.h
	install -D -m 644 -t '$(DESTDIR)$(LIBDIR)' dist/lib/$(SONAME) dist/lib/libbulla.a
	ln -sf $(SONAME) '$(DESTDIR)$(LIBDIR)/libbulla.so'
	mkdir -p '$(DESTDIR)$(LIBDIR)/pkgconfig'
	sed $(PC_VARIABLES) dist/lib/pkgconfig/bulla.pc > '$(DESTDIR)$(LIBDIR)/pkgconfig/bulla.pc'

.PHONY: uninstall
uninstall: ## remove what install copied
	rm -f '$(DESTDIR)$(BINDIR)/bulla' '$(DESTDIR)$(INCLUDEDIR)/bulla.h'
	for page in $(SHARED); do rm -f "$(DESTDIR)$(DATADIR)/$$page"; done
	for file in $(SONAME) libbulla.so libbulla.a pkgconfig/bulla.pc; do rm -f "$(DESTDIR)$(LIBDIR)/$$file"; done

.PHONY: bench
bench: bench-rust bench-cli bench-java ## measure; docs/performance.md says what each figure is

.PHONY: bench-rust
bench-rust: tools
	cargo bench --workspace --locked --features bulla-core/rust-crypto

.PHONY: bench-cli
bench-cli: tools
	cargo build --release --locked -p bulla-cli
	python3 crates/cli/benches/files.py $(CARGO_TARGET_DIR)/release/bulla

BENCH := java -cp 'java/benchmarks/target/classes:java/benchmarks/target/lib/*'

.PHONY: bench-java
bench-java: native
	$(MVN) $(QUIET) -pl benchmarks -am -DskipTests package
	$(BENCH) org.openjdk.jmh.Main SealBenchmark -prof gc
	-$(BENCH) dev.bulla.benchmarks.Beside
	-$(BENCH) dev.bulla.benchmarks.ColdStart
	$(BENCH) dev.bulla.benchmarks.StorageSize
	$(BENCH) dev.bulla.benchmarks.AuditSpeed
	$(BENCH) dev.bulla.benchmarks.TaskCompletion

DEMO := java/bulla-demo/target
DEMO_SOURCES := $(shell find java -name pom.xml -o -path '*/src/main/*' -type f)

$(DEMO)/built: $(DEMO_SOURCES) $(NATIVE)
	@echo "building the Java modules"
	$(MVN) $(QUIET) -pl bulla-demo -am -DskipTests package
	@touch $@

.PHONY: demo
demo: native $(DEMO)/built ## seal a loan application, tamper with its database, find every change
	java -cp '$(DEMO)/classes:$(DEMO)/lib/*' dev.bulla.demo.Demo build/demo

.PHONY: lint
lint: tools lint-rust lint-java ## check format and manner, warnings are errors

.PHONY: lint-rust
lint-rust: $(CARGO_DENY)
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --features bulla-core/rust-crypto -- -D warnings
	cargo clippy $(SECOND_BACKEND) --all-targets --locked -- -D warnings
	$(CARGO_DENY) --log-level error check bans licenses sources

build/tools/bin/cargo-deny:
	@echo "building cargo-deny $(CARGO_DENY_VERSION), once; this takes some minutes"
	cargo install -q cargo-deny --version $(CARGO_DENY_VERSION) --locked \
	  --root build/tools --target-dir build/tools/target
	rm -rf build/tools/target

.PHONY: lint-java
lint-java:
	$(MVN) $(QUIET) spotless:check
	$(MVN) $(WARNING) -Plint test-compile

.PHONY: clean
clean: ## remove what was built
	cargo clean
	$(MVN) $(QUIET) clean
	rm -rf build dist
