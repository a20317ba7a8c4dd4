"""Spreadsheet files: CSV and XLSX read into a `domain.imports.Sheet`, refused rows written out."""
