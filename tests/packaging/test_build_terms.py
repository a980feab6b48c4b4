"""A `--free-only` build: which packages go in, and which do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
Script = Callable[[str], ModuleType]


def card(resources: Path, place: str, text: str) -> None:
    (resources / "models" / place).mkdir(parents=True)
    (resources / "models" / place / "card.json").write_text(text, encoding="utf-8")


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    for number, terms in enumerate(("free", "attribution", "share-alike", "non-commercial", "judging-only")):
        card(tmp_path, f"model-{terms}/1.{number}.0", json.dumps({"terms": terms}))
    card(tmp_path, "mixed/1.0.0", json.dumps({"terms": "non-commercial"}))
    card(tmp_path, "mixed/1.1.0", json.dumps({"terms": "free"}))
    card(tmp_path, "silent/1.0.0", "{}")
    card(tmp_path, "broken/1.0.0", "[")
    return tmp_path


def test_what_is_stricter_than_attribution_is_left_out_and_named(script: Script, resources: Path) -> None:
    assert script("build_terms.py").left_out(resources) == {
        "models/broken/1.0.0": "a card that does not say",
        "models/mixed/1.0.0": "non-commercial",
        "models/model-judging-only/1.4.0": "judging-only",
        "models/model-non-commercial/1.3.0": "non-commercial",
        "models/model-share-alike/1.2.0": "share-alike",
        "models/silent/1.0.0": "a card that does not say",
    }


def test_files_are_chosen_by_their_package_and_a_model_stays_with_its_free_version(
    script: Script, resources: Path
) -> None:
    build_terms = script("build_terms.py")
    without = build_terms.left_out(resources)
    assert not build_terms.is_chosen("models/mixed/1.0.0/model.onnx", without)
    assert build_terms.is_chosen("models/mixed/1.1.0/model.onnx", without)
    assert build_terms.is_chosen("models/mixed/1.0.01/model.onnx", without)  # another folder that begins alike
    assert build_terms.is_chosen("guide/en/files.md", without) and build_terms.is_chosen("models/any", {})
    assert build_terms.names_left(resources, without) == {"mixed", "model-free", "model-attribution"}
    assert len(build_terms.names_left(resources, {})) == 8


def test_the_recipe_of_the_app_asks_for_it(script: Script) -> None:
    recipe = (ROOT / "packaging" / "gesso.spec").read_text(encoding="utf-8")
    assert "GESSO_FREE_ONLY" in recipe and "is_chosen(" in recipe
    shipped = script("build_terms.py")
    assert shipped.names_left(ROOT / "resources", shipped.left_out(ROOT / "resources"))
