"""The worker: carries out what is due, by itself and after a restart."""
