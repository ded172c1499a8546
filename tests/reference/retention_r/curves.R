# Writes curves.csv and log_rank.csv: Kaplan-Meier with delayed entry and the log-rank test.
# Usage, in this folder: LC_ALL=C.UTF-8 Rscript curves.R   (R 4.2.2, survival as printed)
#
# curves.csv: at each time with an event, those at risk, events, S, Greenwood's standard error
# of S and log-log limits at 95 % (empty where S is 0 or 1). median_*: the median with limits.
# log_rank.csv: chi-square, degrees of freedom, p; without entry by survdiff, with entry by the
# same sums over risk sets (hypergeometric variance) written out here, which agree with survdiff
# where nobody enters late.
suppressPackageStartupMessages(library(survival))
source("common.R")

CURVES <- list(
  spells_tenure = list(file = "spells.csv", entry = "entry", exit = "exit", by = "high_trust"),
  spells_observed = list(file = "spells.csv", entry = NA, exit = "time", by = "high_trust"),
  tied_tenure = list(file = "tied_spells.csv", entry = "entry", exit = "exit", by = "size"),
  tied_all = list(file = "tied_spells.csv", entry = NA, exit = "exit", by = "size"))

log_rank <- function(entry, exit, event, group) {
  levels <- sort(unique(group))
  excess <- numeric(length(levels))
  V <- matrix(0, length(levels), length(levels))
  for (t in sort(unique(exit[event == 1]))) {
    at_risk <- entry < t & exit >= t
    r <- sapply(levels, function(l) sum(at_risk & group == l))
    gone <- sapply(levels, function(l) sum(event == 1 & exit == t & group == l))
    n <- sum(r); m <- sum(gone)
    excess <- excess + gone - m * r / n
    if (n > 1) V <- V + m * (n - m) / (n - 1) * (diag(r / n) - tcrossprod(r / n))
  }
  keep <- -1
  drop(excess[keep] %*% solve(V[keep, keep], excess[keep]))
}

curves <- list()
tests <- list()
for (name in names(CURVES)) {
  case <- CURVES[[name]]
  d <- read_rows(case$file)
  exit <- d[[case$exit]]
  # Times equal up to rounding are one time, as in survfit.
  exit <- round(exit, 10)
  entry <- if (is.na(case$entry)) rep(0, nrow(d)) else round(d[[case$entry]], 10)
  group <- d[[case$by]]
  for (level in c("all", sort(unique(group)))) {
    rows <- level == "all" | group == level
    y <- if (is.na(case$entry)) Surv(exit, d$left) else Surv(entry, exit, d$left)
    fit <- survfit(y[rows] ~ 1, conf.type = "log-log")
    s <- summary(fit)
    curves[[paste(name, level)]] <- data.frame(
      analysis = name, group = level, time = s$time, n_at_risk = s$n.risk, n_left = s$n.event,
      survival = s$surv, std_error = s$std.err, conf_low = s$lower, conf_high = s$upper)
    median <- quantile(fit, 0.5)
    tests[[paste("m", name, level)]] <- rows_of(
      name, c("median", "median_low", "median_high"), level,
      c(median$quantile, median$lower, median$upper))
  }
  chisq <- log_rank(entry, exit, d$left, group)
  if (is.na(case$entry)) {
    peer <- survdiff(Surv(exit, d$left) ~ group)
    stopifnot(abs(peer$chisq - chisq) < 1e-9)
  }
  df <- length(unique(group)) - 1
  tests[[name]] <- rows_of(name, c("log_rank", "df", "p_value"), case$by,
                           c(chisq, df, pchisq(chisq, df, lower.tail = FALSE)))
}
table <- do.call(rbind, curves)
for (column in names(table)[sapply(table, is.numeric)]) {
  text <- sprintf("%.15g", table[[column]])
  table[[column]] <- ifelse(is.finite(table[[column]]), text, "")
}
write.csv(table, "curves.csv", row.names = FALSE, quote = FALSE)
write_values(tests, "log_rank.csv")
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
