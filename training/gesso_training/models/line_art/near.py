"""A quick stand-in for the benchmark's F-measure while a network learns: near enough counts, one to many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gesso_training.models.line_art.thin import ridges

REACH = 0.0075
"""Of the diagonal: how far a pixel may lie from what it matches, as in the benchmark."""
THRESHOLDS = np.arange(1, 20) / 20


def best_f(strengths: Sequence[NDArray[np.float32]], truths: Sequence[NDArray[np.bool_]]) -> float:
    """The best F over thresholds common to all pictures.

    Unlike the benchmark, several pixels may match the same one, so that this comes out a little higher.
    """
    import cv2

    counts = np.zeros((len(THRESHOLDS), 4))
    for strength, people in zip(strengths, truths, strict=True):
        thin = ridges(strength)
        reach = REACH * float(np.hypot(*strength.shape))
        to_any = cv2.distanceTransform((~people.any(axis=0)).astype(np.uint8), cv2.DIST_L2, 5)
        for row, threshold in enumerate(THRESHOLDS):
            found = thin >= threshold
            to_found = cv2.distanceTransform((~found).astype(np.uint8), cv2.DIST_L2, 5)
            reached = sum(int((to_found[truth] <= reach).sum()) for truth in people) if found.any() else 0
            counts[row] += (int((to_any[found] <= reach).sum()), int(found.sum()), reached, int(people.sum()))
    precision = counts[:, 0] / np.maximum(counts[:, 1], 1)
    recall = counts[:, 2] / np.maximum(counts[:, 3], 1)
    return float((2 * precision * recall / np.maximum(precision + recall, 1e-9)).max())
