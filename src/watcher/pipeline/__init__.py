"""The stages, one file each: they ask the core and apply its answers through ports."""
