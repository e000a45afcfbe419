"""Following what the centre publishes: manifest, snapshots, pages, commands."""
