"""The kiosk's keys, each from the best place that the machine has: TPM, systemd credential, keyring, file."""
