"""Certificates and receipts: their content, numbers and signatures."""
