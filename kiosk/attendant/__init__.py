"""Waits for a credential and serves one citizen after another: the loop, its window, its pages for every trouble."""
