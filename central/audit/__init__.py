"""The history of the centre: chained, so that it cannot be changed unnoticed, and heads of it and of the kiosks'."""
