"""The web pages for people, made with NiceGUI: Home, Sessions, Messages and Connect; `words` needs no NiceGUI."""
