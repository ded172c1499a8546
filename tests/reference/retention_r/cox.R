# Writes cox.csv: Cox's model with delayed entry, by survival.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript cox.R   (R 4.2.2, survival as printed at the end)
#
# Event: leaving. rows.csv: one spell a decided period, event = 1 - stayed; tied_spells.csv:
# whole years, many ties. An account is at risk at t where entry < t <= exit.
#   se, robust_se   inverse information; sandwich of dfbeta residuals summed by account
#                   (no small-sample factor)
#   zph_*           cox.zph of this version: a score test (chi-square) per term and GLOBAL
#   gt_*            Grambsch & Therneau 1994: scaled Schoenfeld residuals on g(t), with the
#                   average variance, as survival before 3.0 had it
suppressPackageStartupMessages(library(survival))
source("common.R")

CASES <- list(rows = Surv(entry, exit, left) ~ trust + commitment + satisfaction + size,
              tied_spells = Surv(entry, exit, left) ~ trust + size)
CLOCKS <- c("identity", "km", "rank", "log")

grambsch_therneau <- function(fit, g) {
  s <- as.matrix(residuals(fit, "schoenfeld"))
  events <- nrow(s)
  centred <- g - mean(g)
  V <- vcov(fit)
  scaled <- s %*% V * events
  spread <- sum(centred^2)
  each <- drop(crossprod(centred, scaled))^2 / (events * diag(V) * spread)
  moved <- drop(crossprod(centred, s))
  list(each = each, global = drop(moved %*% V %*% moved) * events / spread)
}

analyse <- function(name, ties) {
  d <<- read_rows(paste0(name, ".csv"))  # cox.zph looks for the data by this name
  if (name == "rows") d$left <<- 1 - d$stayed
  control <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)
  fit <- coxph(CASES[[name]], d, ties = ties, control = control)
  robust <- coxph(CASES[[name]], d, ties = ties, control = control, cluster = account_id)
  label <- paste(name, ties, sep = ":")
  terms <- names(coef(fit))
  out <- list(
    rows_of(label, "estimate", terms, coef(fit)),
    rows_of(label, "se", terms, sqrt(diag(vcov(fit)))),
    rows_of(label, "robust_se", terms, sqrt(diag(vcov(robust)))),
    rows_of(label, c("loglik_null", "loglik", "score_test", "lr_test", "wald_test", "nobs",
                     "events", "concordance"), "",
            c(fit$loglik, fit$score, 2 * diff(fit$loglik), fit$wald.test, fit$n, fit$nevent,
              fit$concordance["concordance"])))
  for (clock in CLOCKS) {
    zph <- cox.zph(fit, transform = clock)
    out[[length(out) + 1]] <- rows_of(label, paste0("zph_", clock), rownames(zph$table),
                                      zph$table[, "chisq"])
    # zph$x is the clock's value at each event, in the order of the residuals.
    gt <- grambsch_therneau(fit, zph$x)
    out[[length(out) + 1]] <- rows_of(label, paste0("gt_", clock), c(terms, "GLOBAL"),
                                      c(gt$each, gt$global))
  }
  do.call(rbind, out)
}

tables <- list()
for (name in names(CASES)) for (ties in c("efron", "breslow")) {
  tables[[paste(name, ties)]] <- analyse(name, ties)
}
write_values(tables, "cox.csv")
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
