"""Several processes that learn as one: each takes its rows of every batch, gradients are summed, the first one writes.

Under `torchrun` (plain torch.distributed: gloo on CPUs, NCCL on GPUs). Networks are not wrapped, since a model's loss
may ask more of its network than `forward`. With one process nothing is changed and nothing is sent.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True)
class Ranks:
    """Which of how many processes this is."""

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this is the one that validates and writes."""
        return self.rank == 0

    def rows(self, batch: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], float]:
        """Rows `rank::size` of a batch, and what share of it they are."""
        if self.size == 1:
            return dict(batch), 1.0
        lengths = {len(value) if value.dim() else 0 for value in batch.values()}
        count = lengths.pop() if len(lengths) == 1 else 0
        if count < self.size:
            raise ValueError(f"A batch of {count or 'uneven'} rows cannot be shared by {self.size} processes.")
        mine = {name: value[self.rank :: self.size] for name, value in batch.items()}
        return mine, len(range(self.rank, count, self.size)) / count

    def alike(self, network: nn.Module) -> None:
        """Give every process the weights of the first."""
        if self.size > 1:
            for value in network.state_dict().values():
                distributed.broadcast(value, 0)

    def sum_gradients(self, parameters: Sequence[nn.Parameter], share: float) -> None:
        """Each gradient becomes that of the whole batch; one that no process has stays away."""
        if self.size == 1:
            return
        has = torch.tensor([float(p.grad is not None) for p in parameters], device=parameters[0].device)
        distributed.all_reduce(has)
        taken = [p for p, count in zip(parameters, has.tolist(), strict=True) if count]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad * share).reshape(-1) for p in taken])
        distributed.all_reduce(flat)
        for p, piece in zip(taken, torch.split(flat, [p.numel() for p in taken]), strict=True):
            p.grad = piece.view(p.shape).to(memory_format=_layout(p))

    def mean(self, numbers: Mapping[str, float], share: float, device: torch.device) -> dict[str, float]:
        """Numbers of the whole batch, from those of each process."""
        if self.size == 1:
            return dict(numbers)
        names = sorted(numbers)
        total = torch.tensor([numbers[name] * share for name in names], dtype=torch.float32, device=device)
        distributed.all_reduce(total)
        return dict(zip(names, total.tolist(), strict=True))

    def wait(self) -> None:
        """Until every process is here."""
        if self.size > 1:
            distributed.barrier()

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether it is so for one of the processes: what ends the loop ends it for all at one step."""
        if self.size == 1:
            return flag
        found = torch.tensor([float(flag)], device=device)
        distributed.all_reduce(found)
        return bool(found.item())


def _layout(p: Tensor) -> torch.memory_format:
    is_last = p.dim() == 4 and p.is_contiguous(memory_format=torch.channels_last) and not p.is_contiguous()
    return torch.channels_last if is_last else torch.contiguous_format


def here() -> Ranks:
    """Which process this is."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return Ranks()
    return Ranks(distributed.get_rank(), distributed.get_world_size())


def device_here(asked: str) -> str:
    """`cuda` under torchrun is the GPU of this process; everything else stays as asked."""
    return f"cuda:{os.environ['LOCAL_RANK']}" if asked == "cuda" and "LOCAL_RANK" in os.environ else asked


@contextmanager
def joined(device: str) -> Iterator[Ranks]:
    """Join the other processes where torchrun started several, and leave them in the end."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Ranks()
        return
    distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield here()
    finally:
        distributed.destroy_process_group()


def learning(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that learn."""
    found: Iterable[nn.Parameter] = network.parameters()
    return [p for p in found if p.requires_grad]
