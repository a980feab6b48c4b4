"""What a learnt network has to beat: Canny and Sobel, judged alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesso_training.models.line_art.matching import Map, above
from gesso_training.models.line_art.thin import ridges

Method = Callable[[NDArray[np.uint8]], Map]
SIGMA_PX = 2.0
"""Of Canny's blur, as in the benchmark's own figures."""
LOWER = 0.4
"""Canny's lower threshold, as a share of the upper."""
KNEE = 0.08
"""Steepness that the middle threshold stands for; it only spreads the thresholds over what pictures have."""


def steepness(picture: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """How steep the lightness of a picture is, brought to 0-1; blurred first unless `sigma` is 0."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    if sigma:
        grey = cv2.GaussianBlur(grey, (0, 0), sigma)
    steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 4
    return np.asarray(steep / (steep + KNEE), np.float32)


def sobel(picture: NDArray[np.uint8]) -> Map:
    """Sobel's gradient of the picture as it is, thinned across its lines."""
    return above(ridges(steepness(picture, 0)))


def canny(picture: NDArray[np.uint8]) -> Map:
    """Canny's detector (PAMI 1986): blurred, thinned across its lines, weak pieces kept where they touch strong ones."""
    import cv2

    thin = ridges(steepness(picture, SIGMA_PX))

    def drawn(threshold: float) -> NDArray[np.bool_]:
        steep = threshold / (1 - threshold)  # the thresholds' ratio is one of gradients
        lower = LOWER * steep / (1 + LOWER * steep)
        pieces, numbers = cv2.connectedComponents((thin >= lower).astype(np.uint8), connectivity=8)
        keep = np.zeros(pieces, bool)
        keep[numbers[thin >= threshold]] = True
        keep[0] = False
        return np.asarray(keep[numbers])

    return drawn
