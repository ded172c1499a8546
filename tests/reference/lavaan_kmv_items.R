# Commitment-trust theory and its rival at the level of items, with gaps, by lavaan: a second
# opinion on kl.assess_theory(level="item"). The models are kamlab's own texts.
# Usage: Rscript lavaan_kmv_items.R kmv_items.csv kmv_items.txt rival_items.txt lavaan_kmv_items.csv
# nlminb stops some 1e-7 short here; BFGS goes on from there until the gradient is gone.
suppressPackageStartupMessages(library(lavaan))
given <- commandArgs(trailingOnly = TRUE)
items <- read.csv(given[1])
tight <- function(model) {
  fit <- sem(model, items, missing = "fiml", information = "observed")
  fit <- sem(model, items,
    missing = "fiml", information = "observed", start = fit,
    optim.method = "BFGS", control = list(reltol = 1e-18, maxit = 10000)
  )
  stopifnot(lavInspect(fit, "converged"), max(abs(lavInspect(fit, "gradient"))) < 1e-6)
  fit
}
named <- c("npar", "df", "chisq", "pvalue", "cfi", "tli", "pnfi", "rmsea", "srmr", "aic", "bic")
of_fit <- function(fit, model) {
  measures <- fitMeasures(fit, named)
  data.frame(model = model, what = named, outcome = "", cause = "", value = as.numeric(measures))
}
of_paths <- function(fit, model) {
  paths <- standardizedSolution(fit)
  paths <- paths[paths$op == "~", ]
  parts <- list(estimate = paths$est.std, std_error = paths$se)
  do.call(rbind, lapply(names(parts), function(what) {
    data.frame(model = model, what = what, outcome = paths$lhs, cause = paths$rhs, value = parts[[what]])
  }))
}
kmv <- tight(paste(readLines(given[2]), collapse = "\n"))
rival <- tight(paste(readLines(given[3]), collapse = "\n"))
numbers <- rbind(
  of_fit(kmv, "kmv"), of_paths(kmv, "kmv"), of_fit(rival, "rival"), of_paths(rival, "rival")
)
numbers$value <- sprintf("%.12g", numbers$value)
file <- file(given[4], open = "wb")
writeLines(sprintf("# lavaan %s, R %s.%s", packageVersion("lavaan"), R.version$major, R.version$minor), file)
write.csv(numbers, file, row.names = FALSE, quote = FALSE, eol = "\n")
close(file)
