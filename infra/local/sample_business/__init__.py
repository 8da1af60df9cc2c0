"""Café Central, the sample business that `make run` loads: a café in Madrid with two stores and two years of orders.

It is invented. A generator with a fixed seed makes it, and each calendar day follows from its date alone: loaded today
or next month, 3 March is the same 3 March, and a later start only adds the days that are missing. What it holds on
purpose: busy Saturdays and quiet Augusts, Madrid's holidays, closed days (Mondays and two weeks of August in Retiro),
prices that rise every 1 March, a product that is new since March 2026 (matcha latte), one in decline (the green detox
juice), seasonal ones, products that run out, refunds, discounts, customers with a loyalty card who come and go, and
reviews in Spanish.
"""

from infra.local.sample_business.loading import ABOUT, BUSINESS, load, load_documents

__all__ = ["ABOUT", "BUSINESS", "load", "load_documents"]
