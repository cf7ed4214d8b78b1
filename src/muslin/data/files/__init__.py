"""Picture files: which there are, and which picture belongs to which class and split."""
