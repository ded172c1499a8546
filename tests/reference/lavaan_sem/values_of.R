# What is kept of a fit: estimates as a wide table, everything else as model, kind, keys, value.

digits <- function(x) ifelse(is.na(x), "", sprintf("%.12g", x))

ESTIMATES <- c(
  "lhs", "op", "rhs", "label", "group", "est", "se", "z", "pvalue", "ci.lower", "ci.upper",
  "std.lv", "std.all"
)

estimates_of <- function(name, fit) {
  table <- as.data.frame(parameterEstimates(fit, standardized = TRUE))
  table <- table[!table$op %in% c("==", "<", ">"), ]
  if (is.null(table$label)) table$label <- ""
  if (is.null(table$group)) table$group <- ifelse(table$op == ":=", 0, 1)
  # lavaan makes up labels for parameters that group.equal ties.
  table$label[grepl("^\\.p[0-9]+\\.$", table$label)] <- ""
  numbers <- c("est", "se", "z", "pvalue", "ci.lower", "ci.upper", "std.lv", "std.all")
  table[numbers] <- lapply(table[numbers], digits)
  cbind(model = name, table[ESTIMATES])
}

MEASURES <- c(
  "npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "baseline.pvalue", "cfi", "tli",
  "nfi", "pnfi", "rmsea", "rmsea.pvalue", "srmr", "logl", "unrestricted.logl", "aic", "bic",
  "ntotal",
  "chisq.scaled", "df.scaled", "pvalue.scaled", "chisq.scaling.factor", "baseline.chisq.scaled",
  "baseline.chisq.scaling.factor", "cfi.scaled", "tli.scaled", "nfi.scaled", "rmsea.scaled",
  "rmsea.pvalue.scaled", "cfi.robust", "tli.robust", "rmsea.robust", "rmsea.pvalue.robust",
  "scaling.factor.h0", "scaling.factor.h1"
)

# lavaan stops its search for the limits of RMSEA after four digits: the same equations, solved.
rmsea_limits <- function(chisq, df, n, groups, scale = 1) {
  limit <- function(share) {
    distance <- function(ncp) pchisq(chisq, df, ncp) - share
    if (df < 1 || distance(0) < 0) return(0)
    ncp <- uniroot(distance, c(0, max(n, 4 * chisq)), tol = 1e-12, maxiter = 10000)$root
    sqrt(scale * ncp / (n * df)) * sqrt(groups)
  }
  c(lower = limit(0.95), upper = limit(0.05))
}

rmsea_intervals <- function(fit, measures) {
  n <- lavaan:::lav_utils_get_ntotal(fit)
  groups <- fit@Data@ngroups
  found <- rmsea_limits(measures[["chisq"]], measures[["df"]], n, groups)
  names(found) <- paste0("rmsea.ci.", names(found))
  if ("chisq.scaled" %in% names(measures) && measures[["df"]] > 0) {
    trace <- fit@test[[2]]$trace.UGamma
    scaled <- rmsea_limits(measures[["chisq"]], trace, n, groups)
    names(scaled) <- paste0("rmsea.ci.", names(scaled), ".scaled")
    found <- c(found, scaled)
    if (fit@Options$missing == "listwise") {
      factor <- measures[["chisq.scaling.factor"]]
      robust <- rmsea_limits(measures[["chisq.scaled"]], measures[["df"]], n, groups, factor)
      names(robust) <- paste0("rmsea.ci.", names(robust), ".robust")
      found <- c(found, robust)
    }
  }
  theirs <- fitMeasures(fit, names(found))
  stopifnot(all(abs(theirs - found) < 2e-3))
  found
}

fit_of <- function(name, one) {
  measures <- fitMeasures(one$fit, baseline.model = one$baseline)
  kept <- measures[intersect(MEASURES, names(measures))]
  if (is.null(one$baseline)) kept <- kept[!grepl("^(baseline|cfi|tli|nfi|pnfi)", names(kept))]
  values <- c(
    unclass(kept), rmsea_intervals(one$fit, measures),
    gradient = one$gradient, remaining = one$remaining
  )
  values <- values[!is.na(values)]
  data.frame(model = name, measure = names(values), value = digits(values))
}

long <- function(name, kind, a, b, group, value) {
  if (length(value) == 0) return(NULL)
  table <- data.frame(model = name, kind = kind, a = a, b = b, group = group, value = digits(value))
  table[!is.na(value), ]
}

lower_of <- function(name, kind, matrix, group) {
  at <- which(lower.tri(matrix, diag = TRUE), arr.ind = TRUE)
  long(name, kind, rownames(matrix)[at[, 1]], colnames(matrix)[at[, 2]], group, matrix[at])
}

# lavaan leaves out the layer of groups where there is one group only.
by_group <- function(fit, list) if (fit@Data@ngroups == 1) list(list) else list

r_squared_of <- function(name, fit) {
  shares <- by_group(fit, lavInspect(fit, "rsquare"))
  do.call(rbind, lapply(seq_along(shares), function(g) {
    long(name, "r_squared", names(shares[[g]]), "", g, as.numeric(shares[[g]]))
  }))
}

residuals_of <- function(name, fit, type) {
  found <- by_group(fit, unclass(
    lavResiduals(fit, type = type, zstat = FALSE, summary = FALSE, add.class = FALSE)
  ))
  do.call(rbind, lapply(seq_along(found), function(g) {
    lower_of(name, sub("\\.", "_", type), found[[g]]$cov, g)
  }))
}

implied_of <- function(name, fit) {
  found <- by_group(fit, unclass(fitted(fit)))
  do.call(rbind, lapply(seq_along(found), function(g) {
    means <- found[[g]]$mean
    rbind(
      lower_of(name, "implied_cov", found[[g]]$cov, g),
      long(name, "implied_mean", names(means), "", g, as.numeric(means))
    )
  }))
}

# The first rows of each group; `a` is the row within the group, from 1.
scores_of <- function(name, fit, rows = 4) {
  one <- function(method) {
    found <- by_group(fit, lavPredict(fit, method = method))
    kind <- paste0("scores_", tolower(method))
    do.call(rbind, lapply(seq_along(found), function(g) {
      head <- unclass(found[[g]])[seq_len(rows), , drop = FALSE]
      # lavaan's Bartlett scores of factors without indicators of their own are zeros.
      head <- head[, colSums(abs(head)) > 0, drop = FALSE]
      factors <- rep(colnames(head), each = rows)
      long(name, kind, rep(seq_len(rows), ncol(head)), factors, g, as.numeric(head))
    }))
  }
  rbind(one("regression"), one("Bartlett"))
}

modification_of <- function(name, fit) {
  table <- as.data.frame(suppressWarnings(modindices(fit)))
  # Moments of fixed covariates have no information: what lavaan gives for them is rounding.
  table <- table[!is.na(table$mi) & table$mi > 1e-12, ]
  if (is.null(table$group)) table$group <- rep(1, nrow(table))
  key <- paste(table$lhs, table$op)
  rbind(
    long(name, "mi", key, table$rhs, table$group, table$mi),
    long(name, "epc", key, table$rhs, table$group, table$epc)
  )
}

more_of <- function(name, fit, also) {
  rbind(
    r_squared_of(name, fit),
    if ("modification" %in% also) modification_of(name, fit),
    if ("residuals" %in% also) residuals_of(name, fit, "cor.bollen"),
    if ("residuals_bentler" %in% also) residuals_of(name, fit, "cor.bentler"),
    if ("implied" %in% also) implied_of(name, fit),
    if ("scores" %in% also) scores_of(name, fit)
  )
}
