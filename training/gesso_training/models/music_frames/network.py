"""Next frame: a recurrent network that says for each of 88 keys how likely it sounds next."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gesso_training.models.music_frames.data import KEYS


class Frames(nn.Module):
    """(n, frames, 88) of 0 and 1 and a state -> logits of the frame after each, and the state.

    Gated recurrent units (Cho et al., arXiv 1406.1078) over a dense reading of the frame; what sounds now also speaks for
    itself, past the recurrent layers, since most keys go on as they are. In training a share of the units is silent, the
    same throughout a sequence (Gal and Ghahramani, arXiv 1512.05287).
    """

    def __init__(self, width: int, layers: int, drop: float) -> None:
        super().__init__()
        self.width, self.layers, self.drop = width, layers, drop
        self.read = nn.Linear(KEYS, width)
        self.cells = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(layers))
        self.say = nn.Linear(width, KEYS)
        self.past = nn.Linear(KEYS, KEYS, bias=False)
        nn.init.zeros_(self.past.weight)

    def _dropped(self, x: Tensor) -> Tensor:
        if not self.training or self.drop == 0:
            return x
        kept = torch.full((x.shape[0], 1, x.shape[2]), 1 - self.drop, device=x.device)
        return x * torch.bernoulli(kept) / (1 - self.drop)

    def forward(self, keys: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """`state` is (layers, n, width)."""
        x = self._dropped(torch.relu(self.read(self._dropped(keys))))
        states = []
        for at, cell in enumerate(self.cells):
            y, last = cell(x, state[at : at + 1].contiguous())
            x = x + self._dropped(y)
            states.append(last)
        return self.say(x) + self.past(keys), torch.cat(states)

    def start(self, count: int) -> Tensor:
        """The state before the first frame."""
        return torch.zeros(self.layers, count, self.width, device=self.say.weight.device)
