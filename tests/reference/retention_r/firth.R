# Writes firth.csv: Firth's logit by brglm2, with profile penalised-likelihood intervals.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript firth.R   (R 4.2.2, brglm2 as printed at the end)
#
# The penalised log-likelihood is loglik + log det(information) / 2 (Firth 1993). The profile
# holds one coefficient fixed and maximises over the others; the information in the penalty
# stays that of all coefficients (Heinze & Schemper 2002). Limits at 95 %; lr is the penalised
# likelihood ratio against the coefficient zero.
suppressPackageStartupMessages(library(brglm2))
source("common.R")

CASES <- list(rows = stayed ~ trust + commitment + satisfaction + tenure + size,
              separated = stayed ~ trust + changed)

penalised <- function(X, y, b) {
  eta <- drop(X %*% b)
  w <- plogis(eta) * plogis(-eta)
  sum(y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE)) +
    determinant(crossprod(X, X * w))$modulus[1] / 2
}

# Root of Firth's modified score in the coefficients that are free, by damped Newton steps.
maximise <- function(X, y, b, free) {
  value <- penalised(X, y, b)
  for (i in 1:500) {
    p <- plogis(drop(X %*% b))
    w <- p * (1 - p)
    information <- crossprod(X, X * w)
    h <- rowSums((X %*% solve(information)) * X) * w
    score <- colSums(X * (y - p + h * (0.5 - p)))
    step <- numeric(length(b))
    step[free] <- solve(information[free, free, drop = FALSE], score[free])
    if (max(abs(score[free])) < 1e-12) break
    repeat {
      tried <- penalised(X, y, b + step)
      if (tried >= value - 1e-12) break
      step <- step / 2
    }
    b <- b + step
    value <- tried
  }
  stopifnot(max(abs(score[free])) < 1e-10)
  list(b = b, value = value)
}

# Walks from the maximum in small steps, each started where the last one ended.
profile_limit <- function(X, y, best, j, direction, error, drop) {
  free <- setdiff(seq_along(best$b), j)
  at <- best$b
  fall <- function(v) {
    b <- at
    b[j] <- v
    2 * (best$value - maximise(X, y, b, free)$value) - drop
  }
  repeat {
    b <- at
    b[j] <- b[j] + direction * error / 4
    ahead <- maximise(X, y, b, free)
    if (2 * (best$value - ahead$value) > drop) break
    at <- ahead$b
  }
  uniroot(fall, sort(c(at[j], b[j])), tol = 1e-13)$root
}

analyse <- function(name) {
  d <- read_rows(paste0(name, ".csv"))
  tight <- list(epsilon = 1e-14, maxit = 500)
  fit <- glm(CASES[[name]], binomial, d, method = "brglmFit", type = "AS_mean", control = tight)
  X <- model.matrix(fit)
  y <- fit$y
  best <- maximise(X, y, coef(fit), seq_len(ncol(X)))
  stopifnot(max(abs(best$b - coef(fit))) < 1e-7)
  terms <- plain_terms(colnames(X))
  error <- sqrt(diag(vcov(fit)))
  eta <- drop(X %*% best$b)
  exact <- sqrt(diag(solve(crossprod(X, X * (plogis(eta) * plogis(-eta))))))
  drop <- qchisq(0.95, 1)
  limits <- sapply(seq_along(best$b), function(j) {
    zero <- best$b
    zero[j] <- 0
    c(profile_limit(X, y, best, j, -1, exact[j], drop),
      profile_limit(X, y, best, j, 1, exact[j], drop),
      2 * (best$value - maximise(X, y, zero, setdiff(seq_along(zero), j))$value))
  })
  loglik <- sum(dbinom(y, 1, plogis(eta), log = TRUE))
  rbind(rows_of(name, "estimate", terms, best$b), rows_of(name, "se", terms, exact),
        rows_of(name, "estimate_brglm2", terms, coef(fit)),
        rows_of(name, "se_brglm2", terms, error),
        rows_of(name, "profile_low", terms, limits[1, ]),
        rows_of(name, "profile_high", terms, limits[2, ]),
        rows_of(name, "lr", terms, limits[3, ]),
        rows_of(name, "loglik", "", loglik),
        rows_of(name, "loglik_penalised", "", best$value))
}

write_values(lapply(names(CASES), analyse), "firth.csv")
cat(R.version.string, "brglm2", as.character(packageVersion("brglm2")), "\n")
