"""The ml layer as it was built: what ml/ stands on is whole in it, LightGBM's libgomp too."""

import os
import subprocess

import pytest

from infra.local.layout import python_of
from infra.local.state import load
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

TRIAL = """
import lightgbm, numpy, holidays
from scipy import linalg, optimize, sparse, special

draw = numpy.random.default_rng(0)
inputs = draw.normal(size=(300, 3))
data = lightgbm.Dataset(inputs, 2 * inputs[:, 0] + numpy.sin(inputs[:, 1]))
booster = lightgbm.train({"objective": "quantile", "alpha": 0.9, "verbose": -1, "num_threads": 1}, data, 10)
again = lightgbm.Booster(model_str=booster.model_to_string())
assert numpy.allclose(again.predict(inputs), booster.predict(inputs))
assert again.predict(sparse.csr_matrix(inputs)).shape == (300,)
for method in ("Nelder-Mead", "L-BFGS-B", "SLSQP", "trust-constr"):
    assert abs(optimize.minimize(lambda x: ((x - 1) ** 2).sum(), numpy.zeros(2), method=method).x - 1).max() < 0.01
assert abs(special.hyp2f1(1, 2, 3, 0.5) - 1.545177) < 1e-5 and abs(special.ndtri(0.975) - 1.959964) < 1e-5
assert linalg.eigh_tridiagonal(numpy.ones(3), numpy.zeros(2))[0].tolist() == [1, 1, 1]
assert holidays.country_holidays("ES", years=2026).get("2026-01-06")
import ml.models.demand.forecaster, ml.models.lifetime.bg_nbd, ml.monitoring
with open("/proc/self/maps") as maps:
    print({line.split()[-1] for line in maps if "libgomp" in line})
"""


def test_what_ml_stands_on_works_from_the_layers_alone(stack: Stack) -> None:
    """Run as the emulator runs a function: no package of the developer's environment is in reach."""
    build = stack.layout.builds / load(stack.layout).build
    layers = [build / layer for layer in ("CoreLayer", "WebLayer", "MlLayer")]
    path = [build / "InventoryForecastJobFunction", *(layer / "python" for layer in layers)]
    environ = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "LD_LIBRARY_PATH": str(build / "MlLayer" / "lib"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [str(python_of(stack.layout.emulator_venv)), "-W", "error", "-c", TRIAL]
    ran = subprocess.run(command, cwd=build, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert str({str(build / "MlLayer" / "lib" / "libgomp.so.1")}) in ran.stdout
