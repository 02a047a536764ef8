"""An invented town to try everything on: streets, people, products, shops and two years of orders."""
