"""What the commands of the command line do, a module each; each returns an exit code."""
