"""libgomp, which LightGBM links, for a machine that has none: the project's environment then brings the ml layer's.

A machine that has the library is left alone. Otherwise a .pth file loads ours as soon as an interpreter of the environment
starts, and LightGBM, loaded later, asks for it by the name that it gives itself. Functions find it in their layer.
"""

import ctypes
import re
import shutil
from pathlib import Path

from infra.local.console import step
from infra.local.environment import install_environ, uv_of
from infra.local.layout import Layout, python_of
from infra.local.problems import StackError
from infra.local.processes import run_to_end

LIBRARY = "libgomp.so.1"
PTH = "cafe_ai_libgomp.pth"
PRELOAD = f'import ctypes, sys; ctypes.CDLL(sys.prefix + "/lib/{LIBRARY}", ctypes.RTLD_GLOBAL)\n'
BUNDLED = "scikit_learn.libs/libgomp-*.so.1*"
NAME_IN_BUNDLE = re.compile(rb"\0(libgomp-[0-9a-f]+\.so\.1[0-9.]*)\0")


def ensure_openmp(layout: Layout) -> None:
    """Raises StackError, naming the system's package, where no libgomp can be had."""
    if _machine_has_it() or _pth(layout).exists():
        return
    with step("Installing libgomp, which this machine lacks"):
        bundle = layout.tmp / "libgomp"
        try:
            library = _fetch(layout, bundle)
            (layout.venv / "lib" / LIBRARY).write_bytes(under_its_own_name(library.read_bytes()))
        except (StackError, LookupError) as error:
            raise StackError(
                f"LightGBM needs {LIBRARY}, which this machine lacks and which could not be fetched: {error}\n"
                "Debian and Ubuntu have it in the package libgomp1, Fedora and Amazon Linux in libgomp."
            ) from error
        finally:
            shutil.rmtree(bundle, ignore_errors=True)
        _pth(layout).write_text(PRELOAD, encoding="utf-8")


def under_its_own_name(library: bytes) -> bytes:
    """The bundled library, saying again that it is libgomp.so.1: a wheel's libraries are renamed. Raises LookupError."""
    found = NAME_IN_BUNDLE.search(library)
    if found is None:
        raise LookupError("the bundled library does not name itself as expected")
    return library[: found.start(1)] + LIBRARY.encode().ljust(len(found[1]), b"\0") + library[found.end(1) :]


def _machine_has_it() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def _pth(layout: Layout) -> Path:
    (packages,) = layout.venv.glob("lib/python3.*/site-packages")
    return packages / PTH


def _fetch(layout: Layout, bundle: Path) -> Path:
    lock = layout.project / "requirements" / "libgomp.txt"
    uv = [uv_of(layout), "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    command = [*uv, "--python", python_of(layout.venv), "--target", bundle, "-r", lock]
    run_to_end("Installing libgomp", command, layout.log("install-libgomp"), env=install_environ(layout))
    library = next(bundle.glob(BUNDLED), None)
    if library is None:
        raise LookupError("the wheel bundles none")
    return library
