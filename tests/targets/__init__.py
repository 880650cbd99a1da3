"""Small, sound services of unlike shapes, with flaws that can be switched on: they prove the harness general."""
