"""gesso_training: makes, measures, versions and signs the models that Gesso runs."""
