# Writes values.csv: fit measures, standardised estimates, modification indices, score tests of
# equalities, residuals, factor scores and a difference test by lavaan, at the minimum of its own
# objective, for ../lavaan_robust/cases.csv.
# Usage, in this folder: Rscript lavaan_inference.R
suppressPackageStartupMessages(library(lavaan))
source("../lavaan_sem/converge.R")

MODEL <- "f1 =~ y1 + y2 + y3
f2 =~ y4 + y5 + y6
f1 ~ a*x1 + x2
f2 ~ b*f1 + x2
y1 ~~ y4
indirect := a*b"
BARE <- "f1 =~ y1 + y2 + y3
f2 =~ y4 + y5 + y6
f1 ~ x1 + x2
f2 ~ f1 + x2
y1 ~~ y4"
SCORED <- 1:4

everyone <- read.csv("../lavaan_robust/cases.csv")
complete <- everyone[complete.cases(everyone), ]

# With optim.method = "none" lavaan does not fix covariates unless it is told to.
minimum <- function(data, ..., model = MODEL, fixed.x = TRUE) {
  tight <- list(model = model, data = data, fixed.x = fixed.x, em.h1.tol = 1e-14, em.h1.iter.max = 50000L,
                warn = FALSE, ...)
  found <- minimum_of(do.call("sem", tight))
  start <- table_at(do.call("sem", tight), found$x)
  fit <- do.call("sem", c(tight, list(start = start, optim.method = "none")))
  stopifnot(final_gradient(fit) < 1e-10)
  fit@optim$converged <- TRUE
  fit
}

rows <- function(kind, name, value) {
  data.frame(kind = kind, name = as.vector(name), value = as.numeric(value))
}
called <- function(t) paste(t$lhs, t$op, t$rhs, if (is.null(t$group)) 1 else pmax(t$group, 1))

fit_rows <- function(fit) { m <- fitMeasures(fit); rows("fit", names(m), m) }
standardised_rows <- function(fit) {
  do.call(rbind, lapply(c("std.all", "std.lv"), function(type) {
    t <- standardizedSolution(fit, type = type, se = FALSE)
    rows(type, called(t), t$est.std)
  }))
}
index_rows <- function(fit) {
  t <- modindices(fit)
  # Moments of fixed covariates are listed with an index of zero.
  t <- t[t$mi > 1e-12, ]
  rbind(rows("mi", called(t), t$mi), rows("epc", called(t), t$epc),
        rows("sepc.lv", called(t), t$sepc.lv), rows("sepc.all", called(t), t$sepc.all))
}
release_rows <- function(fit) {
  t <- lavTestScore(fit, warn = FALSE)$uni
  rows("release", seq_len(nrow(t)), sort(t$X2))
}
residual_rows <- function(fit) {
  do.call(rbind, lapply(c("cor.bollen", "standardized"), function(type) {
    r <- residuals(fit, type = type)$cov
    rows(type, outer(rownames(r), colnames(r), paste), r)
  }))
}
r2_rows <- function(fit) { r <- lavInspect(fit, "rsquare"); rows("r2", names(r), r) }
score_rows <- function(fit) {
  do.call(rbind, lapply(c("regression", "Bartlett"), function(method) {
    s <- lavPredict(fit, method = method)[SCORED, ]
    rows(tolower(method), outer(SCORED, colnames(s), paste), s)
  }))
}
defined_rows <- function(fit) {
  t <- parameterEstimates(fit)
  t <- t[t$op == ":=", ]
  rbind(rows("defined", t$lhs, t$est), rows("defined.se", t$lhs, t$se))
}
scenario <- function(name, fit, ...) {
  parts <- do.call(rbind, lapply(list(...), function(part) part(fit)))
  data.frame(scenario = name, parts)
}

loose <- minimum(complete, group = "group", model = BARE, meanstructure = TRUE, estimator = "MLM")
tight <- minimum(complete, group = "group", model = BARE, meanstructure = TRUE, estimator = "MLM",
                 group.equal = "loadings")
test <- lavTestLRT(tight, loose, method = "satorra.bentler.2001")

values <- rbind(
  scenario("plain", minimum(complete), fit_rows, standardised_rows, index_rows, residual_rows,
           r2_rows, score_rows, defined_rows),
  scenario("groups", minimum(complete, group = "group", model = BARE, group.equal = c("loadings", "intercepts")),
           fit_rows, standardised_rows, index_rows, release_rows),
  scenario("gaps", minimum(everyone, missing = "fiml"), fit_rows, index_rows, score_rows),
  scenario("gls", minimum(complete, estimator = "GLS", fixed.x = FALSE), fit_rows, index_rows),
  scenario("uls", minimum(complete, estimator = "ULS", fixed.x = FALSE), fit_rows, index_rows),
  scenario("wishart", minimum(complete, likelihood = "wishart"), fit_rows, index_rows),
  scenario("loose", loose, fit_rows),
  scenario("tight", tight, fit_rows),
  data.frame(scenario = "difference", kind = "test", name = c("chisq", "df", "p"),
             value = unlist(test[2, c("Chisq diff", "Df diff", "Pr(>Chisq)")]))
)
values$value <- sprintf("%.12g", values$value)
write.csv(values, "values.csv", row.names = FALSE, quote = FALSE)
