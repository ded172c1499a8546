# Brings a lavaan fit to the minimum of lavaan's own objective by Newton steps on its own gradient.
# lavaan's optimisers stop 1e-6 to 1e-4 short; the fit that is reported starts at the minimum found
# here with optim.method = "none", so that every number in it is lavaan's, at its own minimum.

lavaan_gradient <- function(fit, x) {
  model <- fit@Model
  as.numeric(lavaan:::lav_model_gradient(
    lavmodel = model, GLIST = lavaan:::lav_model_x2GLIST(model, x = x),
    lavsamplestats = fit@SampleStats, lavdata = fit@Data, lavcache = fit@Cache,
    type = "free", group.weight = !fit@SampleStats@missing.flag
  ))
}

has_body <- function(f) !is.null(body(f))

# Equalities, and inequalities that hold as equalities: values and Jacobian.
active_constraints <- function(fit, x, active) {
  model <- fit@Model
  value <- numeric(0)
  if (has_body(model@ceq.function)) value <- model@ceq.function(x)
  if (length(active)) value <- c(value, model@cin.function(x)[active])
  value
}

active_jacobian <- function(fit, x, active) {
  if (length(active_constraints(fit, x, active)) == 0) return(matrix(0, 0, length(x)))
  numDeriv::jacobian(function(y) active_constraints(fit, y, active), x)
}

null_space <- function(jacobian) {
  if (nrow(jacobian) == 0) return(diag(ncol(jacobian)))
  decomposition <- svd(jacobian, nu = 0, nv = ncol(jacobian))
  rank <- sum(decomposition$d > 1e-8 * decomposition$d[1])
  decomposition$v[, seq_len(ncol(jacobian)) > rank, drop = FALSE]
}

constraints_bend <- function(fit, active) {
  model <- fit@Model
  length(model@ceq.nonlinear.idx) > 0 || (length(active) && length(model@cin.nonlinear.idx) > 0)
}

# Derivative of the Lagrangian's gradient; steps fit each parameter's own scale.
lagrangian_hessian <- function(fit, x, active, multipliers, steps) {
  slope <- function(y) {
    bare <- lavaan_gradient(fit, y)
    if (!constraints_bend(fit, active)) return(bare)
    bare - as.numeric(crossprod(active_jacobian(fit, y, active), multipliers))
  }
  columns <- lapply(seq_along(x), function(i) {
    move <- replace(numeric(length(x)), i, steps[i])
    (slope(x + move) - slope(x - move)) / (2 * steps[i])
  })
  hessian <- do.call(cbind, columns)
  (hessian + t(hessian)) / 2
}

multipliers_of <- function(jacobian, slope) {
  if (nrow(jacobian) == 0) return(numeric(0))
  as.numeric(MASS::ginv(t(jacobian)) %*% slope)
}

scaled_steps <- function(fit, x, active, multipliers) {
  first <- pmax(abs(x), 1e-3) * 1e-4
  curvature <- abs(diag(lagrangian_hessian(fit, x, active, multipliers, first)))
  ifelse(curvature > 0, 3e-4 / sqrt(curvature), first)
}

# One Newton step in the null space of the constraints, in units of `scale`.
newton_step <- function(slope, hessian, jacobian, value, scale) {
  hessian <- scale * t(scale * hessian)
  jacobian <- t(scale * t(jacobian))
  basis <- null_space(jacobian)
  back <- numeric(length(slope))
  if (nrow(jacobian)) back <- -as.numeric(MASS::ginv(jacobian) %*% value)
  reduced <- t(basis) %*% hessian %*% basis
  inner <- -solve(reduced, t(basis) %*% (scale * slope + hessian %*% back))
  list(
    move = back + as.numeric(basis %*% inner),
    smallest = min(eigen(reduced, symmetric = TRUE, only.values = TRUE)$values)
  )
}

newton <- function(fit, x, active, most = 60) {
  for (iteration in seq_len(most)) {
    slope <- lavaan_gradient(fit, x)
    jacobian <- active_jacobian(fit, x, active)
    multipliers <- multipliers_of(jacobian, slope)
    steps <- scaled_steps(fit, x, active, multipliers)
    hessian <- lagrangian_hessian(fit, x, active, multipliers, steps)
    # Near standard errors (times the root of n): they mean the same in every unit.
    scale <- 1 / sqrt(abs(diag(hessian)))
    value <- active_constraints(fit, x, active)
    step <- newton_step(slope, hessian, jacobian, value, scale)
    remaining <- max(abs(step$move))
    x <- x + scale * step$move * min(1, 3 / remaining)
    if (remaining < 1e-11) break
  }
  if (step$smallest <= 0) stop("a stationary point that is no minimum")
  list(x = x, multipliers = multipliers, remaining = remaining)
}

# Inequalities that the first fit leaves below this slack are tried as active.
SLACK <- 1e-4

minimum_of <- function(fit, x = lavaan:::lav_model_get_parameters(fit@Model)) {
  active <- integer(0)
  if (has_body(fit@Model@cin.function)) active <- which(fit@Model@cin.function(x) < SLACK)
  found <- newton(fit, x, active)
  if (length(active)) {
    pulls <- tail(found$multipliers, length(active))
    if (any(pulls < 0)) stop("an inequality is held active against the gradient")
  }
  if (has_body(fit@Model@cin.function)) stopifnot(fit@Model@cin.function(found$x) > -1e-10)
  found
}

# lavaan's table of parameters with the minimum in its column of estimates, to start from.
table_at <- function(fit, x) {
  model <- lavaan:::lav_model_set_parameters(fit@Model, x = x)
  table <- fit@ParTable
  table$est <- lavaan:::lav_model_get_parameters(model, type = "user")
  as.data.frame(table[c("lhs", "op", "rhs", "group", "est")])
}

final_gradient <- function(fit) {
  x <- lavaan:::lav_model_get_parameters(fit@Model)
  active <- integer(0)
  if (has_body(fit@Model@cin.function)) active <- which(fit@Model@cin.function(x) < 1e-7)
  stopifnot(all(abs(active_constraints(fit, x, active)) < 1e-10))
  slope <- lavaan_gradient(fit, x)
  jacobian <- active_jacobian(fit, x, active)
  max(abs(slope - as.numeric(crossprod(jacobian, multipliers_of(jacobian, slope)))))
}
