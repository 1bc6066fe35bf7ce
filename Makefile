# The face of the project. `make help` lists what there is.
SEED ?= 1
CASES ?= 3000
PORT ?= 8080
DATA ?= demo-data
TODAY ?=
# Reference data that benches measure against; never part of the project.
SHARED ?= ../shared

.PHONY: help demo test test-rust test-postgres stories lint bench goldens pictures clean-demo

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18
	@echo
	@echo "make demo takes TODAY=2026-09-25 SEED=1 CASES=3000 PORT=8080 DATA=demo-data"

demo: ## build, make a fictional city, serve it on http://127.0.0.1:8080
	@scripts/packages demo
	@echo "Building (the first time about 7 minutes on two cores) …"
	@cargo build --profile demo --package platform --bin sijian
	@target/demo/sijian demo --data $(DATA) --port $(PORT) --seed $(SEED) --cases $(CASES) $(if $(TODAY),--today $(TODAY))

test: ## everything CI runs: lint, all tests on SQLite and PostgreSQL, the browser stories
	@scripts/packages test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test-rust
	@$(MAKE) --no-print-directory test-postgres
	@$(MAKE) --no-print-directory stories

lint: ## formatting and clippy, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

test-rust: ## all Rust tests, on SQLite
	cargo test --workspace

test-postgres: ## the platform's tests again, on a PostgreSQL of its own
	scripts/with-postgres cargo test --package platform

stories: ## the browser stories, in Debian's Chromium
	npm ci --prefix browser --no-audit --no-fund
	cargo build --package platform --bin sijian
	cd browser && SIJIAN_BIN=../target/debug/sijian node --test --test-concurrency=1

bench: ## measured figures, each with what it is compared with (the build is that of `make demo`)
	@scripts/packages demo
	@cargo build --quiet --profile demo --package worktime --example bench_terms
	@cargo build --quiet --profile demo --package paper --example bench_render
	@cargo build --quiet --profile demo --package lint --example bench_lint
	@cargo build --quiet --profile demo --package matching --example bench_matching
	@cargo build --quiet --release --package ledger --example bench_ledger --package seal --example bench_seal --package clustering --example bench_points --package screening --example bench_screening --example bench_held_out --example bench_scale --package draws --example bench_draws
	@cargo build --quiet --profile demo --package platform --bin sijian --example bench_log --example acknowledged --example bench_platform --example bench_import --example bench_search
	@target/demo/examples/bench_terms
	@target/demo/examples/bench_render
	@target/demo/examples/bench_lint
	@target/demo/examples/bench_matching
	@target/release/examples/bench_ledger
	@target/release/examples/bench_seal
	@target/release/examples/bench_points $(SHARED)/insight
	@target/release/examples/bench_screening $(SHARED)/insight
	@target/release/examples/bench_held_out
	@target/release/examples/bench_scale
	@target/release/examples/bench_draws $(SHARED)/reference/expert-pool
	@target/demo/examples/bench_log
	@scripts/drill
	@target/demo/examples/bench_platform target/demo/sijian
	@target/demo/examples/bench_import
	@scripts/with-postgres target/demo/examples/bench_import
	@target/demo/examples/bench_search
	@scripts/with-postgres target/demo/examples/bench_search

goldens: ## write the golden files anew; review the diff
	cargo xtask goldens

pictures: ## the README's pictures, from a running demo city
	cd browser && SIJIAN_BIN=../target/demo/sijian node pictures.mjs

clean-demo: ## forget the demo city
	rm -rf $(DATA)
