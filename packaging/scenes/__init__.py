"""The sample pictures, drawn from nothing but numbers: one scene a file, each a function `paint(width, height)`."""
