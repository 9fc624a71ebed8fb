"""What runs in the child process: everything that touches the bytes of an untrusted file.

`entry` shuts the doors and starts `main`; nothing here is imported by the parent but
`frames` (how the two talk).
"""
