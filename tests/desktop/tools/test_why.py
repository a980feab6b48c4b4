"""Why a result looks as it does: measured on networks whose reach is known, and bounded in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from gesso.documents.painting import Painting, Provenance
from gesso.engine import Explanation, Package, Shelf, explanations
from gesso.tools import Tool, Values, tool
from gesso.tools.painting.on_layer import source_of
from gesso.tools.studio import Studio
from gesso.tools.trial import tried, values_for
from gesso.tools.why import Why, class_map, looks_at_everything, point_in, why
from gesso.values import Cancelled, Picture, Progress, Trouble
from tests.packages import (
    card,
    model_bytes,
    new_key,
    picture_package,
    port,
    small_picture,
    tiling,
    trust_in,
    write_package,
)

UPSCALE, STYLISE = tool("painting.upscale"), tool("painting.stylise")


def painting(width: int = 120, height: int = 90) -> Painting:
    pixels = np.random.default_rng(3).integers(0, 90, (height, width, 4)).astype(np.uint8)
    pixels[..., 3] = 255
    return Painting.from_array(pixels, "Background", "noise")


@pytest.fixture
def local(tmp_path: Path) -> Package:
    """A package whose card says that the network looks 4 px around each place."""
    private = new_key(tmp_path / "release")
    picture_package(tmp_path / "shelf", private, tiling=tiling(halo_px=4))
    return Shelf(tmp_path / "shelf", tmp_path / "none", tmp_path / "state.json", trust_in(tmp_path)).open("tiny")


def blur(tool: Tool, picture: Picture, values: Values, progress: Progress) -> tuple[Picture, Provenance]:
    """In place of the studio: the mean of 4 px around, at the tool's scale."""
    import cv2

    scale = tool.scale_of(values)
    found = cv2.blur(picture.colour, (9, 9), borderType=cv2.BORDER_REFLECT)
    return Picture(found.repeat(scale, 0).repeat(scale, 1)), Provenance(tool.id, "blur", "1", {}, 0, "")


@pytest.mark.parametrize("scale", ["2", "4"])
def test_only_the_reach_is_hot_wherever_one_points(local: Package, scale: str) -> None:
    values = UPSCALE.checked({"scale": scale})
    for point in ((60.5, 45.5), (1.2, 88.9), (119.0, 0.0)):
        found = why(blur, local, UPSCALE, values, source_of(painting()), point, Progress.silent())
        assert found.reach is not None and found.peak > 0 and found.heat.max() == 1
        x, y = int(point[0]) - found.box.x, int(point[1]) - found.box.y
        assert found.heat[y, x] > 0.3, "the place itself counts"
        assert found.heat.shape == (found.box.height, found.box.width)
        hot = np.argwhere(found.heat > 0.02)
        assert (np.abs(hot - (y, x)).max(axis=0) <= 4 + 1 + 3).all(), "the reach, the spot's own side and a patch"
        assert found.box.contains(found.reach.intersect(painting().size.box))


def test_coarse_answers_come_first_and_time_is_bounded(local: Package) -> None:
    shown: list[Why] = []
    source = source_of(painting())
    why(blur, local, UPSCALE, UPSCALE.defaults(), source, (60, 45), Progress.silent(), shown.append)
    assert [one.passes for one in shown] == list(range(1, len(shown) + 1)) and len(shown) > 1
    short = why(blur, local, UPSCALE, UPSCALE.defaults(), source, (60, 45), Progress.silent(), seconds=0)
    assert short.passes == 1


def test_cancel_stops_it(local: Package) -> None:
    with pytest.raises(Cancelled):
        why(blur, local, UPSCALE, UPSCALE.defaults(), source_of(painting()), (60, 45), Progress(None, lambda: True))


def test_a_place_outside_or_of_nothing_is_refused(local: Package) -> None:
    source = source_of(painting())
    assert point_in(source, (3.7, 4.2)) == (3, 4)
    for point in ((-1, 4), (120, 4), (4, 900)):
        with pytest.raises(Trouble, match="nothing of the picture at this place"):
            point_in(source, point)
    holed = painting()
    pixels = holed.layers()[0].tiles.read(holed.size.box)
    pixels[:10, :10] = 0
    with pytest.raises(Trouble, match="nothing of the picture"):
        point_in(source_of(Painting.from_array(pixels, "Background", "hole")), (4, 4))


def test_through_the_real_engine_a_pixel_comes_from_itself(studio: Studio) -> None:
    """The tiny upscaler makes each pixel a square of itself."""
    values = UPSCALE.defaults()
    package = studio.package_of(UPSCALE, values)
    assert not looks_at_everything(package)
    source = source_of(painting(40, 30))
    found = why(studio.apply, package, UPSCALE, values, source, (20, 15), Progress.silent(), seconds=60)
    assert found.heat[15 - found.box.y, 20 - found.box.x] > 0
    far = found.heat.copy()
    far[max(0, 12 - found.box.y) : 19 - found.box.y, max(0, 17 - found.box.x) : 24 - found.box.x] = 0
    assert not far.any()
    tested = studio.tests.of(package.digest)
    assert tested is not None and tested.is_right and tested.device == "cpu", "a run is remembered"


def test_a_classifier_shows_its_own_map(tmp_path: Path) -> None:
    """Its map is the red of the picture, less a half: what is below zero speaks against and is left out."""
    red = np.zeros((1, 3, 1, 1), np.float32)
    red[0, 0] = 1
    cam = model_bytes(
        [helper.make_node("Conv", ["picture", "red", "shift"], ["map"], kernel_shape=[1, 1])],
        {"picture": [1, 3, "h", "w"]}, {"map": [1, 1, "h", "w"]},
        {"red": red, "shift": np.array([-0.5], np.float32)},
    )  # fmt: skip
    map_port = port("map", "mask", (1, 1, None, None))
    graph = {"file": "model.onnx", "inputs": [port("picture")], "outputs": [map_port]}
    made = card("seer", graphs={"model": graph}, explain=[{"method": "cam", "graph": "model"}])
    private = new_key(tmp_path / "keys")
    write_package(tmp_path / "shelf", made, {"model": cam}, {"model": {"picture": small_picture()}}, private)
    with Studio("cpu", 1) as studio:
        studio.trust.add(next((tmp_path / "keys").glob("*.pub")))
        package = studio.shelf.install(tmp_path / "shelf" / "seer" / "1.0.0")
        [how] = explanations(package)
        pixels = np.zeros((20, 30, 3), np.uint8)
        pixels[:, 15:, 0] = 255
        heat = class_map(package, how, Picture(pixels), studio, Progress.silent())
    assert how == Explanation("cam", "model") and heat.shape == (20, 30)
    assert (heat[:, :15] == 0).all() and (heat[:, 15:] == 1).all()


# --- versions on a picture -----------------------------------------------------------------------------------------


def test_settings_are_found_that_use_a_version(studio: Studio) -> None:
    for name, scale, quality in (("upscale-x4-fast", "4", "fast"), ("upscale-x2-best", "2", "best")):
        found = values_for(UPSCALE, studio.shelf.open(name), UPSCALE.defaults())
        assert (found["scale"], found["quality"]) == (scale, quality)
    styled = STYLISE.checked({"strength": 0.4})
    assert values_for(STYLISE, studio.shelf.open("stylise"), styled) == styled
    with pytest.raises(Trouble, match="No setting of"):
        values_for(STYLISE, studio.shelf.open("upscale-x2-best"), styled)


def test_a_version_that_is_not_in_use_is_tried_and_named(studio: Studio, tmp_path: Path) -> None:
    private = new_key(tmp_path / "author")
    studio.trust.add(next((tmp_path / "author").glob("*.pub")))
    newer = picture_package(
        tmp_path / "made", private, "upscale-x2-best", "1.1.0", task="painting.upscale", tiling=tiling(scale=2),
        model=brighter(),
    )  # fmt: skip
    studio.shelf.install(newer)
    picture = Picture(np.full((8, 9, 3), 100, np.uint8))
    found = {}
    for version in ("1.0.0", "1.1.0"):
        package = studio.shelf.open("upscale-x2-best", version)
        found[version] = tried(studio, UPSCALE, picture, package, UPSCALE.defaults(), Progress.silent())
        assert found[version].made.model_version == version and found[version].picture.size.width == 18
        assert found[version].device == "cpu" and found[version].seconds > 0
    assert (found["1.0.0"].picture.colour == 100).all() and (found["1.1.0"].picture.colour == 200).all()
    assert studio.apply(UPSCALE, picture, UPSCALE.defaults(), Progress.silent())[1].model_version == "1.1.0"


def brighter() -> bytes:
    """Twice as large and twice as bright."""
    return model_bytes(
        [
            helper.make_node("Add", ["picture", "picture"], ["double"]),
            helper.make_node(
                "Resize", ["double", "", "scales"], ["result"], mode="nearest", nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            ),
        ],
        {"picture": [1, 3, "h", "w"]}, {"result": [1, 3, "H", "W"]}, {"scales": np.array([1, 1, 2, 2], np.float32)},
    )  # fmt: skip
