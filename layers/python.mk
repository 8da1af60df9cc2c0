# How the layers are made; `sam build` runs their Makefiles from the project's root.
#   UV       the uv to install with
#   TARGET   whose wheels: AWS's by default; the local stack passes its own interpreter
#   COMPILER an interpreter of the layers' version, for the bytecode that halves a cold start; empty: none is shipped
UV ?= uv
TARGET ?= --python-platform aarch64-manylinux_2_28 --python-version 3.13
COMPILER ?= $(shell for python in .venv/bin/python python3.13; do \
    $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo $$python && break; done)
PACKAGES = $(ARTIFACTS_DIR)/python

define install
	$(UV) pip install --quiet --target "$(PACKAGES)" $(TARGET) --only-binary :all: --no-deps --require-hashes -r $(1)
	rm -rf "$(PACKAGES)/bin" "$(PACKAGES)/.lock"
	$(prune)
	$(call compile,$(PACKAGES))
endef

# What packages bring and a running service never loads: their own tests, what compilers and editors read, what browsers do,
# and the lists of files that installers keep.
#   UNUSED   further folders, below the packages
UNUSED ?= chromadb/test jsonschema/benchmarks numpy/f2py numpy/random/_examples
LEFT_OUT = *.pyi *.pyx *.pxd *.h *.c *.a *.proto *.js *.css RECORD
define prune
	find "$(PACKAGES)" -depth -type d -name tests -exec rm -r {} +
	rm -rf $(foreach folder,$(UNUSED),"$(PACKAGES)/$(folder)")
	find "$(PACKAGES)" -type f \( -false $(foreach name,$(LEFT_OUT),-o -name '$(name)') \) -delete
endef

compile = $(if $(COMPILER),$(COMPILER) -m compileall -q -j 0 --invalidation-mode unchecked-hash "$(1)")
