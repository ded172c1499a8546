# The key-mediating-variable model on kmv_scores.csv by lavaan: a second opinion on kamlab.theory.
# Usage: Rscript lavaan_kmv.R kmv_scores.csv lavaan_kmv.csv
# lavaan's own optimiser stops 1e-6 to 1e-4 short and, asked for more, calls that a failure; BFGS
# with a tiny tolerance goes on until the gradient is gone.
# Observed information is what regressions have: expected information would put the implied
# moments of the causes in the place of the observed ones.
suppressPackageStartupMessages(library(lavaan))
paths <- commandArgs(trailingOnly = TRUE)
scores <- read.csv(paths[1])
model <- "
  trust ~ shared_values + communication + opportunism
  commitment ~ termination_costs + relationship_benefits + shared_values + trust
  acquiescence ~ commitment
  propensity_to_leave ~ commitment
  cooperation ~ commitment + trust
  functional_conflict ~ trust
  uncertainty ~ trust
"
# Not sem(), which lets the disturbances of the last outcomes correlate.
fit <- lavaan(model, scores,
  auto.var = TRUE, auto.cov.lv.x = TRUE, fixed.x = FALSE, information = "observed",
  optim.method = "BFGS", control = list(reltol = 1e-18, maxit = 10000)
)
stopifnot(lavInspect(fit, "converged"))
gradient <- max(abs(lavInspect(fit, "gradient")))
stopifnot(gradient < 1e-7)

estimates <- parameterEstimates(fit)
slopes <- estimates[estimates$op == "~", ]
measures <- fitMeasures(fit, c("chisq", "df", "pvalue", "srmr", "npar", "ntotal"))
shares <- lavInspect(fit, "rsquare")
numbers <- rbind(
  data.frame(what = "estimate", outcome = slopes$lhs, cause = slopes$rhs, value = slopes$est),
  data.frame(what = "std_error", outcome = slopes$lhs, cause = slopes$rhs, value = slopes$se),
  data.frame(what = "r_squared", outcome = names(shares), cause = "", value = as.numeric(shares)),
  data.frame(what = names(measures), outcome = "", cause = "", value = as.numeric(measures))
)
numbers$value <- sprintf("%.12g", numbers$value)
file <- file(paths[2], open = "wb")
writeLines(sprintf("# lavaan %s, R %s.%s", packageVersion("lavaan"), R.version$major, R.version$minor), file)
write.csv(numbers, file, row.names = FALSE, quote = FALSE, eol = "\n")
close(file)
