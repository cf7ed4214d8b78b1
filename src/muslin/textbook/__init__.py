"""The lecture's functions in NumPy: each with its formula, its gradient beside it, its source and an example.

`neuron`, `activations`, `distances`, `losses`, `information`, `optimizers`, `network` and `rules`; and `plane`, the
points to try them on.

One convention holds throughout: `f(x)` is followed by `f_gradient(x)`. Elementwise functions return the derivative,
loss functions the gradient with respect to their first argument, and functions that mix their inputs (softmax) take the
gradient that comes from above and return the one that goes below.

float32 stays float32, whole numbers become float64. NaN, empty arrays and shapes that would silently broadcast are
errors that name the argument.
"""
