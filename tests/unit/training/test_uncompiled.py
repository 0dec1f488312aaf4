"""The stand-in for torch's compiler: optimizers do without the compiler, everything else finds it."""

import subprocess
import sys

import pytest

STEPS = """
import sys
import torch
import traindyn.optimizers.base

weight = torch.nn.Parameter(torch.ones(3))
for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop):
    optimizer = kind([weight], lr=0.1)
    optimizer.zero_grad()
    weight.square().sum().backward()
    optimizer.step()
"""
ABSENT = "assert 'torch._dynamo.utils' not in sys.modules and 'sympy' not in sys.modules\n"
FOUND = "import torch._dynamo.utils; assert sys.modules['torch._dynamo'] is torch._dynamo; torch._dynamo.__file__\n"


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_optimizers_of_torch_step_without_the_compiler():
    run(STEPS + ABSENT)


def test_a_look_at_all_modules_does_not_import_the_compiler():
    """As `inspect` looks, which torch calls in the midst of an import."""
    run(STEPS + "assert not hasattr(sys.modules['torch._dynamo'], '__file__')\nimport torch.distributed.tensor\n")


@pytest.mark.parametrize(
    "use",
    [
        "from torch._dynamo.utils import counters\n",
        pytest.param("torch._dynamo.reset()\n", marks=pytest.mark.slow),
        "compiled = torch.compile(lambda x: 2 * x, backend='eager'); assert compiled(weight).equal(2 * weight)\n",
        pytest.param(
            "assert torch.func.grad(lambda x: x.square().sum())(torch.ones(2)).tolist() == [2, 2]\n",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_whatever_else_needs_the_compiler_gets_it(use):
    run(STEPS + use + FOUND + "optimizer.step(); optimizer.zero_grad()\n")
