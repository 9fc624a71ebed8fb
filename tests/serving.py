"""A real server for tests: started, signed in to, and ended."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Server:
    """A running server: its process, its address and its one-time sign-in link."""

    process: subprocess.Popen
    address: str
    link: str


def command(home: Path, *arguments: str) -> dict:
    """Return what `subprocess` needs to run a command of ours on an instance."""
    env = {**os.environ, "GEO_APP_HOME": str(home), "LANG": "C.UTF-8"}
    return {"args": [sys.executable, "-m", "geo_app", *arguments], "env": env, "text": True}


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """Serve an instance on a free port, in a process of its own."""
    with subprocess.Popen(**command(home, "serve", "--port", "0"), stdout=subprocess.PIPE) as process:
        try:
            lines = [process.stdout.readline() for _ in range(2)]
            link = re.search(r"http://\S+/in/\S+", lines[1])[0]
            yield Server(process, link.split("/in/")[0], link)
        finally:
            process.terminate()


@contextmanager
def signed_in(chromium: Any, server: Server, **options: object) -> Iterator[Any]:
    """Open a signed-in page; at the end it has complained of nothing, and asked no other host for anything."""
    plain = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}
    context = chromium.new_context(base_url=server.address, **{**plain, **options})
    page, told = context.new_page(), []
    page.on("console", lambda each: told.append(each.text) if each.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("response", lambda each: told.append(f"{each.status} {each.url}") if each.status >= 400 else None)
    page.on("request", lambda each: None if each.url.startswith((server.address, "data:")) else told.append(each.url))
    page.goto(server.link)
    yield page
    context.close()
    assert told == []
