"""KML as it is met: folders of one name, several rings in one border, words for encodings, names twice."""

import pytest
import shapely

from geo_app.errors import UnreadableFile
from tests.ingest import files
from tests.ingest.conftest import left_out


def mark(name, polygon=None, extra=""):
    return f"<Placemark><name>{name}</name>{extra}{files.kml_polygon(polygon or files.lonlat_square())}</Placemark>"


def ring(polygon):
    return (
        "<LinearRing><coordinates>"
        + " ".join(f"{x},{y}" for x, y in polygon.exterior.coords)
        + "</coordinates></LinearRing>"
    )


def test_folders_whose_names_collide_are_all_read(tmp_path, take):
    folders = {"A": ["a"], "A (2)": ["b", "c"], "B": ["d"]}
    body = "".join(
        f"<Folder><name>{name}</name>{''.join(map(mark, marks))}</Folder>"
        for name, marks in (*folders.items(), ("A", ["e"]))
    )
    reading = take(files.kml(tmp_path / "a.kml", body), sublayer="all")
    assert list(reading.sites["name"]) == list("abcde")
    assert list(reading.sublayers) == ["A", "A (2)", "B", "A (3)"]


@pytest.mark.parametrize("between", ["", "</innerBoundaryIs><innerBoundaryIs>"], ids=["one border", "a border each"])
def test_every_hole_is_a_hole(tmp_path, take, between):
    holes = [shapely.box(96.0002, 36.0002, 96.0004, 36.0004), shapely.box(96.0006, 36.0006, 96.0008, 36.0008)]
    inner = f"<innerBoundaryIs>{ring(holes[0])}{between}{ring(holes[1])}</innerBoundaryIs></Polygon>"
    path = files.kml(tmp_path / "a.kml", mark("a").replace("</Polygon>", inner))
    (drawn,) = take(path).sites.geometry
    assert drawn.equals(files.lonlat_square().difference(shapely.union_all(holes)))


SHELL = ring(files.lonlat_square(1))


@pytest.mark.parametrize(
    "shells",
    [
        f"<outerBoundaryIs>{SHELL}{SHELL}</outerBoundaryIs>",
        f"<outerBoundaryIs>{SHELL}</outerBoundaryIs>" * 2,
        f"<outerBoundaryIs>{SHELL}</outerBoundaryIs>".replace(
            "</coordinates>", "</coordinates><coordinates>1,2</coordinates>"
        ),
    ],
    ids=["rings", "borders", "coordinates"],
)
def test_an_outline_with_two_shells_is_left_out(tmp_path, take, shells):
    second = f"<Placemark><Polygon>{shells}</Polygon></Placemark>"
    assert left_out(take(files.kml(tmp_path / "a.kml", mark("a") + second))) == {2: "unreadable_geometry"}


@pytest.mark.parametrize("word", ["sites_gbk", "gb2312", "encoding='GBK'"])
def test_only_the_xml_declaration_names_the_encoding(tmp_path, take, word):
    for name in ("退化草原修复", "退化草原修复地"):
        path = files.kml(tmp_path / "a.kml", f"<name>{word}</name>" + mark(name))
        assert list(take(path).sites["name"]) == [name]


@pytest.mark.parametrize("encoding", ["GBK", "gb2312", "GB18030", "Big5", "UTF-16"])
def test_the_declared_encoding_is_used(tmp_path, take, encoding):
    head = f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>'
    path = files.kml(tmp_path / "a.kml", mark("香日德"), head=head)
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert list(take(path).sites["name"]) == ["香日德"]


def test_text_in_another_encoding_than_declared_is_refused(tmp_path, take):
    path = files.kml(tmp_path / "a.kml", mark("a"), head='<?xml version="1.0" encoding="GBK"?>')
    path.write_bytes(path.read_bytes().replace(b"<name>a", b"<name>\xff\xff"))
    with pytest.raises(UnreadableFile, match="GBK"):
        take(path)


def test_data_of_a_known_name_are_kept_beside_it(tmp_path, take):
    data = [("name", "别名"), ("code", "C1"), ("code", "C2"), ("name (2)", "x")]
    extra = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in data)
    reading = take(files.kml(tmp_path / "a.kml", mark("真名", extra=f"<ExtendedData>{extra}</ExtendedData>")))
    assert list(reading.sites[["name", "code"]].iloc[0]) == ["真名", "C1"]
    assert {each.name: each.first for each in reading.columns} == {
        "name": "真名", "name (2)": "别名", "code": "C1", "code (2)": "C2", "name (2) (2)": "x",
    }  # fmt: skip


def test_the_name_among_the_data_serves_where_there_is_no_other(tmp_path, take):
    extra = '<ExtendedData><Data name="name"><value>别名</value></Data></ExtendedData>'
    path = files.kml(tmp_path / "a.kml", mark("", extra=extra).replace("<name></name>", ""))
    assert list(take(path).sites["name"]) == ["别名"]
