"""The installed AWS CLI in a process of its own, forked from one that has imported it: most of a start is imports."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from awscli import clidriver

_TIMEOUT = 60  # seconds
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["awscli.clidriver", "awscli.handlers"])


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `aws` with these arguments and this environment alone, in a folder."""
    with TemporaryDirectory() as name:
        out, err = Path(name, "stdout"), Path(name, "stderr")
        process = _context.Process(target=_aws, args=(list(arguments), dict(environment), folder, out, err))
        with patch.dict(os.environ, PYTHONUTF8="1"):  # as a terminal has it; settled when the first process starts
            process.start()
        process.join(_TIMEOUT)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired(["aws", *arguments], _TIMEOUT, out.read_bytes(), err.read_bytes())
        code = process.exitcode
        assert code is not None
        return subprocess.CompletedProcess(["aws", *arguments], code, out.read_text(), err.read_text())


def _aws(arguments: list[str], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    os.chdir(folder)
    data = os.environ["AWS_DATA_PATH"]  # awscli wrote there, when it was imported, where its data are
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, stream.fileno())
        os.close(file)
    sys.argv = ["aws", *arguments]
    sys.exit(clidriver.main())
