"""Pure functions on arrays: no model, no document, no clock, no disk."""
