# Writes value.csv: models of lifetime value by R.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript value.R   (R 4.2.2, packages printed at the end)
#
# Analyses: log_linear and gamma (log link) and quantile_<tau> of ltv on rows.csv, formula
# `scores`; two_part on zeros.csv: logit of margin > 0 and gamma of the rows above zero.
# se_classical: OLS s^2; gamma with the Pearson dispersion. se_hc0, se_hc1, se_cl: sandwich, with
# factors 1, n/(n-k), g/(g-1)*(n-1)/(n-k); for gamma the bread is the expected information.
# se_cl_observed: gamma's bread by second derivatives instead. smearing: Duan's mean of exp of
# the residuals. Quantiles: se_iid, se_nid, se_ker are summary.rq's; se_nid_cl sums the scores of
# an account around the nid bread (Parente & Santos Silva 2016), without a small-sample factor.
# mean_ame: mean over rows of the slope of E(margin) = P(margin > 0) E(margin | margin > 0).
suppressPackageStartupMessages({library(sandwich); library(quantreg)})
source("../retention_r/common.R")

TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)
SCORES <- ~ trust + commitment + satisfaction + size

covariances <- function(X, u, bread, classical, account, extra = NULL) {
  n <- nrow(X); k <- ncol(X)
  scores <- X * u
  summed <- rowsum(scores, account)
  g <- nrow(summed)
  small <- g / (g - 1) * (n - 1) / (n - k)
  out <- list(classical = classical, hc0 = bread %*% crossprod(scores) %*% bread,
              hc1 = bread %*% crossprod(scores) %*% bread * n / (n - k),
              cl = bread %*% crossprod(summed) %*% bread * small)
  if (!is.null(extra)) out$cl_observed <- extra %*% crossprod(summed) %*% extra * small
  out
}

errors <- function(label, terms, V) {
  do.call(rbind, lapply(names(V), function(kind) {
    rows_of(label, paste0("se_", kind), terms, sqrt(diag(V[[kind]])))
  }))
}

gamma_fit <- function(label, formula, d, account) {
  fit <- glm(formula, Gamma("log"), d, control = TIGHT)
  X <- model.matrix(fit)
  b <- coef(fit)
  y <- fit$y
  for (i in 1:3) {  # Newton steps beyond glm's own precision
    ratio <- y / exp(drop(X %*% b))
    b <- b + drop(solve(crossprod(X, X * ratio), colSums(X * (ratio - 1))))
  }
  ratio <- y / exp(drop(X %*% b))
  dispersion <- sum((ratio - 1)^2) / (nrow(X) - ncol(X))
  bread <- solve(crossprod(X))
  V <- covariances(X, ratio - 1, bread, bread * dispersion, account,
                   solve(crossprod(X, X * ratio)))
  stopifnot(max(abs(V$cl / vcovCL(fit, account, type = "HC1") - 1)) < 1e-5)
  terms <- plain_terms(colnames(X))
  shape <- uniroot(function(v) sum(1 + log(v) - digamma(v) + log(ratio) - ratio),
                   c(1e-3, 1e4), tol = 1e-14)$root
  list(b = b, X = X, V = V, rows = rbind(
    rows_of(label, "estimate", terms, b), errors(label, terms, V),
    rows_of(label, c("dispersion_pearson", "deviance", "shape_ml", "nobs"), "",
            c(dispersion, fit$deviance, shape, nrow(X)))))
}

d <- read_rows("rows.csv")
tables <- list()
fit <- lm(update(SCORES, log(ltv) ~ .), d)
X <- model.matrix(fit)
u <- residuals(fit)
terms <- plain_terms(colnames(X))
V <- covariances(X, u, solve(crossprod(X)), vcov(fit), d$account_id)
stopifnot(max(abs(V$cl / vcovCL(fit, d$account_id, type = "HC1") - 1)) < 1e-8)
tables$log <- rbind(
  rows_of("log_linear", "estimate", terms, coef(fit)), errors("log_linear", terms, V),
  rows_of("log_linear", c("r_squared", "sigma", "smearing", "nobs", "n_accounts"), "",
          c(summary(fit)$r.squared, summary(fit)$sigma, mean(exp(u)), nrow(X),
            length(unique(d$account_id)))))
tables$gamma <- gamma_fit("gamma", update(SCORES, ltv ~ .), d, d$account_id)$rows

# Millions keep the linear programme well scaled; estimates are given in ltv's own unit.
d$log_ltv <- log(d$ltv)
for (tau in c(0.25, 0.5, 0.75)) {
  for (outcome in c("log_ltv", "ltv")) {
    label <- paste0("quantile_", tau, if (outcome == "ltv") ":money" else ":log")
    unit <- if (outcome == "ltv") 1e6 else 1
    d$outcome <- d[[outcome]] / unit
    fit <- rq(update(SCORES, outcome ~ .), tau = tau, data = d, method = "br")
    V <- lapply(c(iid = "iid", nid = "nid", ker = "ker"), function(kind) {
      summary(fit, se = kind, covariance = TRUE)$cov * unit^2
    })
    # nid's own bread: density by the difference of two neighbouring quantile fits.
    details <- summary(fit, se = "nid", covariance = TRUE)
    H <- details$Hinv
    u <- residuals(fit)
    summed <- rowsum(X * (tau - (u < -1e-9)), d$account_id)
    V$nid_cl <- H %*% crossprod(summed) %*% H * unit^2
    tables[[label]] <- rbind(
      rows_of(label, "estimate", terms, coef(fit) * unit), errors(label, terms, V),
      rows_of(label, c("objective", "nobs"), "", c(fit$rho * unit, nrow(X))))
  }
}

z <- read_rows("zeros.csv")
z$earns <- as.integer(z$margin > 0)
part <- glm(earns ~ trust + size, binomial, z, control = TIGHT)
X <- model.matrix(part)
p <- fitted(part)
terms <- plain_terms(colnames(X))
bread <- solve(crossprod(X, X * (p * (1 - p))))
V <- covariances(X, z$earns - p, bread, bread, z$account_id)
tables$earns <- rbind(rows_of("two_part:positive", "estimate", terms, coef(part)),
                      errors("two_part:positive", terms, V),
                      rows_of("two_part:positive", c("loglik", "nobs"), "",
                              c(logLik(part), nrow(z))))
above <- z[z$earns == 1, ]
amount <- gamma_fit("two_part:amount", margin ~ trust + size, above, above$account_id)
tables$amount <- amount$rows
size <- exp(drop(X %*% amount$b))
for (j in 2:3) {
  effect <- mean(p * size * (amount$b[j] + (1 - p) * coef(part)[j]))
  tables[[paste("ame", j)]] <- rows_of("two_part", "mean_ame", terms[j], effect)
}
tables$mean <- rows_of("two_part", "expected_margin", 1:5, (p * size)[1:5])
write_values(tables, "value.csv")
cat(R.version.string, "sandwich", as.character(packageVersion("sandwich")), "quantreg",
    as.character(packageVersion("quantreg")), "\n")
