"""What a run is: a folder that a person can read, whose files are whole or absent."""
