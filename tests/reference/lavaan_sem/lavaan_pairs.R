# Nested tests of specs/pairs.toml and the bootstrap of specs/bootstrap.toml, by lavaan.
# Usage, in this folder: Rscript lavaan_pairs.R [folder for the values]
suppressPackageStartupMessages(library(lavaan))
parts <- c("converge.R", "read_specs.R", "fit_spec.R", "values_of.R", "write_values.R")
for (part in parts) source(part)

nested_test <- function(name, pair) {
  specs <- read_specs(file.path("specs", paste0(pair$topic, ".toml")))
  restricted <- fit_spec(specs[[pair$restricted]], "data")$fit
  free <- fit_spec(specs[[pair$free]], "data")$fit
  method <- sub("standard", "default", pair$method)
  test <- suppressWarnings(lavTestLRT(restricted, free, method = method))
  data.frame(
    pair = name, restricted = pair$restricted, free = pair$free, method = pair$method,
    chisq_diff = digits(test[["Chisq diff"]][2]), df_diff = test[["Df diff"]][2],
    p_value = digits(test[["Pr(>Chisq)"]][2])
  )
}

# Percentile limits, and the bias-corrected ones that lavaan calls bca.simple.
bootstrap_of <- function(name, spec) {
  arguments <- c(
    lavaan_arguments(spec, "data"),
    list(se = "bootstrap", bootstrap = spec$bootstrap, iseed = spec$seed)
  )
  fit <- quietly(do.call("sem", arguments))$value
  limits <- lapply(c(perc = "perc", bc = "bca.simple"), function(type) {
    parameterEstimates(fit, boot.ci.type = type)[c("ci.lower", "ci.upper")]
  })
  table <- parameterEstimates(fit)
  data.frame(
    model = name, table[c("lhs", "op", "rhs")], est = digits(table$est), se = digits(table$se),
    lower_percentile = digits(limits$perc[[1]]), upper_percentile = digits(limits$perc[[2]]),
    lower_bias_corrected = digits(limits$bc[[1]]), upper_bias_corrected = digits(limits$bc[[2]])
  )
}

main <- function(folder = "values") {
  pairs <- read_specs("specs/pairs.toml")
  tests <- do.call(rbind, Map(nested_test, names(pairs), pairs))
  write_values(tests, file.path(folder, "pairs.csv"))
  specs <- read_specs("specs/bootstrap.toml")
  drawn <- do.call(rbind, Map(bootstrap_of, names(specs), specs))
  write_values(drawn, file.path(folder, "bootstrap.csv"))
}

do.call(main, as.list(commandArgs(trailingOnly = TRUE)))
