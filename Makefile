# cdrstream: what developers and CI run. `make` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
FUZZTIME  ?= 30s
BENCH     ?= ./bench
RUN       ?= .
BENCHTIME ?= 1x
COUNT     ?= 3
RECORDS   ?= 10000000
OLD       ?= bench/baselines/epyc-2.txt
COMPARE   ?=
SCALE     ?=
KILLS        ?= 100
KILL_RECORDS ?= 2000000
KILL_SEED    ?= 1
QUALITY_SEED        ?= 1
QUALITY_SUBSCRIBERS ?= 50000
QUALITY_DAYS        ?= 60
# Tools are pinned in a module file of their own, so that go.mod lists only
# what the product is made of. The first use compiles them (minutes).
TOOL := go tool -modfile=.ci/tools.mod

.PHONY: help build demo test race fuzz kill bench benchcmp baseline compare compare-test scale pgo quality live lint check generate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile bin/cdrstream
	go build -trimpath -ldflags '-X main.release=$(VERSION)' -o bin/cdrstream ./cmd/cdrstream

demo: build ## a week of synthetic traffic: replay it, show what came out
	rm -rf demo && mkdir demo
	bin/cdrstream generate --subscribers 2000 --days 7 --out demo/traffic.csv
	bin/cdrstream replay --out demo/out demo/traffic.csv
	@echo; echo "demo/out/summary.json:"; cat demo/out/summary.json
	@echo; echo "three rows of the last day, a few of their columns (all: bin/cdrstream features show demo/out):"
	@bin/cdrstream features show --limit 3 --columns 'subscriber,date,calls_7d,calls_out_7d,contacts_7d,talk_seconds_7d,no_answer_ratio_7d,nocturnal_ratio_7d,sms_out_7d,data_bytes_7d,charge_7d' \
		"$$(ls -d demo/out/features/date=* | tail -n 1)"

test: ## run all tests
	go test ./...

race: ## run all tests under the race detector, which takes half an hour and more
	go test -race -timeout 60m ./...

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ { t[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, t[i]; n = 0 }' | \
	while read -r pkg target; do \
		echo "== $$pkg $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$pkg" < /dev/null; \
	done

kill: ## kill a replay of KILL_RECORDS (2000000) at KILLS (100) random moments, let it go on, compare
	CDRSTREAM_KILLS=$(KILLS) CDRSTREAM_KILL_RECORDS=$(KILL_RECORDS) CDRSTREAM_KILL_SEED=$(KILL_SEED) \
		go test -count=1 -v -timeout 60m -run '^TestKill$$' ./cmd/cdrstream

bench: ## run the benchmarks named by RUN (all) of BENCH (./bench; ./... all packages) COUNT (3) times, with files of RECORDS (10000000), into bench.txt
	CDRSTREAM_BENCH_RECORDS=$(RECORDS) go test -run '^$$' -bench '$(RUN)' -benchmem -benchtime $(BENCHTIME) -count $(COUNT) -timeout 120m $(BENCH) | tee bench.txt
	$(TOOL) benchstat bench.txt

benchcmp: bench ## the same, and compare with OLD (the checked-in baseline, or any earlier bench.txt)
	$(TOOL) benchstat $(OLD) bench.txt

baseline: bench ## the same, and make it the baseline, OLD
	{ echo "# $$(nproc) virtual processors, $$(sed -n '/model name/ { s/.*: //p; q }' /proc/cpuinfo), $$(git describe --always --dirty), $(RECORDS) records, benchtime $(BENCHTIME)"; cat bench.txt; } > bench.new
	mv bench.new $(OLD)

compare: build ## against DuckDB, once both computed the same: COMPARE='-records 1000000 -runs 1' is quick
	cd bench/compare && go run . -cdrstream ../../bin/cdrstream -page ../README.md $(COMPARE)

compare-test: ## the tests of the comparison and the plots, which have a module of their own
	cd bench/compare && go vet ./... && go test ./...

scale: ## how speed and memory grow with subscribers, records, windows, workers; 5 million subscribers within 12 GB: SCALE=-quick is a tenth
	go run ./bench/scale -page bench/README.md -json bench/scale.json $(SCALE)
	cd bench/compare && go run ./plot -in ../scale.json -out ../scale.svg

pgo: ## take a profile of replays (RECORDS) for the compiler: cmd/cdrstream/default.pgo, which go build finds by itself
	mkdir -p bin
	CDRSTREAM_BENCH_RECORDS=$(RECORDS) go test -run '^$$' -bench '^BenchmarkReplay$$/^dense$$/^14$$/none' -benchtime 1x -o bin/bench.test -cpuprofile bin/pgo-14.prof ./bench
	CDRSTREAM_BENCH_RECORDS=$(RECORDS) go test -run '^$$' -bench '^BenchmarkReplay$$/^dense$$/^core$$/builtin' -benchtime 1x -o bin/bench.test -cpuprofile bin/pgo-core.prof ./bench
	go tool pprof -proto -output cmd/cdrstream/default.pgo bin/pgo-14.prof bin/pgo-core.prof

quality: build ## plant QUALITY_SEED's (1) scenarios among 50,000 subscribers over 60 days, replay with the built-in rules, score the alerts
	rm -rf quality && mkdir quality
	bin/cdrstream generate --subscribers $(QUALITY_SUBSCRIBERS) --days $(QUALITY_DAYS) --seed $(QUALITY_SEED) \
		--scenarios all --outage --truth quality/truth.csv --out quality/traffic.csv.zst
	bin/cdrstream replay --out quality/out quality/traffic.csv.zst
	go run ./bench/quality -alerts quality/out/alerts.jsonl -truth quality/truth.csv \
		-subscribers $(QUALITY_SUBSCRIBERS) -days $(QUALITY_DAYS)

live: build ## 50,000 records/s through publish, NATS and serve for a minute: how long until an alert is there
	go run ./bench/live

lint: ## golangci-lint, as .golangci.yml says
	$(TOOL) golangci-lint run ./...

check: ## what must hold before the tests: format, vet, lint, import floors
	@bad="$$(gofmt -l .)"; if [ -n "$$bad" ]; then echo "not formatted (run gofmt -w):"; echo "$$bad"; exit 1; fi
	go vet ./...
	$(MAKE) --no-print-directory lint
	go test -count=1 -run '^TestFloors' ./engine

generate: ## rebuild generated files and the tables of the README
	go generate ./...
	go test ./cmd/cdrstream -run TestREADME -update

clean: ## remove what the targets above made
	rm -rf bin demo quality bench.txt
