# Writes values.csv: robust errors and scaled tests by lavaan, at the minimum of its own objective.
# Usage, in this folder: Rscript lavaan_robust.R
suppressPackageStartupMessages(library(lavaan))
source("../lavaan_sem/converge.R")

MODEL <- "f1 =~ y1 + y2 + y3
f2 =~ y4 + y5 + y6
f1 ~ x1 + x2
f2 ~ f1 + x2"
TESTS <- c("chisq", "df", "chisq.scaled", "chisq.scaling.factor", "pvalue.scaled", "baseline.df",
           "baseline.chisq.scaling.factor", "cfi.robust", "rmsea.robust")

everyone <- read.csv("cases.csv")
complete <- everyone[complete.cases(everyone), ]

values <- function(name, data, ...) {
  tight <- list(model = MODEL, data = data, fixed.x = TRUE, meanstructure = TRUE,
                em.h1.tol = 1e-14, em.h1.iter.max = 50000L, warn = FALSE, ...)
  found <- minimum_of(do.call("sem", tight))
  # The baseline model is fitted by the default optimiser: its scaling is good to about 1e-6.
  start <- table_at(do.call("sem", tight), found$x)
  fit <- do.call("sem", c(tight, list(start = start, optim.method = "none")))
  stopifnot(final_gradient(fit) < 1e-10)
  table <- as.data.frame(parTable(fit))
  free <- table[table$free > 0, ]
  indices <- fitMeasures(fit)
  indices <- indices[intersect(TESTS, names(indices))]
  data.frame(
    scenario = name, kind = c(rep("se", nrow(free)), rep("test", length(indices))),
    name = c(paste(free$lhs, free$op, free$rhs, free$group), names(indices)),
    value = sprintf("%.12g", c(free$se, indices))
  )
}

scenarios <- rbind(
  values("mlm", complete, estimator = "MLM"),
  values("mlr", complete, estimator = "MLR"),
  values("mlm_groups", complete, estimator = "MLM", group = "group", group.equal = "loadings"),
  values("mlr_groups", complete, estimator = "MLR", group = "group", group.equal = "loadings"),
  values("mlm_cluster", complete, estimator = "MLM", cluster = "cluster"),
  values("mlr_cluster", complete, estimator = "MLR", cluster = "cluster"),
  values("fiml", everyone, estimator = "MLR", missing = "fiml"),
  values("fiml_normal", everyone, estimator = "ML", missing = "fiml"),
  values("fiml_cluster", everyone, estimator = "MLR", missing = "fiml", cluster = "cluster")
)
write.csv(scenarios, "values.csv", row.names = FALSE, quote = FALSE)
