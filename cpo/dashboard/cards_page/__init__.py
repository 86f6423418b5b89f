"""The page Cards: who may charge, whose card each is, and the card that was just held to the charger."""

from cpo.dashboard.cards_page.cards_page import page

__all__ = ['page']
