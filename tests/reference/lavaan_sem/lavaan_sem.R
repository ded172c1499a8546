# Fits the models of one file in specs/ by lavaan and writes what it says.
# Usage, in this folder: Rscript lavaan_sem.R cfa [folder for the values]
suppressPackageStartupMessages(library(lavaan))
parts <- c("converge.R", "read_specs.R", "fit_spec.R", "values_of.R", "write_values.R")
for (part in parts) source(part)

# In lavaan's own objective (per observation), after projection on the constraints.
LARGEST_GRADIENT <- 1e-7
# Distance to the minimum in standard errors of one observation.
LARGEST_DISTANCE <- 1e-8

main <- function(topic, folder = "values") {
  specs <- read_specs(file.path("specs", paste0(topic, ".toml")))
  tables <- lapply(names(specs), function(name) {
    one <- fit_spec(specs[[name]], "data")
    said <- paste(one$warnings, collapse = " | ")
    line <- "%-36s gradient %.1e  distance %.1e  %s\n"
    cat(sprintf(line, name, one$gradient, one$remaining, said))
    stopifnot(one$gradient < LARGEST_GRADIENT, one$remaining < LARGEST_DISTANCE)
    list(
      estimates = estimates_of(name, one$fit), fit = fit_of(name, one),
      more = more_of(name, one$fit, specs[[name]]$also)
    )
  })
  for (kind in c("estimates", "fit", "more")) {
    path <- file.path(folder, paste0(topic, "_", kind, ".csv"))
    write_values(do.call(rbind, lapply(tables, `[[`, kind)), path)
  }
}

arguments <- commandArgs(trailingOnly = TRUE)
do.call(main, as.list(arguments))
