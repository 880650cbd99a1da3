"""Every check, one file each, in the folder of its family; the registry finds them by walking."""
