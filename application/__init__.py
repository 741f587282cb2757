"""What the outside may ask: changes are loaded, decided on and saved; who asks; what is read beside them."""
