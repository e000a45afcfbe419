"""What the centre publishes to kiosks: numbering, pages, the signed manifest, snapshots."""
