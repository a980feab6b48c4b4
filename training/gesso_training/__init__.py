"""gesso_training: makes, measures, versions and signs the models that Gesso runs."""

__version__ = "0.1.0"
