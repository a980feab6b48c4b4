"""Documents on disk: the project file, its journal, and pictures."""
