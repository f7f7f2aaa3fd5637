"""From a page to clean text, its people and its links."""
