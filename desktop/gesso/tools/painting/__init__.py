"""The painting tools."""

from __future__ import annotations

from gesso.tools.declaration import Tool
from gesso.tools.painting.denoise import DENOISE
from gesso.tools.painting.line_art import LINE_ART
from gesso.tools.painting.stylise import STYLISE
from gesso.tools.painting.upscale import UPSCALE

PAINTING: tuple[Tool, ...] = (STYLISE, UPSCALE, DENOISE, LINE_ART)
