"""Likelihoods and forecasts of three purchase models and of Gamma-Gamma, from their definitions.

Everything is in mpmath at the caller's precision, and slow; nothing of kamlab is used. A
forecast is the integral that defines it (the chance to be alive times the rate to come);
`write_points.py` compares it with another road to the same number.
"""

from mpmath import exp, expm1, hyp2f1, inf, log, log1p, loggamma, mpf, quad

MODELS = {
    "bgnbd": ("r", "alpha", "a", "b"),
    "mbgnbd": ("r", "alpha", "a", "b"),
    "paretonbd": ("r", "alpha", "s", "beta"),
    "gammagamma": ("p", "q", "gamma"),
}


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def log_sum(u, v):
    big = max(u, v)
    return big + log(exp(u - big) + exp(v - big))


def parts(model, parameters, x, t_x, T):
    """Log-likelihood of the history and of still being alive at T, and of having left before."""
    if model == "paretonbd":
        return pareto_parts(parameters, x, t_x, T)
    r, alpha, a, b = parameters
    front = loggamma(r + x) - loggamma(r) + r * log(alpha) - log_beta(a, b)
    first = 0 if model == "bgnbd" else 1
    alive = front + log_beta(a, b + x + first) - (r + x) * log(alpha + T)
    if model == "bgnbd" and x == 0:
        return alive, -inf
    left = front + log_beta(a + 1, b + x - 1 + first) - (r + x) * log(alpha + t_x)
    return alive, left


def pareto_parts(parameters, x, t_x, T):
    r, alpha, s, beta_ = parameters
    front = loggamma(r + x) - loggamma(r) + r * log(alpha) + s * log(beta_)
    alive = front - (r + x) * log(alpha + T) - s * log(beta_ + T)
    if t_x == T:
        return alive, -inf
    return alive, front + log(s) + log_death_integral(parameters, x, t_x, T)


def log_death_integral(parameters, x, t_x, T):
    """Log of the integral of (alpha+t)^-(r+x) (beta+t)^-(s+1) over t from t_x to T, by 2F1."""
    r, alpha, s, beta_ = parameters
    n = r + s + x
    if alpha >= beta_:
        big, gap, second = alpha, alpha - beta_, s + 1
    else:
        big, gap, second = beta_, beta_ - alpha, r + x

    def end(t):
        z = gap / (big + t)
        return -n * log(big + t) + log(hyp2f1(n, second, n + 1, z))

    at_start, at_end = end(t_x), end(T)
    return at_start + log(1 - exp(at_end - at_start)) - log(n)


def log_death_integral_by_quadrature(parameters, x, t_x, T):
    """The same by tanh-sinh quadrature over pieces that shrink towards t_x."""
    r, alpha, s, beta_ = parameters

    def log_integrand(t):
        return -(r + x) * log(alpha + t) - (s + 1) * log(beta_ + t)

    top = log_integrand(t_x)
    width = T - t_x
    cuts = [t_x] + [t_x + width * mpf(10) ** -k for k in range(12, -1, -1)]
    return top + log(quad(lambda t: exp(log_integrand(t) - top), cuts))


def loglik(model, parameters, x, t_x, T):
    alive, left = parts(model, parameters, x, t_x, T)
    return alive if left == -inf else log_sum(alive, left)


def loglik_spend(parameters, x, mean):
    """Gamma-Gamma: density of the mean of x orders (Fader, Hardie & Lee 2005)."""
    p, q, scale = parameters
    return (
        -log_beta(p * x, q)
        + q * log(scale)
        + (p * x - 1) * log(mean)
        + p * x * log(x)
        - (p * x + q) * log(scale + x * mean)
    )


def p_alive(model, parameters, x, t_x, T):
    alive, left = parts(model, parameters, x, t_x, T)
    return mpf(1) if left == -inf else 1 / (1 + exp(left - alive))


def power_mean(a, b, n, w):
    """Mean of (1 + w p)^-n over p ~ Beta(a, b), which is 2F1(n, a; a+b; -w)."""
    # By Pfaff's transformation: no large parameter is left but a + b.
    return (1 + w) ** -a * hyp2f1(a, a + b - n, a + b, w / (1 + w))


def beta_quad(a, b, f):
    """Integral of f(p) p^(a-1) (1-p)^(b-1) over 0..1, in pieces around the mean."""
    mean = a / (a + b)
    marks = (mpf("1e-6"), mpf("1e-3"), mpf("0.03"), mpf("0.3"), 1, 2, 4)
    cuts = [mpf(0), *(mean * m for m in marks if mean * m < 1), mpf(1)]
    return quad(lambda p: f(p) * exp((a - 1) * log(p) + (b - 1) * log1p(-p)), cuts)


def rate_if_alive(model, parameters, x, T, u):
    """Expected purchases per unit of time, u after T, of one who was alive at T."""
    if model == "paretonbd":
        r, alpha, s, beta_ = parameters
        return (r + x) / (alpha + T) * ((beta_ + T) / (beta_ + T + u)) ** s
    r, alpha, a, b = parameters
    failures = b + x + (0 if model == "bgnbd" else 1)
    n, A = r + x, alpha + T
    return n / A * power_mean(a, failures, n + 1, u / A)


def pieces(T, until):
    scale = mpf(T) if T > 0 else mpf(1)
    inner = [c * scale for c in (mpf("0.01"), mpf("0.1"), 1, 10, 100) if c * scale < until]
    return [mpf(0), *inner, until]


def expected_purchases(model, parameters, x, t_x, T, periods):
    """Expected purchases in the next `periods`, given the history."""
    total = quad(lambda u: rate_if_alive(model, parameters, x, T, u), pieces(T, mpf(periods)))
    return p_alive(model, parameters, x, t_x, T) * total


def discounted_purchases(model, parameters, x, t_x, T, delta, horizon=inf):
    """Expected purchases after T, each discounted by exp(-delta u), up to `horizon`."""
    end = mpf(horizon)
    if horizon == inf:
        end = mpf(400) / delta  # exp(-400) is below every digit that is kept
    marks = sorted({*pieces(T, end), *(m / delta for m in (1, 5, 20, 80) if m / delta < end)})
    total = quad(lambda u: exp(-delta * u) * rate_if_alive(model, parameters, x, T, u), marks)
    return p_alive(model, parameters, x, t_x, T) * total


def rate_of_new(model, parameters, u):
    """Expected repeat purchases per unit of time, u after the first purchase."""
    zero = mpf(0)
    if model != "mbgnbd":
        return rate_if_alive(model, parameters, zero, zero, u)
    r, alpha, a, b = parameters
    # Leaves at once with chance p, so the mean of (1 - p) times the rate over p ~ Beta(a, b).
    return r / alpha * b / (a + b) * power_mean(a, b + 1, r + 1, u / alpha)


def expected_of_new(model, parameters, periods):
    """Expected repeat purchases of a customer who has just bought for the first time."""
    cuts = pieces(parameters[1], mpf(periods))
    return quad(lambda u: rate_of_new(model, parameters, u), cuts)


def discounted_of_new(model, parameters, delta):
    """The same for ever, each purchase discounted by exp(-delta u)."""
    cuts = sorted({*pieces(parameters[1], 400 / delta), *(m / delta for m in (1, 5, 20, 80))})
    return quad(lambda u: exp(-delta * u) * rate_of_new(model, parameters, u), cuts)


def expected_purchases_again(model, parameters, x, t_x, T, t):
    """The same by another road: Pareto/NBD's closed form, or the mean over the chance to leave.

    Given chance p and rate, one alive buys (1 - exp(-rate p t)) / p more times on average. Not
    at s = 1, where Pareto/NBD's closed form is not defined.
    """
    alive = p_alive(model, parameters, x, t_x, T)
    if model == "paretonbd":
        r, alpha, s, beta_ = parameters
        front = alive * (r + x) * (beta_ + T) / ((alpha + T) * (s - 1))
        return front * (1 - ((beta_ + T) / (beta_ + T + t)) ** (s - 1))
    r, alpha, a, b = parameters
    failures = b + x + (0 if model == "bgnbd" else 1)
    constant, A = log_beta(a, failures), alpha + T
    bought = lambda p: -expm1((r + x) * -log1p(p * t / A)) / p * exp(-constant)  # noqa: E731
    return alive * beta_quad(a, failures, bought)
