"""What the widgets draw: `values()` of each module, plain values by the textbook; its drawing has the same stem."""
