"""Answers that the checks of the chapter conditioning must refuse, each put in the place of its stub."""


# %% exercise-1 not standardised
def steps_needed(cov, tol):
    kappa = np.linalg.cond(cov)
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-1 the quotient of the variances
def steps_needed(cov, tol):
    kappa = np.diag(cov).max() / np.diag(cov).min()
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-1 the formula for a large condition number
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    return int(
        np.ceil(np.linalg.cond(cov / np.outer(sigma, sigma)) / 2 * np.log(1 / tol))
    )


# %% exercise-1 rounded down
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    kappa = np.linalg.cond(cov / np.outer(sigma, sigma))
    return int(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1)))


# %% exercise-1 divided by the variances, not the standard deviations
def steps_needed(cov, tol):
    var = np.diag(cov)
    kappa = np.linalg.cond(cov / np.outer(var, var))
    return int(np.ceil(np.log(1 / tol) / np.log((kappa + 1) / (kappa - 1))))


# %% exercise-1 the largest two eigenvalues
def steps_needed(cov, tol):
    sigma = np.sqrt(np.diag(cov))
    *_, low, high = np.linalg.eigvalsh(cov / np.outer(sigma, sigma))
    return int(np.ceil(np.log(1 / tol) / np.log((high + low) / (high - low))))


# %% exercise-1 the correlation of the first two features alone
def steps_needed(cov, tol):
    rho = abs(cov[0, 1]) / np.sqrt(cov[0, 0] * cov[1, 1])
    return int(np.ceil(np.log(1 / tol) / np.log(1 / rho)))


# %% exercise-2 one rate for all
def own_rates(lr, sigma):
    return np.full(3, lr)


# %% exercise-2 only the weight is scaled, not its gradient
def own_rates(lr, sigma):
    return lr / sigma


# %% exercise-2 the wrong way round
def own_rates(lr, sigma):
    return lr * sigma**2


# %% exercise-2 scaled to the mean variance
def own_rates(lr, sigma):
    return lr / np.mean(sigma**2) * np.ones(3)


# %% exercise-3 two features
worse_cov = np.array([[1, 0.5], [0.5, 4]])

# %% exercise-3 uncorrelated features
worse_cov = np.diag([1.0, 4.0, 9.0])

# %% exercise-3 equal entries of u
worse_cov = np.eye(3) + np.ones((3, 3))

# %% exercise-3 no covariance matrix
worse_cov = np.array([[1, 2, 0], [2, 1, 0], [0, 0, 3]])

# %% exercise-3 not symmetric
worse_cov = np.array([[2, -2, -2], [0, 5, 4], [0, 0, 5]])

# %% exercise-3 worse, but too little
worse_cov = np.eye(3) + np.outer([1, -1.1, 1], [1, -1.1, 1])


# %% exercise-4 without the bias
def kappa_with_bias(mu):
    return 1 + np.sum(np.square(mu))


# %% exercise-4 the bias as one more mean
def kappa_with_bias(mu):
    return 2 + np.sum(np.square(mu))


# %% exercise-4 only for large means
def kappa_with_bias(mu):
    return (2 + np.sum(np.square(mu))) ** 2


# %% exercise-4 the sum without the bias
def kappa_with_bias(mu):
    s = 1 + np.sum(np.square(mu))
    return s**2
