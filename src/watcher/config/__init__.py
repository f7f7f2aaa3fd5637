"""YAML to settings: models, positions, secrets."""
