# Times lavaan on the jobs of a folder; called by lavaan_peer.py.
if (!requireNamespace("lavaan", quietly = TRUE)) {
  message("R has no package lavaan")
  quit(status = 3)
}
suppressPackageStartupMessages(library(lavaan))

folder <- commandArgs(TRUE)[1]
jobs <- read.csv(file.path(folder, "jobs.csv"))

processor_time <- function(work) sum(system.time(work())[c("user.self", "sys.self")])

one <- function(name, estimator, draws, runs) {
  data <- read.csv(file.path(folder, paste0(name, ".csv")))
  model <- paste(readLines(file.path(folder, paste0(name, ".txt"))), collapse = "\n")
  whole <- function() {
    fit <- sem(model, data, estimator = estimator)
    parameterEstimates(fit, standardized = TRUE)
    fitMeasures(fit)
  }
  chisq <- whole()[["chisq"]]
  work <- whole
  if (draws > 0) {
    fit <- sem(model, data, estimator = estimator)
    work <- function() bootstrapLavaan(fit, R = draws)
  }
  times <- replicate(runs, processor_time(work))
  data.frame(name = name, seconds = median(times), chisq = chisq)
}

found <- do.call(rbind, Map(one, jobs$name, jobs$estimator, jobs$draws, jobs$runs))
write.csv(found, file.path(folder, "times.csv"), row.names = FALSE)
cat("lavaan", as.character(packageVersion("lavaan")), "in", R.version.string)
