# The menu. Meson and ninja do the work, in build/ (and build-asan/, build-fuzz/).

BUILD   := build
SECONDS ?= 60
SETUP   ?= ./bootstrap# SETUP=true where somebody else sees to the packages

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

build: $(BUILD)/build.ninja ## compile; leaves build/coax, which runs in place
	ninja -C $(BUILD)

demo: ## install what is missing, build, analyse the demo programs, show the reports
	$(SETUP)
	$(MAKE) build
	demo/run $(BUILD)

check: ## install what is missing, build, run every test
	$(SETUP)
	$(MAKE) build
	tools/run_tests.py $(BUILD)

asan: build-asan/build.ninja ## the unit tests, the guest and the golden reports under ASan and UBSan
	ninja -C build-asan
	tools/run_tests.py build-asan --suite unit --suite golden --suite guest

fuzz: build-fuzz/build.ninja ## every fuzz target in turn, SECONDS=60 each
	ninja -C build-fuzz fuzzers
	tools/run_fuzzers.sh build-fuzz $(SECONDS)

bench: build ## measure against the figures that we hold ourselves to
	bench/run $(BUILD)
	bench/wire $(BUILD)
	bench/files $(BUILD)

golden: build ## compare the golden reports
	tools/run_tests.py $(BUILD) --suite golden

rebase: build ## rewrite the golden reports; review the difference as code
	tests/golden/run --rebase $(BUILD)

docs: build ## write the pages that are generated: docs/facts.md, docs/windows.md
	$(BUILD)/src/world/facts-page >docs/facts.md
	tools/windows_page.py . >docs/windows.md

install: build ## install coax, its guest and its data (DESTDIR and the prefix of meson)
	meson install -C $(BUILD) --no-rebuild

clean: ## remove everything built; the packs stay
	rm -rf $(BUILD) build-asan build-fuzz

.PHONY: help build demo check asan fuzz bench golden rebase docs install clean

$(BUILD)/build.ninja:
	meson setup $(BUILD)

# A worker has no environment, so that what UBSan does at a finding is settled here. gcc's warnings
# are misled by the sanitizers' code; the ordinary build holds them.
build-asan/build.ninja:
	meson setup build-asan -Db_sanitize=address,undefined -Dwerror=false -Dc_args=-fno-sanitize-recover=undefined

build-fuzz/build.ninja:
	CC=clang meson setup build-fuzz -Dfuzz=true -Db_lundef=false
