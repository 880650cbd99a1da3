"""What makes a service slow that a steady load does not show: size, age, and neighbours."""
