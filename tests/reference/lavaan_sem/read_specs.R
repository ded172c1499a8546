# Reads the part of TOML that the files in specs/ keep to: [name], key = value on one line with
# strings, numbers, booleans and lists of them, and texts between ''' and '''.

toml_value <- function(text) {
  text <- sub("^\\[(.*)\\]$", "list(\\1)", trimws(text))
  text <- gsub("\\btrue\\b", "TRUE", gsub("\\bfalse\\b", "FALSE", text))
  value <- eval(parse(text = text))
  if (is.list(value)) unlist(value) else value
}

read_specs <- function(path) {
  lines <- readLines(path, encoding = "UTF-8")
  specs <- list()
  name <- NULL
  i <- 1
  while (i <= length(lines)) {
    line <- lines[i]
    if (grepl("^\\[.+\\]$", line)) {
      name <- sub("^\\[(.+)\\]$", "\\1", line)
      stopifnot(is.null(specs[[name]]))
      specs[[name]] <- list()
    } else if (grepl("^[a-z_]+ = '''$", line)) {
      end <- i + which(lines[-seq_len(i)] == "'''")[1]
      specs[[name]][[sub(" = '''$", "", line)]] <- paste(lines[(i + 1):(end - 1)], collapse = "\n")
      i <- end
    } else if (grepl("^[a-z_]+ = ", line)) {
      specs[[name]][[sub(" = .*", "", line)]] <- toml_value(sub("^[a-z_]+ = ", "", line))
    } else if (!grepl("^(#.*)?$", line)) {
      stop(path, ": line ", i, " is not understood: ", line)
    }
    i <- i + 1
  }
  specs
}
