# Writes glmer.csv: random-intercept logit by lme4, adaptive quadrature with 25 nodes.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript glmer.R   (R 4.2.2, lme4 as printed at the end)
#
# `*_lme4` are lme4's own numbers (optimiser's tolerance about 1e-6). The others are the maximum
# of the marginal likelihood by a rule of 400 equal steps over -10..10
# standard deviations (exact to rounding for such integrands), Newton steps in the coefficients
# and log sd with Richardson differences; standard errors from its Hessian, sd by the delta
# method. `boundary` is the log-likelihood at sd = 0 (the plain logit).
suppressPackageStartupMessages(library(lme4))
source("common.R")

CASES <- list(rows = stayed ~ trust + commitment + satisfaction + tenure + size,
              random_intercepts = stayed ~ trust)
NODES <- seq(-10, 10, length.out = 401)
LOG_WEIGHTS <- dnorm(NODES, log = TRUE) + log(NODES[2] - NODES[1])

marginal <- function(X, y, account, theta) {
  k <- ncol(X)
  eta <- drop(X %*% theta[1:k])
  sd <- exp(theta[k + 1])
  q <- 2 * y - 1
  each <- plogis(q * outer(eta, sd * NODES, "+"), log.p = TRUE)
  summed <- sweep(rowsum(each, account), 2, LOG_WEIGHTS, "+")
  top <- apply(summed, 1, max)
  sum(top + log(rowSums(exp(summed - top))))
}

# Central differences at steps h and h/2, combined to fourth order.
gradient <- function(f, at, h = 1e-3) {
  one <- function(h) sapply(seq_along(at), function(i) {
    e <- replace(numeric(length(at)), i, h)
    (f(at + e) - f(at - e)) / (2 * h)
  })
  rough <- one(h); fine <- one(h / 2); finer <- one(h / 4)
  first <- (4 * fine - rough) / 3; second <- (4 * finer - fine) / 3
  (16 * second - first) / 15
}

hessian <- function(f, at, h = 2e-2) {
  columns <- sapply(seq_along(at), function(i) {
    one <- function(h) {
      e <- replace(numeric(length(at)), i, h)
      (gradient(f, at + e) - gradient(f, at - e)) / (2 * h)
    }
    rough <- one(h); fine <- one(h / 2); finer <- one(h / 4)
    (16 * (4 * finer - fine) / 3 - (4 * fine - rough) / 3) / 15
  })
  (columns + t(columns)) / 2
}

analyse <- function(name) {
  d <- read_rows(paste0(name, ".csv"))
  control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
  formula <- update(CASES[[name]], . ~ . + (1 | account_id))
  fit <- glmer(formula, d, binomial, nAGQ = 25, control = control)
  terms <- plain_terms(names(fixef(fit)))
  plain <- glm(CASES[[name]], binomial, d, control = glm.control(epsilon = 1e-15))
  sd_lme4 <- sqrt(VarCorr(fit)$account_id[1])
  out <- list(rows_of(name, "estimate_lme4", terms, fixef(fit)),
              rows_of(name, "se_lme4", terms, sqrt(diag(as.matrix(vcov(fit, use.hessian = TRUE))))),
              rows_of(name, "estimate_lme4", "sd", sd_lme4),
              rows_of(name, "loglik_lme4", "", logLik(fit)),
              rows_of(name, "boundary", "", logLik(plain)))
  if (sd_lme4 < 1e-3) return(do.call(rbind, out))
  X <- getME(fit, "X")
  f <- function(theta) marginal(X, d$stayed, d$account_id, theta)
  theta <- c(fixef(fit), log(sd_lme4))
  H <- hessian(f, theta)
  for (i in 1:4) theta <- theta - solve(H, gradient(f, theta))
  stopifnot(max(abs(gradient(f, theta))) < 1e-7)
  H <- hessian(f, theta)
  error <- sqrt(diag(solve(-H)))
  k <- ncol(X)
  sd <- exp(theta[k + 1])
  out <- c(out, list(
    rows_of(name, "estimate", c(terms, "sd", "log_sd"), c(theta[1:k], sd, theta[k + 1])),
    rows_of(name, "se", c(terms, "sd", "log_sd"), c(error[1:k], sd * error[k + 1], error[k + 1])),
    rows_of(name, "loglik", "", f(theta))))
  # Conditional modes (lme4) and means of the first five accounts, by account id.
  few <- sort(unique(d$account_id))[1:5]
  modes <- ranef(fit)$account_id
  out <- c(out, list(rows_of(name, "mode_lme4", few, modes[few, 1])))
  eta <- drop(X %*% theta[1:k])
  each <- plogis((2 * d$stayed - 1) * outer(eta, sd * NODES, "+"), log.p = TRUE)
  weight <- exp(sweep(rowsum(each, d$account_id), 2, LOG_WEIGHTS, "+"))
  means <- drop(weight %*% (sd * NODES)) / rowSums(weight)
  out <- c(out, list(rows_of(name, "posterior_mean", few, means[few])))
  # Probability to stay, averaged over accounts (the population's), of the first five rows.
  average <- sapply(1:5, function(i) sum(exp(LOG_WEIGHTS) * plogis(eta[i] + sd * NODES)))
  do.call(rbind, c(out, list(rows_of(name, "population_stay_probability", 1:5, average))))
}

write_values(lapply(names(CASES), analyse), "glmer.csv")
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "\n")
