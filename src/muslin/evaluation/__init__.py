"""How good a saved run is: its scores on a data set, and whether it knows how sure it is."""
