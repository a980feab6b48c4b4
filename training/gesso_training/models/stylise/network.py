"""Stylise: any style in one pass, by a painter that looks only at its neighbourhood.

The painter works on space-to-depth planes, where few cores are fed best: a quarter of the side at its ends, an
eighth in its middle, plain 3x3 convolutions throughout. What a style does is said by a scale and a shift for every
channel of every layer (Dumoulin et al., arXiv 1610.07629). These numbers are the style's *code*: the encoder reads them
off a style picture, shipped styles carry tuned ones, and mixed styles are mixed codes. Means and spreads of the whole
picture, its *bearing*, are taken once from a small copy and handed to every tile, so a tiled picture has no seam. Grain,
a field of random numbers fed beside the picture (the idea of Ulyanov et al., arXiv 1603.03417), is what brush work in
flat parts grows from. The way back up is by repeated pixels and a convolution (Odena et al., 2016,
https://distill.pub/2016/deconv-checkerboard/): a sub-pixel layer at an eighth learnt to print its own raster as scales.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BORDER_PX = 32
"""Mirrored context given around a picture; the frame that zero padding would draw falls into it."""


BEARING_PX = 224
"""Side of the square copy, without a border, that a picture's bearing is taken from; what is seen in training is as large.

The zeros around a convolution leave their mark on means and spreads, and the smaller a picture, the more: a painter that has
learnt with pictures of one size is lost on the bearing of another.
"""

SMALLEST_SPREAD = 1e-3
"""Added to variances: a channel that is flat all over the picture is not blown up."""


class Modulated(nn.Module):
    """A convolution whose channels are brought to mean 0 and spread 1 over the picture, then scaled and shifted by the style.

    Conditional instance normalisation (arXiv 1610.07629): without it the network would have to find out by itself how
    busy the picture is before it could be as busy as the style.
    """

    def __init__(self, inside: int, outside: int, stride: int = 1, gain: float = 1.0) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False)
        nn.init.kaiming_normal_(self.convolution.weight)
        self.width, self.gain = outside, gain

    def forward(self, x: Tensor, code: Tensor, known: Tensor | None, found: list[Tensor]) -> Tensor:
        """`known` (1, 2 width) are means and spreads taken before; else this picture's own go into `found`."""
        x = self.convolution(x)
        if known is None:
            variance, mean = torch.var_mean(x, dim=(2, 3), correction=0)
            known = torch.cat([mean, (variance + SMALLEST_SPREAD).sqrt()], dim=1)
        found.append(known)
        mean, spread = known.chunk(2, dim=1)
        scale, shift = code.chunk(2, dim=1)
        factor = self.gain * (1 + scale) / spread
        return torch.addcmul((shift - factor * mean)[:, :, None, None], x, factor[:, :, None, None])


def doubled(x: Tensor) -> Tensor:
    """Every pixel twice, both ways."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Painter(nn.Module):
    """picture (n, 3, h, w) recoloured, sRGB 0-1, grain (n, 1, h, w), h and w multiples of 8, code (n, code_size) -> painted 0-1."""

    def __init__(self, width: int = 64, blocks: int = 3) -> None:
        super().__init__()
        deep, thin = 2 * width, width // 2
        self.width, self.blocks = width, blocks
        self.stem = Modulated(64, width)
        self.enter = Modulated(width, width)
        self.down = Modulated(width, deep, stride=2)
        self.body = nn.ModuleList(
            Modulated(deep, deep, gain=1.0 if half == 0 else 0.3) for _ in range(blocks) for half in range(2)
        )
        self.up = nn.Conv2d(deep, width, 1)
        self.join = Modulated(width, width)
        self.leave = Modulated(width, width)
        self.open = nn.Conv2d(width, thin, 1)
        self.finish = Modulated(thin + 16, thin)
        self.tail = nn.Conv2d(thin, 12, 3, padding=1)
        assert self.tail.bias is not None
        with torch.no_grad():
            # The four pixels that one place becomes begin alike, or they would begin as a chequerboard.
            self.tail.weight.copy_(0.1 * self.tail.weight[::4].repeat_interleave(4, dim=0))
            self.tail.bias.zero_()

    @property
    def modulated(self) -> list[Modulated]:
        return [
            self.stem, self.enter, self.down, *(m for m in self.body if isinstance(m, Modulated)),
            self.join, self.leave, self.finish,
        ]  # fmt: skip

    @property
    def code_size(self) -> int:
        return sum(2 * layer.width for layer in self.modulated)

    @property
    def halo_px(self) -> int:
        """How far an output pixel looks, rounded up to the alignment of 8."""
        quarter = 4 * 4  # stem, enter, join, leave
        eighth = 8 * 2 * self.blocks + 8  # body, and `down`, whose stride adds up to one step
        half = 2 * 2
        return (quarter + eighth + half + 8 + 7) // 8 * 8

    def forward(self, picture: Tensor, grain: Tensor, code: Tensor, bearing: Tensor | None = None) -> Tensor:
        """`bearing` (1, code_size): see `measured`; without it, this picture's own."""
        return self.painted(picture, grain, code, bearing)[0]

    def measured(self, picture: Tensor, grain: Tensor, code: Tensor) -> Tensor:
        """The picture's bearing under a style, (n, code_size): each channel's mean and spread at every layer.

        Taken once from a small copy and handed to every tile, it makes the painter look only at its neighbourhood.
        """
        return self.painted(picture, grain, code)[1]

    def painted(
        self, picture: Tensor, grain: Tensor, code: Tensor, bearing: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Both at once."""
        sizes = [2 * layer.width for layer in self.modulated]
        parts = iter(torch.split(code, sizes, dim=1))
        known = iter(torch.split(bearing, sizes, dim=1) if bearing is not None else [None] * len(sizes))
        found: list[Tensor] = []

        def layer(one: nn.Module, x: Tensor) -> Tensor:
            made: Tensor = one(x, next(parts), next(known), found)
            return made

        seen = torch.cat([(picture - 0.5) * 2, 0.5 * grain], dim=1)
        halves = F.pixel_unshuffle(seen, 2)
        near = torch.relu(layer(self.stem, F.pixel_unshuffle(seen, 4)))
        near = torch.relu(layer(self.enter, near))
        deep = torch.relu(layer(self.down, near))
        for first, second in zip(self.body[::2], self.body[1::2], strict=True):
            deep = deep + layer(second, torch.relu(layer(first, deep)))
        near = near + doubled(self.up(deep))
        near = torch.relu(layer(self.join, near))
        near = torch.relu(layer(self.leave, near))
        fine = torch.cat([doubled(self.open(near)), halves], dim=1)
        fine = torch.relu(layer(self.finish, fine))
        return picture + F.pixel_shuffle(self.tail(fine), 2), torch.cat(found, dim=1)


class Standard(nn.Module):
    """Numbers less their usual mean, by their usual spread: what sets styles apart, not what they have in common."""

    mean: Tensor
    spread: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("spread", torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        return ((x - self.mean) / self.spread).clamp(-4, 4)


QUIET = 0.05
"""How loudly the encoder speaks: each of its numbers is a sum of hundreds, and at full voice a step of learning moves it too far."""


class Encoder(nn.Module):
    """A style picture (n, 3, 256, 256), sRGB 0-1 -> its code (n, code_size).

    Style is told by how features are spread, not where: each layer gives the means and spreads of its channels. The
    filters are random and stay as they are, which tells textures apart well and keeps `even` true; what learns is the
    reading of it.
    """

    def __init__(self, code_size: int, widths: tuple[int, ...] = (32, 64, 128, 128)) -> None:
        super().__init__()
        sizes = (12, *widths)
        self.layers = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=1 if i == 0 else 2, padding=1) for i, (a, b) in enumerate(pairwise(sizes))
        )
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d) and layer.bias is not None
            nn.init.kaiming_normal_(layer.weight, a=0.2)
            nn.init.zeros_(layer.bias)
        self.layers.requires_grad_(False)
        described = 2 * sum(widths)
        self.even = Standard(described)
        self.read = nn.Sequential(nn.Linear(described, 256), nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LayerNorm(256))
        self.say = nn.Linear(256, code_size)
        with torch.no_grad():
            self.say.bias.zero_()

    def described(self, style: Tensor) -> Tensor:
        x = F.pixel_unshuffle((style - 0.5) * 2, 2)
        found = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            mean = x.mean(dim=(2, 3), keepdim=True)
            found += [mean.flatten(1), ((x - mean).square().mean(dim=(2, 3)) + 1e-5).sqrt()]
        return torch.cat(found, dim=1)

    def forward(self, style: Tensor) -> Tensor:
        code: Tensor = QUIET * self.say(F.leaky_relu(self.read(self.even(self.described(style))), 0.2))
        return code

    def get_used_to(self, styles: Tensor) -> None:
        """Take the measure of what styles are like, (n, 3, 256, 256), before learning begins."""
        with torch.no_grad():
            found = torch.cat([self.described(style[None]) for style in styles])
            self.even.mean.copy_(found.mean(0))
            self.even.spread.copy_(found.std(0) + 1e-3)


LOUD = 10.0
"""A shipped style's own numbers are seldom touched and learn so much faster."""


class Stylise(nn.Module):
    """Painter and encoder together, as they learn."""

    def __init__(self, width: int = 64, blocks: int = 3, shipped: int = 24) -> None:
        super().__init__()
        self.painter = Painter(width, blocks)
        self.encoder = Encoder(self.painter.code_size)
        self.own = nn.Embedding(shipped + 1, self.painter.code_size)
        nn.init.zeros_(self.own.weight)

    def code(self, style: Tensor, number: Tensor) -> Tensor:
        """What the encoder reads off a style, and what a shipped one (1, 2, ...; 0 is none) has of its own.

        A shipped style teaches only what is its own, or the encoder would come to lean on it.
        """
        read, is_shipped = self.encoder(style), (number > 0)[:, None]
        code: Tensor = torch.where(is_shipped, read.detach() + LOUD * self.own(number), read)
        return code
