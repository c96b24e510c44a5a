"""Screens. They show state and forward intent; nothing here decides (design.md, section 3)."""

from ui.immortal import make_singletons_immortal

make_singletons_immortal()
