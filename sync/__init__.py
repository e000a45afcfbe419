"""The local store and its exchange with the centre. Knows nothing else of ours."""
