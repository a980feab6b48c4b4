"""Tag: labels that are written down, splits that do not leak, drawn media, and a judge that counts as it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gesso_training import package
from gesso_training.corpora.corpus import Item
from gesso_training.models.tag.data import (
    SIDE,
    Labelled,
    Views,
    made,
    shrunk,
    split_of,
    squared,
    targets,
    view,
    with_made,
)
from gesso_training.models.tag.judge import (
    FEWEST,
    PRECISION,
    accuracies,
    by_histogram,
    coverage,
    recalls,
    same_kind,
    thresholds,
    truth_of,
)
from gesso_training.models.tag.labels import AXES, CQ100, MADE, PAINTINGS, PHOTOS, TAGS, Labels, labels_of
from gesso_training.models.tag.network import EMBEDDING, Packaged, Tagger, Where
from gesso_training.models.tag.publish import graphs_of
from gesso_training.models.tag.recipe import centred, told_apart
from gesso_training.models.tag.room import limits
from tests.training.conftest import drawn

FREE = ("free", "attribution")


def labelled(name: str, words: str, seed: int = 1) -> Labelled:
    return Labelled(name, drawn(seed), Labels(frozenset(words.split())))


# --- labels and splits ---------------------------------------------------------------------------------------------------


def test_every_written_word_is_one_that_the_network_knows() -> None:
    for table in (PAINTINGS, PHOTOS, CQ100):
        for file, words in table.items():
            assert set(words.split()) <= set(TAGS), file
    assert len(TAGS) == len(set(TAGS)) and set(MADE) <= set(AXES["medium"])


def test_labels_come_from_the_tables_and_silence_on_a_hanging_s_medium_is_no_answer() -> None:
    assert labels_of("photos", "003.jpg").words == {"photograph", "food", "pattern"}
    assert labels_of("cq100", "maya_beach.jpg", "Places").words >= {"photograph", "landscape", "water"}
    assert labels_of("textiles", "000.jpg").words == {"photograph", "cloth"}
    assert "medium" not in labels_of("paintings", "metmuseum_39735.jpg").known
    assert labels_of("photos", "999.jpg") is None


def test_what_was_held_out_elsewhere_stays_so_and_stricter_terms_only_judge() -> None:
    for number in range(200):
        file = f"{number}.jpg"
        assert split_of("photos", Item(file, "free", "test"), FREE) == "test"
        assert split_of("cq100", Item(file, "share-alike", "train"), FREE) in ("validation", "test")
        assert split_of("cq100", Item(file, "free", "validation"), FREE) in ("validation", "test")
    found = [split_of("photos", Item(f"{n}.jpg", "free", "train"), FREE) for n in range(2000)]
    assert 0.66 < found.count("train") / 2000 < 0.74 and found.count("validation") > 200 and found.count("test") > 200


# --- pictures ------------------------------------------------------------------------------------------------------------


@given(st.sampled_from(MADE), st.integers(0, 2**31))
def test_drawn_pictures_are_pictures_and_the_same_for_the_same_seed(kind: str, seed: int) -> None:
    sources = [labelled("a", "photograph animal")]
    one, other = (made(kind, sources, np.random.default_rng(seed)) for _ in range(2))
    assert one.pixels.shape == (256, 256, 3) and one.pixels.dtype == np.uint8
    assert np.array_equal(one.pixels, other.pixels)
    assert one.labels.words == {kind} and "medium" in one.labels.known


def test_what_is_drawn_of_a_picture_leaves_open_what_it_shows() -> None:
    truth, known = targets([made("line-art", [labelled("a", "photograph animal")], np.random.default_rng(1)).labels])
    assert truth[0].sum() == 1
    assert known[0, TAGS.index("photograph")] == 1 and known[0, TAGS.index("animal")] == 0


def test_pixel_art_has_few_colours_in_even_cells() -> None:
    picture = made("pixel-art", [labelled("a", "photograph")], np.random.default_rng(5)).pixels
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 20
    assert (picture[:, 1:] == picture[:, :-1]).all(axis=2).mean() > 0.6


@given(st.integers(0, 2**31))
def test_views_fill_the_square_whatever_the_picture_s_shape(seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = np.full((int(rng.integers(40, 400)), int(rng.integers(40, 400)), 3), 90, np.uint8)
    seen = view(picture, rng)
    assert seen.shape == (SIDE, SIDE, 3) and seen.std() < 60
    assert squared(picture).tolist() == np.full((SIDE, SIDE, 3), 90).tolist()


def test_shrinking_leaves_small_pictures_and_keeps_the_shorter_side() -> None:
    assert shrunk(drawn(1, 100, 120), 300).shape == (100, 120, 3)
    assert shrunk(drawn(1, 600, 900), 300).shape == (300, 450, 3)


def test_rare_words_come_up_more_often_than_their_share() -> None:
    pictures = [labelled(f"{n}", "photograph") for n in range(99)] + [labelled("rare", "sculpture")]
    views = Views(pictures, 4, 0.0)
    assert views.chance[-1] > 5 * views.chance[0]
    batch = views.draw(np.random.default_rng(1))
    assert batch["first"].shape == (4, 3, SIDE, SIDE) and not torch.equal(batch["first"], batch["second"])


# --- judge ---------------------------------------------------------------------------------------------------------------


def table(rows: list[tuple[str, dict[str, float]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    said = np.zeros((len(rows), len(TAGS)))
    for at, (_, numbers) in enumerate(rows):
        for tag, number in numbers.items():
            said[at, TAGS.index(tag)] = number
    return said, *truth_of([labelled(str(at), words) for at, (words, _) in enumerate(rows)])


def test_accuracy_asks_each_axis_of_pictures_that_have_a_word_of_it() -> None:
    said, truth, known = table(
        [
            ("photograph animal", {"photograph": 0.9, "animal": 0.2, "plant": 0.6}),
            ("painting realism", {"painting": 0.6, "photograph": 0.5, "realism": 0.1}),
        ]
    )
    found = accuracies(said, truth, known)
    assert found == {"medium": 1.0, "subject": 0.0, "style": 1.0, "accuracy": 0.75}


def test_a_threshold_keeps_nine_of_ten_right_and_rests_on_enough() -> None:
    rows = [("food", {"food": 1 - at / 100}) for at in range(9)] + [("sky", {"food": 0.905})]
    rows += [("sky", {"food": 0.5}), ("food", {"food": 0.4})] + [("sky", {"sky": 0.9})] * (FEWEST - 2)
    said, truth, known = table(rows)
    least = thresholds(said, truth, known)
    bound = least[TAGS.index("food")]
    dares = said[:, TAGS.index("food")] >= bound
    assert dares.sum() == 10 and truth[dares, TAGS.index("food")].mean() >= PRECISION
    assert least[TAGS.index("person")] > 1


@given(st.integers(0, 2**31))
def test_thresholds_hold_their_precision_on_what_they_were_chosen_by(seed: int) -> None:
    rng = np.random.default_rng(seed)
    said = rng.random((60, len(TAGS)))
    truth = rng.random((60, len(TAGS))) < said
    least = thresholds(said, truth, np.ones_like(truth))
    for column in range(len(TAGS)):
        dares = said[:, column] >= least[column]
        assert not dares.any() or truth[dares, column].mean() >= PRECISION


def test_coverage_and_recall_count_true_words_that_are_said() -> None:
    said, truth, known = table([("food plant", {"food": 0.9}), ("sky", {"sky": 0.2, "food": 0.9})])
    least = np.full(len(TAGS), 0.5)
    found = coverage(said, truth, known, least)
    assert found == {"precision": 0.5, "words found": pytest.approx(1 / 3), "pictures covered": 0.5}
    assert recalls(said, truth, known, least) == {"plant": 0.0, "food": 1.0, "sky": 0.0}


def test_likeness_is_right_where_the_nearest_shares_a_word() -> None:
    _, truth, _ = table([("food", {}), ("food", {}), ("sky", {})])
    places = np.array([[1.0, 0], [0.9, 0.1], [0.8, 0.2]])
    assert same_kind(places, truth) == pytest.approx(2 / 3)


def test_the_histogram_names_what_is_coloured_alike() -> None:
    red, blue = (np.full((40, 40, 3), c, np.uint8) for c in ((200, 30, 30), (30, 30, 200)))
    learnt = [Labelled("a", red, Labels(frozenset({"food"})))] * 5 + [
        Labelled("b", blue, Labels(frozenset({"sky"})))
    ] * 5
    said, places = by_histogram([Labelled("c", red, Labels(frozenset({"food"})))], learnt)
    assert said[0, TAGS.index("food")] == pytest.approx(1) and said[0, TAGS.index("sky")] == 0
    assert np.linalg.norm(places[0]) == pytest.approx(1)


# --- network -------------------------------------------------------------------------------------------------------------


def test_the_losses_fall_where_views_of_one_picture_lie_together() -> None:
    places = torch.nn.functional.normalize(torch.randn(6, EMBEDDING, generator=torch.Generator().manual_seed(1)), dim=1)
    together, apart = torch.cat([places, places]), torch.cat([places, places.roll(1, 0)])
    assert told_apart(together, 0.1) < 0.01 < 1 < told_apart(apart, 0.1)
    assert torch.allclose(centred(places + 5).norm(dim=1), torch.ones(6))


def test_the_packaged_graphs_say_what_torch_says_and_fit_their_size() -> None:
    torch.manual_seed(0)
    network = Tagger(len(TAGS)).eval()
    for graph in graphs_of(network).values():
        model = package.export(graph)
        assert len(model) < 3_000_000
        package.compare(graph, model, {"picture": package.sample(SIDE, SIDE, 4)})


def test_places_have_length_one_and_maps_add_up_to_the_word_of_the_mean() -> None:
    torch.manual_seed(0)
    network = Tagger(len(TAGS)).eval()
    picture = torch.from_numpy(package.sample(SIDE, SIDE, 3))
    with torch.inference_mode():
        words, place = Packaged(network)(picture)
        maps = Where(network)(picture)
        spoken = network(picture)[0] - network.words.bias
    assert place.norm() == pytest.approx(1, abs=1e-5) and ((words > 0) & (words < 1)).all()
    assert maps.shape == (1, len(TAGS), SIDE // 16, SIDE // 16)
    assert torch.allclose(maps.sum((2, 3)), spoken, atol=0.05)


def test_the_card_tells_which_words_are_never_said() -> None:
    assert not any("Never" in line for line in limits([]))
    assert limits(["sky", "food"])[-1] == "Never sure enough to say: sky, food."


def test_drawn_ones_are_added_to_a_split_the_same_each_time(tmp_path: Path) -> None:
    pictures = [labelled("a", "photograph")]
    one, other = (with_made(pictures, 2, seed=3) for _ in range(2))
    assert len(one) == 1 + 2 * len(MADE)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(one, other, strict=True))
