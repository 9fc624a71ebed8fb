"""Turn the bytes of a document into its text: plain text, HTML, DOCX and PDF, told by their first bytes."""
