"""Kill -9 and a full disk at every named point of an import: the old state or the new, nothing between."""

import pytest

from geo_app.points import POINTS
from geo_app.services import findings, reviews
from geo_app.services.findings import FindingFilter
from tests.faults.conftest import LAYER, importing
from tests.faults.state import leftovers, problems, visible

IN_COMMAND = [name for name in POINTS if not name.startswith("job.")]
ON_A_FULL_DISK = (
    *("receive.begun", "receive.part", "receive.named", "read.begun", "stage.middle"),
    *("bridge.inside", "remark.inside", "ready.done", "accept.inside", "accept.done"),
)
LATE = POINTS.index("accept.inside")


@pytest.fixture
def ends_whole(run, scene, home):
    """Run the import again, to its end, and see that the instance is whole."""

    def again() -> None:
        ended = run(*importing(scene.second))
        assert ended.code == 0, ended.err
        assert visible(home) == scene.after
        assert problems(home) == []
        assert leftovers(home) == []

    return again


@pytest.mark.parametrize("name", IN_COMMAND)
def test_killed_at(name, run, scene, home, ends_whole):
    assert run(*importing(scene.second), fault=f"kill@{name}").was_killed
    is_new = POINTS.index(name) > LATE
    assert visible(home) == (scene.after if is_new else scene.before)
    assert problems(home) == []
    ends_whole()


@pytest.mark.parametrize("name", ["accept.done", "areas.inside", "review.found", "review.inside"])
def test_review_is_done_after_all(name, run, scene, home, lp):
    run(*importing(scene.second), fault=f"kill@{name}")
    assert run(*importing(scene.second)).code == 0
    assert reviews.behind(lp) == []
    assert lp.store.areas.unmeasured(LAYER) == []
    assert lp.store.jobs.unfinished() == []
    rows = findings.every(lp, FindingFilter(layer=LAYER))
    assert len(rows) > 5
    assert all(len(lp.store.findings.history(row.id)) == 1 for row in rows)


@pytest.mark.parametrize("name", ON_A_FULL_DISK)
def test_disk_full_at(name, run, scene, home, ends_whole):
    ended = run(*importing(scene.second), fault=f"raise@{name}")
    is_new = POINTS.index(name) > LATE
    assert visible(home) == (scene.after if is_new else scene.before)
    if is_new:
        assert ended.code == 0, ended.err
    else:
        assert ended.code == 2
        assert "The disk is full" in ended.err and "none of it counts" in ended.err
        assert "Traceback" not in ended.err
    assert problems(home) == []
    ends_whole()
