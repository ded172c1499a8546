# Fits one model of specs/ by lavaan: options in kamlab's names become lavaan's.

RENAMED <- c(
  estimator = "estimator", missing = "missing", group = "group", group_equal = "group.equal",
  group_partial = "group.partial", std_lv = "std.lv", meanstructure = "meanstructure",
  fixed_x = "fixed.x", orthogonal = "orthogonal", likelihood = "likelihood",
  information = "information"
)

moments_of <- function(spec, folder) {
  table <- as.matrix(read.csv(file.path(folder, spec$cov), row.names = 1))
  moments <- list(sample.cov = table[colnames(table), ], sample.nobs = spec$nobs)
  if (!is.null(spec$means)) {
    means <- read.csv(file.path(folder, spec$means))
    moments$sample.mean <- setNames(means$mean, means$variable)
  }
  moments
}

lavaan_arguments <- function(spec, folder) {
  source <- if (is.null(spec$cov)) {
    list(data = read.csv(file.path(folder, spec$data)))
  } else {
    moments_of(spec, folder)
  }
  given <- intersect(names(RENAMED), names(spec))
  options <- setNames(spec[given], RENAMED[given])
  # So tight that the saturated moments of incomplete data are exact too.
  c(list(model = spec$model), source, options, list(em.h1.tol = 1e-14, em.h1.iter.max = 20000))
}

quietly <- function(expression) {
  said <- character(0)
  capture.output(value <- withCallingHandlers(expression, warning = function(w) {
    said <<- c(said, gsub("\\s+", " ", conditionMessage(w)))
    invokeRestart("muffleWarning")
  }))
  list(value = value, warnings = unique(said))
}

# For an explicit start lavaan would take fixed covariates as random.
same_model <- function(rough) {
  list(optim.method = "none", fixed.x = lavInspect(rough, "options")$fixed.x)
}

# The baseline model, to the same tightness as the model itself.
baseline_of <- function(fit) {
  rough <- quietly(lavaan:::lav_object_independence(fit))$value
  # Sample moments: the minimum itself where nothing is missing.
  free <- rough@ParTable$free > 0
  moments <- rough@ParTable$ustart[free]
  moments <- ifelse(is.na(moments), rough@ParTable$est[free], moments)
  found <- minimum_of(rough, moments)
  stopifnot(found$remaining < 1e-8)
  options <- rough@Options
  options$optim.method <- "none"
  options$start <- table_at(rough, found$x)
  kept <- c(
    "id", "lhs", "op", "rhs", "block", "user", "free", "ustart", "exo", "label", "group"
  )
  quietly(lavaan(
    as.data.frame(rough@ParTable)[kept], slotOptions = options, slotSampleStats = fit@SampleStats,
    slotData = fit@Data, slotCache = fit@Cache, sloth1 = fit@h1
  ))$value
}

fit_spec <- function(spec, folder) {
  fitter <- if (isTRUE(spec$growth)) "growth" else "sem"
  arguments <- lavaan_arguments(spec, folder)
  # With a tighter tolerance lavaan here and there calls points converged that break constraints.
  rough <- quietly(do.call(fitter, c(arguments, list(se = "none", baseline = FALSE))))$value
  stopifnot(lavInspect(rough, "converged"))
  found <- minimum_of(rough)
  tight <- list(
    start = table_at(rough, found$x), optim.force.converged = TRUE
  )
  arguments <- modifyList(arguments, same_model(rough))
  final <- quietly(do.call(fitter, c(arguments, tight)))
  stopifnot(all.equal(final$value@Model@nx.free, rough@Model@nx.free))
  stopifnot(abs(final$value@optim$fx - rough@optim$fx) < 1e-5)
  # lavaan would start the baseline model at these estimates, where it may stay.
  final$value@Options$start <- "default"
  list(
    fit = final$value, warnings = final$warnings, remaining = found$remaining,
    baseline = if (!"baseline" %in% spec$without) baseline_of(final$value),
    gradient = final_gradient(final$value)
  )
}
