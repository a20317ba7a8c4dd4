"""HTTP: from bytes to typed requests, from results and codes to answers. No decisions here."""
