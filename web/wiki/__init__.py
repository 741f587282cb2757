"""The record of each change, and a list of them, as pages of the organisation's DokuWiki."""
