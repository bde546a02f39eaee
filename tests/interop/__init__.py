"""What webhooks get, verified by everybody else's libraries: `make interop`.

May live here: the capture of real requests, and the programs that verify them in other languages.
Needs npm and the package indexes, so it is no part of `make test`.
"""
