import numpy as np
import pytest
from scipy import integrate, stats

from kamlab.panel.links import LINKS, averaged

STEP = 1e-6
SLOPE = 1e-8  # central differences: step squared beside rounding over step
QUADRATURE = 2e-5  # nine nodes on a smooth function of a variable with deviation up to 1


@pytest.mark.parametrize("name", LINKS)
def test_slopes_are_the_derivatives(name):
    at = np.linspace(-6, 3, 91)
    link = LINKS[name]
    numeric = (link.probability(at + STEP) - link.probability(at - STEP)) / (2 * STEP)
    np.testing.assert_allclose(link.slope(at), numeric, atol=SLOPE)


@pytest.mark.parametrize("name", LINKS)
def test_nothing_is_lost_far_out(name):
    link, far = LINKS[name], np.array([-1e6, -800.0, 800.0, 1e6])
    with np.errstate(all="raise", under="ignore"):
        chance, slope = link.probability(far), link.slope(far)
    assert set(chance) <= {0.0, 1.0}
    np.testing.assert_allclose(slope, 0, atol=1e-300)


def test_the_complementary_log_log_is_the_survival_of_a_hazard():
    hazard = np.array([0.01, 0.2, 1.5])
    np.testing.assert_allclose(LINKS["cloglog"].probability(np.log(hazard)), np.exp(-hazard))


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("deviation", [0.1, 0.5, 1.0])
def test_averages_are_those_of_an_integral(name, deviation):
    link, centre = LINKS[name], np.array([-1.0, 0.3, 1.2])
    found = link.averaged(centre, deviation**2)
    for mean, value in zip(centre, found, strict=True):
        expected, _ = integrate.quad(
            lambda x, m=mean: link.probability(np.array(x)) * stats.norm.pdf(x, m, deviation), -9, 9
        )
        assert value == pytest.approx(expected, abs=QUADRATURE * (50 if name == "cloglog" else 1))


def test_without_variance_the_function_itself_is_returned():
    at = np.array([0.5, -2.0])
    np.testing.assert_array_equal(averaged(np.exp, at, 0.0), np.exp(at))


def test_averages_of_draws_keep_their_shape():
    centre, variance = np.zeros((4, 3)), np.full((4, 3), 0.25)
    assert LINKS["logit"].averaged(centre, variance).shape == (4, 3)
