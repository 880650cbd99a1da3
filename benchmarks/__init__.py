"""What the parts cost: printed, and written down with the kind of machine and the date."""
