# Writes glm.csv: logit, probit and cloglog with six covariances, marginal effects, predictions.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript glm.R   (R 4.2.2, sandwich as printed at the end)
#
# Analyses are <link>:<formula>. cloglog models left = 1 - stayed, the others stayed.
# Covariances: `expected` information (R's vcov, sandwich's bread) and `observed` information
# (minus the second derivatives of the log-likelihood) agree for the logit alone:
#   classical_*  inverse information
#   hc0_*, hc1_* sandwich of the rows' scores; hc1 times n/(n-k)
#   cl_*         sandwich of the accounts' summed scores times g/(g-1) * (n-1)/(n-k)
# Marginal effects are means over rows of the slope of P(stayed), for cloglog too.
suppressPackageStartupMessages(library(sandwich))
source("common.R")

FORMULAS <- list(scores = "trust + commitment + satisfaction + tenure + size",
                 industry = "trust + size + industry")
TIGHT <- glm.control(epsilon = 1e-15, maxit = 100)

# First and second derivatives of the log-likelihood in the linear predictor, and the density
# of the link (slope of the mean) with its own slope.
derivatives <- function(link, eta, y) {
  if (link == "logit") {
    p <- plogis(eta)
    return(list(u = y - p, h = -p * (1 - p), f = p * (1 - p), df = p * (1 - p) * (1 - 2 * p)))
  }
  if (link == "probit") {
    q <- 2 * y - 1
    mills <- exp(dnorm(eta, log = TRUE) - pnorm(q * eta, log.p = TRUE)) * q
    return(list(u = mills, h = -mills * (mills + eta), f = dnorm(eta), df = -eta * dnorm(eta)))
  }
  m <- exp(eta)
  g <- m / expm1(m)
  list(u = ifelse(y == 1, g, -m), h = ifelse(y == 1, g * (1 - m / -expm1(-m)), -m),
       f = m * exp(-m), df = m * exp(-m) * (1 - m))
}

analyse <- function(d, link, name) {
  right <- FORMULAS[[name]]
  left_side <- if (link == "cloglog") "left" else "stayed"
  fit <- glm(as.formula(paste(left_side, "~", right)), binomial(link), d, control = TIGHT)
  X <- model.matrix(fit)
  terms <- plain_terms(colnames(X))
  b <- coef(fit)
  for (i in 1:4) {  # Newton steps beyond glm's own precision
    s <- derivatives(link, drop(X %*% b), fit$y)
    b <- b - drop(solve(crossprod(X, X * s$h), colSums(X * s$u)))
  }
  stopifnot(max(abs(b - coef(fit))) < 1e-6)
  eta <- drop(X %*% b)
  s <- derivatives(link, eta, fit$y)
  scores <- X * s$u
  stopifnot(max(abs(colSums(scores))) < 1e-9)
  n <- nrow(X); k <- ncol(X)
  summed <- rowsum(scores, d$account_id)
  g <- nrow(summed)
  small <- g / (g - 1) * (n - 1) / (n - k)
  label <- paste(link, name, sep = ":")
  covariances <- list()
  # vcov(fit) is that of glm's last step but one: good to about 1e-6.
  mean_ <- binomial(link)$linkinv(eta)
  bread <- list(expected = solve(crossprod(X, X * s$f^2 / (mean_ * (1 - mean_)))),
                observed = solve(crossprod(X, X * -s$h)))
  for (kind in names(bread)) {
    B <- bread[[kind]]
    covariances[[paste0("classical_", kind)]] <- B
    covariances[[paste0("hc0_", kind)]] <- B %*% crossprod(scores) %*% B
    covariances[[paste0("hc1_", kind)]] <- B %*% crossprod(scores) %*% B * n / (n - k)
    covariances[[paste0("cl_", kind)]] <- B %*% crossprod(summed) %*% B * small
  }
  # The same by the package, so that the formulas above are not alone.
  same <- function(a, b) stopifnot(max(abs(a / b - 1)) < 1e-5)
  same(covariances$cl_expected, vcovCL(fit, d$account_id, type = "HC1", cadjust = TRUE))
  same(covariances$hc0_expected, vcovHC(fit, type = "HC0"))
  same(covariances$hc1_expected, vcovHC(fit, type = "HC1"))

  out <- list(rows_of(label, "estimate", terms, b),
              rows_of(label, c("loglik", "loglik_null", "nobs", "n_accounts"), "",
                      c(logLik(fit), -fit$null.deviance / 2, n, g)))
  for (kind in names(covariances)) {
    V <- covariances[[kind]]
    out[[length(out) + 1]] <- rows_of(label, paste0("se_", kind), terms, sqrt(diag(V)))
  }
  sign <- if (link == "cloglog") -1 else 1
  for (j in which(!grepl("Intercept|industry", terms))) {
    effect <- sign * mean(s$f) * b[j]
    slope <- sign * (colMeans(X * s$df) * b[j] + mean(s$f) * (seq_len(k) == j))
    out[[length(out) + 1]] <- rows_of(label, "ame", terms[j], effect)
    for (kind in c("classical_observed", "classical_expected", "hc1_observed", "hc1_expected",
                   "cl_observed", "cl_expected")) {
      V <- covariances[[kind]]
      out[[length(out) + 1]] <- rows_of(label, paste0("ame_se_", kind), terms[j],
                                        sqrt(drop(slope %*% V %*% slope)))
    }
  }
  # The first five rows: linear predictor, its error, and the probability to stay.
  few <- 1:5
  stay <- if (link == "cloglog") 1 - fitted(fit)[few] else fitted(fit)[few]
  out[[length(out) + 1]] <- rows_of(label, "eta", few, eta[few])
  out[[length(out) + 1]] <- rows_of(label, "stay_probability", few, stay)
  for (kind in c("cl_observed", "cl_expected")) {
    V <- covariances[[kind]]
    out[[length(out) + 1]] <- rows_of(label, paste0("eta_se_", kind), few,
                                      sqrt(rowSums((X[few, ] %*% V) * X[few, ])))
  }
  do.call(rbind, out)
}

d <- read_rows("rows.csv")
d$left <- 1 - d$stayed
tables <- list()
for (link in c("logit", "probit", "cloglog")) for (name in names(FORMULAS)) {
  tables[[paste(link, name)]] <- analyse(d, link, name)
}
write_values(tables, "glm.csv")
cat(R.version.string, "sandwich", as.character(packageVersion("sandwich")), "\n")
