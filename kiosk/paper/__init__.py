"""Issuing certificates, printing them, and the receipts of acts."""
