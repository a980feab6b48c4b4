"""The brush: points of a pen become dabs, dabs become coverage or mixed paint, both become pixels.

`path` follows the pen, `tips` are the shapes that dabs press, `stamp` presses them, `lay` puts coverage on pixels, `wet`
mixes paint with what lies beneath, `copies` mirrors and turns all of it, `heal` fits a copied patch in, and `written` puts a brush into words.
"""

from gesso.operations.painting.brush.brush import BLACK, PARTS, SENSES, Brush, Dynamic, Point
from gesso.operations.painting.brush.copies import Copy
from gesso.operations.painting.brush.curve import LINEAR, Curve
from gesso.operations.painting.brush.lay import lay, lay_picture
from gesso.operations.painting.brush.path import Dab, Stroke, dabs, seed_of
from gesso.operations.painting.brush.recording import Recording
from gesso.operations.painting.brush.stamp import Coverage, mask_of, stamp

__all__ = [
    "BLACK", "LINEAR", "PARTS", "SENSES", "Brush", "Copy", "Coverage", "Curve", "Dab", "Dynamic", "Point", "Recording", "Stroke", "dabs", "lay",
    "lay_picture", "mask_of", "seed_of", "stamp",
]  # fmt: skip
