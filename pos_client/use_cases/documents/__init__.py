"""What each printed document says, one module a document: typed values in, a Document out. Pure."""
