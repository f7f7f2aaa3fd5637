"""The fixture newsroom played over loopback: its site, its receivers, its script."""
