"""What people use instead of Muslin, set up as its own documentation says, and the races against it."""
