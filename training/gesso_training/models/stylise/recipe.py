"""How `stylise` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training import run_folder, terms
from gesso_training.loop import Schedule, channels_last
from gesso_training.models.stylise.colour import crop_statistics, recolour
from gesso_training.models.stylise.data import Bytes, Contents, Style, cropped, describe, read_set, tensor, views
from gesso_training.models.stylise.grain import PERIOD_PX, grain
from gesso_training.models.stylise.judge import paint_square
from gesso_training.models.stylise.network import BEARING_PX, Stylise
from gesso_training.models.stylise.perception import STYLE_WEIGHT, Perception, gram, objective, relative, style_distance
from gesso_training.models.stylise.styles import SHIPPED

PERCEPTION = "perceptual/vgg19_to_relu3_4.npz"
LESSER = (("textiles", 1), ("photos", 2), ("cq100", 2))
"""Sets whose pictures are styles now and then, and views of each."""


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule
    width: int = 64
    blocks: int = 3
    crop_px: int = 128
    """What the loss sees; larger at the end, where brush work is judged."""
    context_px: int = 16
    """Seen by the network around that at least, so that no border is learnt."""
    picture_px: int = BEARING_PX
    """What the network sees and takes its bearing from. Where this is hardly more than the crop, every place has a border
    in sight and what is seen is much of a kind: such a painter falls apart over a whole picture."""
    nearness: tuple[float, ...] = (1.0, 1.4, 2.0)
    """Shorter sides of the photographs that pictures are cut from, in sides of a picture; 1 is all of one."""
    count: int = 2
    """Few at a time: on two cores, twice the steps teach more than twice the pictures a step."""
    views: int = 10
    """Views of each painting: more views, more styles for the encoder to tell apart."""
    lesser_chance: float = 0.25
    """How often cloth and photographs, once drawn, are taken as a style: they widen the encoder's world, and no more."""
    whole_chance: float = 0.7
    """How often a style is seen whole, as it is judged."""
    shipped_chance: float = 0.5
    """How often a style is one of those that ship, which have to come out best."""
    content_every: int = 3
    """The content loss is small and half of the looking; it counts this many times when it is taken."""
    steady_every: int = 4
    """Likewise for the loss below."""
    smooth: float = 0.02
    """Weight of total variation beyond the style's own: keeps flat skies from blotching."""
    steady: float = 4.0
    """Weight of painting the same when the picture is moved by some pixels: forbids patterns of the network's own raster."""
    terms: tuple[str, ...] = ("free", "attribution")
    start_from: str = ""
    """Another variant, or `package:stylise`, whose weights this one starts from."""

    @property
    def shorts(self) -> list[int]:
        """Shorter sides of the photographs, in pixels."""
        return [round(self.picture_px * one) for one in self.nearness]


RECIPES: Mapping[str, Recipe] = {
    "whole-128": Recipe(Schedule(13000, learning_rate=6e-4, muon=0.006, warm_up=200, validate_every=1000)),
    # Goes on for the pictures that artists bring: shipped styles have weights of their own and need little of it.
    "any-128": Recipe(
        Schedule(10000, learning_rate=4e-4, muon=0.004, warm_up=200, validate_every=1000),
        shipped_chance=0.1,
        start_from="whole-128",
    ),
}


class Learning:
    """The task handed to the loop."""

    def __init__(self, recipe: Recipe, data: Path, keep: Path, start: Mapping[str, Tensor] | None = None) -> None:
        torch.manual_seed(recipe.schedule.seed)
        self.recipe = recipe
        stylise = Stylise(recipe.width, recipe.blocks)
        self.network: nn.Module = stylise
        if start:
            try:
                self.network.load_state_dict(start)
            except RuntimeError:
                raise ValueError(f"'{recipe.start_from}' is of another width or depth than this recipe.") from None
        channels_last(self.network)
        self.perception = Perception(data / PERCEPTION)
        contents = [p for name in ("cq100", "photos") for _, p in read_set(data, name, "train", recipe.terms)]
        self.contents = Contents(contents, recipe.shorts)
        self.styles = self._styles(data, keep)
        ships = {work.file for work in SHIPPED}
        listed = [item.file for item in terms.admit("paintings", "train", recipe.terms, data)]
        self.shipped = {file: at for at, file in enumerate(listed) if file in ships}
        if not start:
            stylise.encoder.get_used_to(tensor([group[0].picture for group in self.styles]))
        held = read_set(data, "cq100", "validation", (*recipe.terms, "share-alike"))
        self.held_contents = [p for _, p in held][:6]

    def _styles(self, data: Path, keep: Path) -> list[list[Style]]:
        """One list of views a picture; kept on disk, since VGG takes minutes over them."""
        if not keep.exists():
            self._describe_all(data, keep)
        saved = torch.load(keep, weights_only=True)
        return [[Style(v["picture"].numpy(), v["mean"], v["covariance"], v["grams"]) for v in group] for group in saved]

    def _describe_all(self, data: Path, keep: Path) -> None:
        recipe = self.recipe
        rng = np.random.default_rng(recipe.schedule.seed)
        groups = []
        for name, count in (("paintings", recipe.views), *LESSER):
            for _, picture in read_set(data, name, "train", recipe.terms):
                seen = [describe(view, self.perception) for view in views(picture, count, rng)]
                groups.append(
                    [
                        {
                            "picture": torch.from_numpy(np.array(s.picture)),
                            "mean": s.mean,
                            "covariance": s.covariance,
                            "grams": [g.half() if float(g.abs().max()) < 6e4 else g for g in s.grams],
                        }
                        for s in seen
                    ]
                )
        keep.parent.mkdir(parents=True, exist_ok=True)
        run_folder.save(keep, groups)

    def draw_style(self, rng: np.random.Generator) -> tuple[Style, int]:
        """A style, and its number among the shipped ones, or 0."""
        if self.shipped and rng.uniform() < self.recipe.shipped_chance:
            file = sorted(self.shipped)[int(rng.integers(len(self.shipped)))]
            return self.styles[self.shipped[file]][0], number_of(file)
        group = self.styles[int(rng.integers(len(self.styles)))]
        if len(group) < self.recipe.views and rng.uniform() > self.recipe.lesser_chance:
            return self.draw_style(rng)
        return group[0 if rng.uniform() < self.recipe.whole_chance else int(rng.integers(len(group)))], 0

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        recipe = self.recipe
        side = recipe.picture_px
        crops, own = [], []
        drawn = [self.draw_style(rng) for _ in range(recipe.count)]
        styles = [style for style, _ in drawn]
        for _ in range(recipe.count):
            crop = self.contents.draw(side, rng)
            crops.append(crop)
            own.append(crop_statistics(tensor([crop])))
        picture = recolour(
            tensor(crops),
            (torch.cat([m for m, _ in own]), torch.cat([c for _, c in own])),
            (torch.stack([s.mean for s in styles]), torch.stack([s.covariance for s in styles])),
        )
        offsets = rng.integers(0, PERIOD_PX, (recipe.count, 2)).tolist()
        field = torch.cat([grain(side, side, top, left) for top, left in offsets])
        found = {"picture": picture, "grain": field, "style": tensor([s.picture for s in styles])}
        found["number"] = torch.tensor([number for _, number in drawn])
        last = side - recipe.crop_px - recipe.context_px
        found["corner"] = torch.from_numpy(rng.integers(recipe.context_px, last + 1, (recipe.count, 2)))
        for layer in range(4):
            found[f"gram{layer}"] = torch.stack([s.grams[layer].float() for s in styles])
        return found

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        self.perception.to(batch["picture"].device)
        picture = batch["picture"].contiguous(memory_format=torch.channels_last)
        assert isinstance(network, Stylise)
        code = network.code(batch["style"], batch["number"])
        whole, bearing = network.painter.painted(picture, batch["grain"], code)
        corners: list[tuple[int, int]] = batch["corner"].tolist()
        painted, content = (cropped(x, corners, self.recipe.crop_px) for x in (whole, picture))
        # Looked at as it can be shown: a stroke far out of range must not outweigh everything that was learnt.
        recipe, features = self.recipe, self.perception(painted.clamp(0, 1))
        style = style_distance([gram(f) for f in features], [batch[f"gram{layer}"] for layer in range(4)])
        notes = {"style": float(style.detach().mean())}
        each = STYLE_WEIGHT * style
        if step % recipe.content_every == 0:
            with torch.no_grad():
                wanted = self.perception(content)[-1]
            kept = relative(features[-1].float(), wanted.float())
            each = each + recipe.content_every * kept
            notes["content"] = recipe.content_every * float(kept.detach().mean())
        # The square root keeps one hard style from drowning the others; out-of-range colours are paid for at once.
        loss = (each + 1e-3).sqrt().mean() + 2 * (painted - painted.clamp(0, 1)).abs().mean()
        if recipe.smooth:
            loss = loss + recipe.smooth * roughness_beyond(painted, content)
        if step % recipe.steady_every == 1:
            unsteady = unsteadiness(network, (whole, bearing.detach()), picture, batch["grain"], code, step)
            loss = loss + recipe.steady_every * recipe.steady * unsteady
            notes["unsteady"] = recipe.steady_every * float(unsteady.detach())
        return loss, notes

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Objectives on held-out photographs at 256 px: of shipped styles, and of others as the encoder reads them."""
        assert isinstance(network, Stylise)
        files, held = list(self.shipped), len(self.held_contents)
        shipped = [(file, self.styles[self.shipped[file]][0]) for file in files[:: max(1, len(files) // held)]]
        others = [
            ("", group[0])
            for at, group in enumerate(self.styles)
            if len(group) == self.recipe.views and at not in self.shipped.values()
        ]
        scores: dict[str, float] = {}
        for kind, listed in (("shipped", shipped), ("read", others[:: max(1, len(others) // held)])):
            found = [
                self._objective(network, content, style, number_of(file))
                for content, (file, style) in zip(self.held_contents, listed, strict=False)
            ]
            if found:
                scores |= {kind: float(np.mean(found)), f"log_{kind}": float(np.mean(np.log(found)))}
        return scores

    def _objective(self, network: Stylise, content: Bytes, style: Style, number: int) -> float:
        painted, recoloured = paint_square(network, content, style, number)
        device = self.perception.mean.device
        with torch.no_grad():
            seen, kept = (self.perception(p.to(device)) for p in (painted, recoloured))
            each, _, _ = objective(seen, kept[-1], [g[None].to(device).float() for g in style.grams])
        return float(each[0])


def number_of(file: str) -> int:
    """A shipped style's number in `Stylise.own`, by its file; 0 for no file."""
    return 1 + [work.file for work in SHIPPED].index(file) if file else 0


def unsteadiness(
    network: Stylise,
    painted: tuple[Tensor, Tensor],
    picture: Tensor,
    field: Tensor,
    code: Tensor,
    step: int,
    edge: int = 24,
) -> Tensor:
    """How differently the network paints when picture and grain are moved by some pixels against its raster."""
    whole, bearing = painted
    down, right = 1 + step % 7, 1 + step // 7 % 7
    side = picture.shape[2] - 8
    rows, columns = slice(down, down + side), slice(right, right + side)
    moved = network.painter(picture[:, :, rows, columns], field[:, :, rows, columns], code, bearing)
    inner = slice(edge, side - edge)
    apart: Tensor = (moved[:, :, inner, inner] - whole[:, :, rows, columns][:, :, inner, inner]).abs().mean()
    return apart


def roughness_beyond(painted: Tensor, content: Tensor) -> Tensor:
    """Pixel-to-pixel noise where the content is flat: the seed of blotches and checkerboards."""

    def second(x: Tensor) -> tuple[Tensor, Tensor]:
        return (
            (x[:, :, 2:] - 2 * x[:, :, 1:-1] + x[:, :, :-2]).abs(),
            (x[:, :, :, 2:] - 2 * x[:, :, :, 1:-1] + x[:, :, :, :-2]).abs(),
        )

    total = painted.new_zeros(())
    for mine, given in zip(second(painted), second(content), strict=True):
        flat = torch.exp(-given.mean(1, keepdim=True) * 50)
        total = total + (mine * flat).mean()
    return total
