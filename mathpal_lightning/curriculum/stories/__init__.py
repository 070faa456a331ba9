"""Stories of one to eight steps, drawn from a graph of quantities.

    graph.py        quantities and the rules between them; which steps lead from what is known to what is asked
    holders.py      pupils, classes, days, barns and herds that have more, fewer, so many times as many
    trade.py        buying, packing, back to one
    work.py         so many a day, a plan and what is missing
    people.py       ages, averages
    places.py       fields and their harvest, journeys, trees along a road
    shares.py       two numbers from their sum, difference and ratio
    tell.py         story(): a graph is drawn, some of it is told, one quantity is asked, and the solution is worked

A rule says that one quantity is the sum or the product of others, so that any one of them can be the unknown:

    b = a + d       "Nam có nhiều hơn Lan 5 viên bi"
    t = a + b       "Cả hai bạn có 31 viên bi"

With a and d told, t is two steps away; with t and d told, a is not to be had from these rules, so such a set is never drawn.
"""

from mathpal_lightning.curriculum.stories.graph import Graph, Quantity, Rule
from mathpal_lightning.curriculum.stories.tell import Family, story

__all__ = ["Family", "Graph", "Quantity", "Rule", "story"]
