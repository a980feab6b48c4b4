"""What `gesso-train` can do: one file a command; the list of them is in `gesso_training.cli`."""
