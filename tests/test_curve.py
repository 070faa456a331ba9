"""The picture of the learning curve is drawn from its points, and RESULTS.md holds the same table."""

from tests.benchmarks import curve


def test_the_picture_is_drawn_from_the_points():
    assert curve.PICTURE.read_text(encoding="utf-8") == curve.svg(curve.courses())


def test_the_results_hold_the_table_of_the_points():
    assert curve.markdown(curve.courses()) in (curve.HERE / "RESULTS.md").read_text(encoding="utf-8")
