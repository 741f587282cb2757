"""The pieces of which every card is made."""
