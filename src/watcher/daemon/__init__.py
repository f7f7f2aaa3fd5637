"""Scheduler, signals, control socket, logs."""
