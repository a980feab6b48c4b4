"""What the artist owns, and how it is changed and taken back."""
