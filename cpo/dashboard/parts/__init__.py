"""What several pages are built of: the frame around every page, lists, sliders, buttons."""
