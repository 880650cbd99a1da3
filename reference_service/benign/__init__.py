"""Variants of the service that are just as sound: one file each, which no check may fail on."""
