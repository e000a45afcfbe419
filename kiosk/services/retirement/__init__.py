"""Services about retirement, pensions and their certification."""
