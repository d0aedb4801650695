"""Kills ``python -m mobilenet train`` at each of its moments, and resumes it each time.

A moment is a step of training, or an event on a file. Each killed run has a folder of its own.
Prints the exit status of the run that is killed and of the one that resumes it.
"""

import importlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

from torch.optim.optimizer import register_optimizer_step_pre_hook

from mobilenet import train
from mobilenet.__main__ import main
from tests.package.conftest import make_small_digits


def run(command: list[str], last: int = 0) -> int:
    """Return the exit status of a command that is killed at its moment ``last``."""
    if process := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    moments = itertools.count(1)

    def notice(*_: Any) -> None:
        if next(moments) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("open", "os.rename") and str(arguments[0]).endswith((".pt", ".csv")):
            notice()

    register_optimizer_step_pre_hook(notice)
    sys.addaudithook(watch)
    os._exit(main(command))


importlib.import_module("torch._dynamo")  # by the first optimizer, else in each process
vars(train)["load_digits"] = make_small_digits
for last in itertools.count(1):
    folder = Path(str(last))
    folder.mkdir()
    os.chdir(folder)
    killed = run(sys.argv[1:], last)
    if killed == 0:
        break
    print(killed, run([*sys.argv[1:], "--resume"]), flush=True)
    os.chdir("..")
