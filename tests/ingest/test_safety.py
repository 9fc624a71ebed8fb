"""Nothing that a file says makes the reader open another file, call a port, or fall over."""

import json
import socket
import subprocess
import sys
import textwrap

import pytest

from geo_app.errors import GeoAppError, UnreadableFile
from geo_app.ingest import Limits, bundle, process, read_raw
from tests.ingest import files

pytestmark = pytest.mark.usefixtures("real_start")
SECRET = "canary-7351"


@pytest.fixture
def canary(tmp_path):
    """A local file that nobody asked for."""
    return files.geojson(tmp_path / "canary.geojson", [files.lonlat_square()], [{"name": SECRET}])


@pytest.fixture
def port():
    """A port that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server.getsockname()[1]
        with pytest.raises(BlockingIOError):
            server.accept()


def vrt(source):
    layer = f'<OGRVRTLayer name="canary"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()


def outcome(path, take):
    """Read a file; what comes out as text, whatever it is."""
    try:
        return repr(take(path, "soil_remediated").sites.to_dict())
    except GeoAppError as error:
        return str(error)


@pytest.mark.parametrize(
    "name", ["a.shp", "a.geojson", "a.json", "a.kml", "a.gpkg", "a.csv", "a.txt", "a.parquet", "a.vrt"]
)
def test_a_virtual_file_under_any_name_leads_nowhere(tmp_path, take, canary, port, name):
    for source in (canary, f"/vsicurl/http://127.0.0.1:{port}/x", f"WFS:http://127.0.0.1:{port}/x"):
        (tmp_path / name).write_bytes(vrt(source))
        assert SECRET not in outcome(tmp_path / name, take)


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf", ".prj", ".cpg"])
def test_a_virtual_file_as_a_part_of_a_shapefile_leads_nowhere(tmp_path, take, canary, suffix):
    parts = files.shapefile(tmp_path, [files.square()]) | {suffix: vrt(canary)}
    assert SECRET not in outcome(files.zipped(tmp_path, parts), take)


@pytest.mark.parametrize(
    "content",
    [
        {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {path}"},
        {"type": "FeatureCollection", "crs": {"type": "link", "properties": {"href": "{url}"}}, "features": []},
        {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "{url}"}}, "features": []},
    ],
)
def test_json_that_points_elsewhere_leads_nowhere(tmp_path, take, canary, port, content):
    text = json.dumps(content).replace("{path}", str(canary)).replace("{url}", f"http://127.0.0.1:{port}/x")
    (tmp_path / "a.geojson").write_text(text)
    assert SECRET not in outcome(tmp_path / "a.geojson", take)


def test_kml_links_are_not_followed(tmp_path, take, canary, port):
    link = f"<NetworkLink><Link><href>http://127.0.0.1:{port}/x.kml</href></Link></NetworkLink>"
    local = f"<NetworkLink><Link><href>{canary}</href></Link></NetworkLink>"
    mark = f"<Placemark><name>x</name>{files.kml_polygon(files.lonlat_square())}</Placemark>"
    assert SECRET not in outcome(files.kml(tmp_path / "a.kml", link + local + mark), take)


def test_gdal_opens_two_formats_and_no_other(tmp_path):
    code = "import pyogrio; print(*sorted(pyogrio.list_drivers()), sep=';')"
    told = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env=process.environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip().split(";") == sorted(process.GDAL_DRIVERS)


def test_the_child_knows_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("GEO_APP_SECRET", "x")
    assert not {"NO_PROXY", "GEO_APP_SECRET", "PATH"} & process.environment(tmp_path).keys()


def test_nothing_is_left_behind(tmp_path, take):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = files.zipped(tmp_path, files.shapefile(tmp_path, [files.square()]))
    read_raw(path, name=path.name, scratch=scratch)
    assert not list(scratch.iterdir())


BEHAVIOURS = {
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "exits": "raise SystemExit(0)",
    "babbles": "print('x' * 5000)",
    "runs away": "while True: pass",
    "sleeps": "import time; time.sleep(60)",
    "eats memory": "x = bytearray(8 << 30)",
    "stumbles": "import json; json.loads('{')",
    "lies about a length": "import sys, struct; sys.stdout.buffer.write(struct.pack('>cQ', b'B', 1 << 60))",
    "sends no batch": "import sys, struct; sys.stdout.buffer.write(struct.pack('>cQ', b'B', 5) + b'xxxxx')",
    "ends at once": """
        import sys, struct
        sys.stdout.buffer.write(struct.pack('>cQ', b'J', 15) + b'{"kind": "end"}')
    """,
    "lacks keys": """
        import sys, struct
        sys.stdout.buffer.write(struct.pack('>cQ', b'J', 16) + b'{"kind": "part"}')
    """,
    "forges a sentence": """
        import sys, struct, json
        b = json.dumps({"kind": "error", "error": "Refused", "template": "{a.__class__}", "values": {"a": 1}}).encode()
        sys.stdout.buffer.write(struct.pack('>cQ', b'J', len(b)) + b)
    """,
}


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_reader_gone_wrong_costs_one_sentence(tmp_path, monkeypatch, caplog, behaviour):
    entry = tmp_path / "entry.py"
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
    entry.write_text(limits + textwrap.dedent(BEHAVIOURS[behaviour]))
    monkeypatch.setattr(process, "ENTRY", entry)
    path = files.geojson(tmp_path / "a.geojson", [files.lonlat_square()])
    with pytest.raises(UnreadableFile, match=r"a\.geojson"):
        read_raw(path, name="a.geojson", limits=Limits(wall_s=1.5))
    assert not any("Traceback" in line or "\n" in line for line in caplog.messages)


@pytest.mark.parametrize(
    "limits",
    [Limits(wall_s=0.01), Limits(memory_bytes=200 << 20), Limits(file_bytes=1000)],
    ids=["wall", "memory", "disk"],
)
def test_limits_cost_one_sentence(tmp_path, limits):
    path = files.zipped(tmp_path, files.shapefile(tmp_path, [files.square(n) for n in range(50)]))
    with pytest.raises(UnreadableFile, match="plots"):
        read_raw(path, name=path.name, limits=limits)


def test_what_progress_raises_ends_the_reading(tmp_path):
    class Cancelled(Exception):
        pass

    def cancel(_):
        raise Cancelled

    path = files.zipped(tmp_path, files.shapefile(tmp_path, [files.square()]))
    with pytest.raises(Cancelled):
        read_raw(path, name=path.name, progress=cancel)


def test_the_network_is_cut_where_the_system_allows_it(tmp_path, port):
    entry = process.ENTRY
    code = f"""
        import runpy, socket, sys
        entry = runpy.run_path({str(entry)!r}, run_name="looked at")
        entry["_cut_network"]()
        try:
            socket.create_connection(("127.0.0.1", {port}), timeout=2)
            print("open")
        except OSError:
            print("cut")
    """
    told = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    if told.stdout.strip() == "open":
        pytest.skip("this system lets no process give up its network")
    assert told.stdout.strip() == "cut"


def test_bundles_are_the_same_bytes_each_time(tmp_path):
    for suffix, content in files.shapefile(tmp_path, [files.square()]).items():
        (tmp_path / f"a{suffix}").write_bytes(content)
    first, second = (bundle(tmp_path / "a.shp", tmp_path / name).read_bytes() for name in ("1.zip", "2.zip"))
    assert first == second
