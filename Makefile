# `make train` and `make test` need Python 3.11 or newer, pip and make; they install the rest into .venv.

PYTHON ?= python3
BIN := .venv/bin
MINOR := -c 'import sys; print("%d.%d" % sys.version_info[:2])'

# A Python that was named, and is not the one that .venv was made with, makes .venv anew; without a name, .venv stays.
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(MINOR)),$(shell $(BIN)/python $(MINOR) 2>/dev/null))
.PHONY: .venv/python
endif
endif

.PHONY: train lecture test browser check format bench speedrun scaling baseline ladder ladder-peers peers
.PHONY: explanations data-doctor serving reliability serve-proof hosts figures distribution clean

train: .venv/installed
	$(BIN)/muslin fit --recipe coffee

# the lecture's page, in the browser, until Ctrl+C
lecture: .venv/installed
	$(BIN)/muslin lecture

# BROWSER=no leaves out the tests of pages; MUSLIN_BROWSER=/its/path names the browser for them
ifneq ($(filter no,$(BROWSER) $(MUSLIN_BROWSER)),)
test: check
	MUSLIN_BROWSER=no $(BIN)/python -m pytest
	@echo "Left out: the tests of pages, which need a browser (BROWSER=no)"
else
test: browser check .venv/onnxruntime-web
	MUSLIN_BROWSER="$$(cat .venv/browser)" $(BIN)/python -m pytest
endif

# finds a browser, or installs one, prints its path and keeps it
browser: .venv/installed-dev
	@$(BIN)/python -m tests.browser.find --keep .venv/browser

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# every recipe, seed by seed, against the machine's own peak: hours; one with: make speedrun RECIPE=coffee SEEDS=5;
# only the seeds that are not on file yet with: KEEP=1
speedrun: .venv/installed
	$(BIN)/python -m benchmarks.measure.speedrun $(if $(RECIPE),--recipe $(RECIPE)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(KEEP),--keep)
	$(BIN)/python -m benchmarks.tables.table

# throughput, start-up, packs, transfer, checkpoints, several processes: a quarter of an hour
bench: .venv/installed-dev
	$(BIN)/python -m benchmarks.measure.throughput
	$(BIN)/python -m benchmarks.measure.startup
	$(BIN)/python -m benchmarks.measure.busy
	$(BIN)/python -m benchmarks.measure.packs
	$(BIN)/python -m benchmarks.measure.predicting $(RUN)
	$(BIN)/python -m benchmarks.measure.transfer
	$(BIN)/python -m benchmarks.measure.checkpoints
	$(BIN)/python -m benchmarks.measure.scaling_processes
	$(BIN)/python -m benchmarks.tables.table

# training speed against width, depth, picture size, batch, threads and the number of pictures: ten minutes
scaling: .venv/installed
	$(BIN)/python -m benchmarks.measure.scaling
	$(BIN)/python -m benchmarks.tables.table

# what explanations are worth by deletion, over five models, and how fast they and the report are: half an hour
explanations: .venv/installed-dev
	$(BIN)/python -m benchmarks.measure.explanations
	$(BIN)/python -m benchmarks.tables.table

# which of 2 % exchanged labels the data doctor finds: half an hour; a part with: make data-doctor ONLY="photos"; real
# photographs with: make data-doctor PHOTOGRAPHS=FOLDER, which benchmarks/measure/photographs.py tells how to get
data-doctor: .venv/installed-dev
	$(BIN)/python -m benchmarks.measure.doctor $(foreach part,$(ONLY),--only $(part)) $(if $(PHOTOGRAPHS),--photographs $(PHOTOGRAPHS))
	$(BIN)/python -m benchmarks.tables.table

# the lecture's sample project: 30 epochs, hours
baseline: .venv/installed
	$(BIN)/python -m benchmarks.measure.baseline

# every rung of the ladder on the full data
ladder: .venv/installed
	$(BIN)/muslin ladder --out ladder
	cp ladder/ladder.json benchmarks/results/
	cp ladder/ladder.png docs/images/
	$(BIN)/python -m benchmarks.tables.table

# the ladder's rungs against scikit-learn's counterparts, on the full data
ladder-peers: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check scikit-learn==1.9.1
	$(BIN)/python -m benchmarks.rivals.ladder_peers

# Muslin against Keras, Lightning, skorch, scikit-learn and the lecture's project, within the same time: two
# hours; a part with: make peers ONLY="keras skorch" BUDGETS="60 180"
peers: .venv-peers/installed .venv/installed
	.venv-peers/bin/python -m benchmarks.rivals.peers $(if $(ONLY),--only $(ONLY)) $(if $(BUDGETS),--budgets $(BUDGETS))
	$(BIN)/python -m benchmarks.tables.table

# a served run against LitServe and a plain endpoint: five minutes; needs wrk, and a run with its ONNX file: RUN=FOLDER
serving: .venv-peers/installed .venv/installed-dev
	$(BIN)/python -m benchmarks.measure.serving $(RUN)
	$(BIN)/python -m benchmarks.tables.table

# kills, signals, full disks, damage, hostile files: what is lost by them; half an hour, two minutes with --quick
reliability: .venv/installed
	$(BIN)/python -m benchmarks.proofs.reliability

# a served run under load, overload, drains, lies and damage: 40 to 90 minutes; two minutes with --quick
serve-proof: .venv/installed-dev
	$(BIN)/python -m benchmarks.proofs.serving

# two hosts, which are network namespaces, train as one does; needs Linux and root or user namespaces
hosts: .venv/installed-dev
	$(BIN)/python tests/distributed/two_hosts.py

# the pictures of docs/lecture.md and docs/explanations.md
figures: .venv/installed
	$(BIN)/python docs/figures

# what a release uploads: the source distribution and the wheel, with their digests
distribution: .venv/installed-dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist
	cd dist && sha256sum * | tee SHA256SUMS

clean:
	rm -rf .venv .venv-peers dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/python:
	$(PYTHON) -c 'import sys; sys.exit("Muslin needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear .venv
	touch $@

.venv/installed: .venv/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt requirements-serve.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

# ONNX Runtime for browsers, with which one test opens an exported model; without npm that test is skipped, and says so
.venv/onnxruntime-web: .venv/python
	rm -rf $@ $@.part && mkdir $@.part
	cd $@.part && npm pack --silent onnxruntime-web@1.30.0 >/dev/null && tar --extract --gzip --strip-components=2 \
		--file *.tgz package/dist/ort.wasm.min.mjs package/dist/ort-wasm-simd-threaded.mjs \
		package/dist/ort-wasm-simd-threaded.wasm && rm *.tgz && mv ../$(notdir $@).part ../$(notdir $@) || true

.venv-peers/installed: .venv/python requirements.txt benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/rivals/requirements.txt
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@
