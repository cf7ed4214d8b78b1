"""What all pages share: one look, charts as SVG, templates that escape every name. Knows no torch, no run."""
