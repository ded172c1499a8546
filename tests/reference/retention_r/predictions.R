# Writes predictions_values.csv: how good the forecasts of predictions.csv are.
# Usage, in this folder: Rscript predictions.R   (R 4.2.2, pROC as printed at the end)
#
# auc with DeLong's interval (not on a transformed scale) and standard error; brier is the mean
# squared error; brier_skill is against the mean of stayed in these rows; log_score the mean
# negative log-likelihood. calibration_intercept: logit(stayed) on an offset of the forecast's
# logit; calibration_slope: its coefficient (with calibration_slope_intercept beside it).
# wilson_*: Wilson's interval of the share that stayed among forecasts up to .5, up to .8, above.
suppressPackageStartupMessages(library(pROC))
source("common.R")

d <- read_rows("predictions.csv")
p <- d$probability
y <- d$stayed
curve <- roc(y, p, direction = "<", quiet = TRUE)
limits <- ci.auc(curve, method = "delong")
tight <- glm.control(epsilon = 1e-15, maxit = 100)
level <- summary(glm(y ~ 1, binomial, offset = qlogis(p), control = tight))$coefficients
slope <- summary(glm(y ~ qlogis(p), binomial, control = tight))$coefficients
out <- list(
  rows_of("predictions", c("auc", "auc_low", "auc_high", "auc_se"), "",
          c(limits[2], limits[1], limits[3], sqrt(var(curve, method = "delong")))),
  rows_of("predictions", c("brier", "brier_skill", "log_score"), "",
          c(mean((p - y)^2), 1 - mean((p - y)^2) / mean((mean(y) - y)^2),
            -mean(log(ifelse(y == 1, p, 1 - p))))),
  rows_of("predictions", c("calibration_intercept", "calibration_intercept_se"), "", level[1, 1:2]),
  rows_of("predictions", c("calibration_slope_intercept", "calibration_slope_intercept_se"), "",
          slope[1, 1:2]),
  rows_of("predictions", c("calibration_slope", "calibration_slope_se"), "", slope[2, 1:2]))
group <- cut(p, c(0, 0.5, 0.8, 1))
for (i in seq_along(levels(group))) {
  inside <- y[group == levels(group)[i]]
  wilson <- prop.test(sum(inside), length(inside), correct = FALSE)$conf.int
  out[[length(out) + 1]] <- rows_of("predictions", c("wilson_n", "wilson_share", "wilson_low", "wilson_high"),
                                    i, c(length(inside), mean(inside), wilson))
}
write_values(out, "predictions_values.csv")
cat(R.version.string, "pROC", as.character(packageVersion("pROC")), "\n")
