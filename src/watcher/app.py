"""The composition root: settings in, wired App out."""
