"""Services about unemployment and training."""
