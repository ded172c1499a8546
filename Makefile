# Each target is `python make.py TARGET`; see make.py. For more arguments: make test ARGS="-k portfolio"

PYTHON ?= $(shell command -v python3 || command -v python || echo python3)
COMMANDS = lab test test-browser test-spark notebooks check bench lock setup clean help

.DEFAULT_GOAL = help
.PHONY: $(COMMANDS)

$(COMMANDS):
	@"$(PYTHON)" make.py $@ $(ARGS)
