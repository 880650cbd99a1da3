"""The projects service: notes nested below projects, integer ids, cursors, PUT and PATCH, entity tags, API keys."""
