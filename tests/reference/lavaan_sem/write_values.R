# One table with a first line that names lavaan and R.

write_values <- function(table, path) {
  file <- file(path, open = "wb")
  version <- packageVersion("lavaan")
  writeLines(sprintf("# lavaan %s, R %s.%s", version, R.version$major, R.version$minor), file)
  write.csv(table, file, row.names = FALSE, quote = FALSE, eol = "\n")
  close(file)
}
