"""Several processes that compute as one."""
