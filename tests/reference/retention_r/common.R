# Shared by the scripts of this folder: every number goes to a long table of 15 digits.
rows_of <- function(analysis, quantity, term, value) {
  data.frame(analysis = analysis, quantity = quantity, term = as.character(term),
             value = sprintf("%.15g", value))
}

write_values <- function(tables, file) {
  write.csv(do.call(rbind, tables), file, row.names = FALSE, quote = FALSE)
}

read_rows <- function(file) {
  d <- read.csv(file, colClasses = c(account_id = "character"), encoding = "UTF-8")
  # Levels by code point, as Python sorts them, not by the locale's dictionary.
  if ("industry" %in% names(d)) {
    d$industry <- factor(d$industry, levels = sort(unique(d$industry), method = "radix"))
  }
  d
}

# patsy's names for the terms of a model matrix.
plain_terms <- function(names) {
  sub("^industry(.+)$", "industry[T.\\1]", sub("^\\(Intercept\\)$", "Intercept", names))
}
