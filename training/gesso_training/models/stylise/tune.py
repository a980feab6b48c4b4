"""Tuned codes for the styles that ship: the encoder's guess, bettered against each work itself.

Only the code of a style learns here, the painter stays as it is, so that every style goes on through one network
(the idea of one set of scales and shifts a style: Dumoulin et al., arXiv 1610.07629).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from gesso_training.models.stylise.colour import crop_statistics, recolour
from gesso_training.models.stylise.data import Bytes, Contents, Style, cropped, tensor
from gesso_training.models.stylise.grain import PERIOD_PX, grain
from gesso_training.models.stylise.judge import paint_with, recoloured_square
from gesso_training.models.stylise.network import Stylise
from gesso_training.models.stylise.perception import Perception, objective


def tune(
    network: Stylise,
    styles: Sequence[Style],
    contents: Contents,
    perception: Perception,
    *,
    steps: int,
    crop_px: int = 128,
    context_px: int = 16,
    picture_px: int = 224,
    count: int = 2,
    rate: float = 0.01,
    seed: int = 1,
    report: Callable[[str], None] = print,
) -> Tensor:
    """(k, code_size): a tuned code for each of k styles, `steps` steps of Adam on each."""
    network.eval().requires_grad_(False)
    with torch.no_grad():
        first = network.code(tensor([s.picture for s in styles]), torch.arange(1, len(styles) + 1))
    found = []
    for number, style in enumerate(styles):
        code = first[number : number + 1].clone().requires_grad_(True)
        optimiser = torch.optim.Adam([code], lr=rate, betas=(0.9, 0.99))
        targets = [g[None].float().expand(count, -1, -1) for g in style.grams]
        average = code.detach().clone()
        started, first_loss, last_loss = time.monotonic(), 0.0, 0.0
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            rng = np.random.default_rng((seed, number, step))
            drawn = [contents.draw(picture_px, rng) for _ in range(count)]
            own = [crop_statistics(tensor([crop])) for crop in drawn]
            picture = recolour(
                tensor(drawn),
                (torch.cat([m for m, _ in own]), torch.cat([c for _, c in own])),
                (style.mean.expand(count, -1), style.covariance.expand(count, -1, -1)),
            )
            offset = rng.integers(0, PERIOD_PX, (count, 2)).tolist()
            field = torch.cat([grain(picture_px, picture_px, top, left) for top, left in offset])
            corners = rng.integers(context_px, picture_px - crop_px - context_px + 1, (count, 2)).tolist()
            whole = network.painter(picture, field, code.expand(count, -1))
            painted, content = (cropped(x, corners, crop_px) for x in (whole, picture))
            with torch.no_grad():
                kept = perception(content)[-1]
            each, _, _ = objective(perception(painted), kept, targets)
            loss = each.mean() + 5 * (painted - painted.clamp(0, 1)).abs().mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            with torch.no_grad():
                average.lerp_(code, 1 - min(0.95, (1 + step) / (10 + step)))
            first_loss += float(loss.detach()) / max(1, steps // 5) if step < steps // 5 else 0.0
            last_loss += float(loss.detach()) / max(1, steps // 5) if step >= steps - steps // 5 else 0.0
        found.append(average)
        report(
            f"style {number + 1}/{len(styles)}  {first_loss:.3f} -> {last_loss:.3f}  {time.monotonic() - started:.0f} s"
        )
    return torch.cat(found)


def better(
    network: Stylise, styles: Sequence[Style], tuned: Tensor, contents: Sequence[Bytes], perception: Perception
) -> Tensor:
    """(k, code_size): for each style the tuned code, or the one that was learnt with the network where that paints held
    pictures better; by the logarithm of the objective, so that no single picture decides."""
    found = []
    with torch.no_grad():
        learnt = network.code(tensor([s.picture for s in styles]), torch.arange(1, len(styles) + 1))
        for style, pair in zip(styles, zip(learnt, tuned, strict=True), strict=True):
            targets = [g[None].float() for g in style.grams]
            sums = [0.0, 0.0]
            for content in contents:
                recoloured = recoloured_square(content, style)
                wanted = perception(recoloured)[-1]
                for at, code in enumerate(pair):
                    each, _, _ = objective(perception(paint_with(network, recoloured, code[None])), wanted, targets)
                    sums[at] += float(each.log())
            found.append(pair[int(sums[1] < sums[0])])
    return torch.stack(found)
