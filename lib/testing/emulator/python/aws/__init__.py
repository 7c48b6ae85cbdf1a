"""What moto 5.2 lacks of AWS for a cluster in a Wavelength Zone, added to moto's own classes.

Each module holds one rule of AWS and an ``install()`` that puts it in place; ``emulated.install`` calls them all.
"""
