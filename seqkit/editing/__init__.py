"""A chain edited in its own style: `editor` keeps the history; how it is done stands in a file a style, same names."""
