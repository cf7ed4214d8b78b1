"""Prepare data: everything between a person's files and a batch on the device."""
