"""What is made of the measurements: tables and pictures in the documents."""
