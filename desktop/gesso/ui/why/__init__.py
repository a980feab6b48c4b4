"""Why: what of the picture moved a place of a model's result, shown over the canvas."""

from gesso.ui.why.desk import WhyDesk

__all__ = ["WhyDesk"]
