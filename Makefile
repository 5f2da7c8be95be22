# `make run` and `make test` are all one needs; the rest are parts of them. One cargo profile (release) everywhere, so
# that the query engine is compiled once.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export CARGO_TARGET_DIR ?= $(HOME)/.cache/tutti/target
# Anything for `make run` to give to `tutti demo`, such as ARGS="--customers 1000000".
ARGS ?=
DATA ?= ./tutti-data
TUTTI := $(CARGO_TARGET_DIR)/release/tutti
EXAMPLES := $(CARGO_TARGET_DIR)/release/examples

.PHONY: help run build web test e2e lint fmt gen bench example

help: ## Lists the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: build ## Builds, makes a sample shop, runs a campaign, serves the web app
	exec '$(TUTTI)' demo --data '$(DATA)' $(ARGS)

build: web ## Builds the binary with the web app inside
	@scripts/need-cargo.sh
	cargo build --release -p tutti

web: ## Builds the web app, if Node is there and the sources changed
	@scripts/build-web.sh

test: ## All tests; installs what they need (Debian)
	scripts/test.sh

e2e: build ## The web app's tests in Chromium against the real binary
	scripts/e2e.sh

lint: ## Formatting and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd web && npm run --silent check

fmt: ## Formats everything
	cargo fmt --all
	cd web && npm run --silent format

gen: ## Writes what is made from the code: the API's description, the references of activities and of functions
	@scripts/need-cargo.sh
	cargo build --release --workspace --example openapi --example reference --example activity_kinds \
		--example functions_reference
	'$(EXAMPLES)/openapi' > docs/openapi.json
	'$(EXAMPLES)/reference' > docs/activities.md
	'$(EXAMPLES)/activity_kinds' > docs/activity-kinds.json
	'$(EXAMPLES)/functions_reference' > docs/functions.md

bench: build ## Measures against peers; see bench/
	@ls bench/*.py
	@echo 'each says at its top how it is run'

example: build ## Three campaigns on real retail data
	TUTTI='$(TUTTI)' examples/complete-journey/run.sh $(ARGS)
