"""Python names as QML writes them."""


def camel_case(name: str) -> str:
    """`tile_color` becomes `tileColor`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
