"""The parse room: bytes to documents, by table, by corpus, by law, and in a child that dies."""
