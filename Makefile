# Each target does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long check bundle screens bench lock clean
.SILENT:

help: ## This list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## System libraries, .venv with the locked packages, translations; quick the second time
	scripts/setup.sh

run: setup ## Everything on this machine: server, kiosk, simulated printer; without a display one scripted visit
	.venv/bin/giliran run

test: setup ## Checks, all tests, the bundle built and started
	scripts/test.sh

test-long: setup ## 20,000 simulated histories of kiosks, a site server and the central one; about an hour
	scripts/test_long.sh

check: setup ## Format, lint, types, import rules, QML
	scripts/check.sh

bundle: setup ## dist/giliran/, built and self-tested
	scripts/bundle.sh

screens: setup ## Every screen in every language, orientation and theme, as pictures in screens/
	.venv/bin/python scripts/render_screens.py

bench: setup ## The figures of the budgets, measured on this machine
	for subject in issue ingest reserve search startup ui; do .venv/bin/giliran bench $$subject; done

lock: setup ## Renew requirements.lock from pyproject.toml
	scripts/lock.sh

clean: ## Remove what was built; keep .venv
	rm -rf build dist screens run-data
