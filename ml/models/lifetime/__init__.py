"""How often customers will buy and what they will spend: BG/NBD for purchases, Gamma-Gamma for the value of one.

The library `lifetimes`, which has both, is no longer kept and needs autograd, dill and pandas; pymc-marketing samples, and is too
large for a function. These are the closed forms, each with its source.
"""
